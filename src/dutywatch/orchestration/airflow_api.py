"""Airflow's public REST interface, as far as a replayer and `make up` need it."""

from __future__ import annotations

import time
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from dutywatch.errors import DutywatchError

_PAUSE = 0.15  # seconds between two looks at a run
_ANSWER = 120.0  # seconds that an answer may take, on a machine that has other things to do
# Airflow's own database may refuse, when the scheduler writes the same run: what is read or set is asked again, at once
# and after 1, 2 and 4 seconds; what starts a run is asked once
_AGAIN = Retry(
    total=4,
    connect=0,
    read=0,
    backoff_factor=0.5,
    status_forcelist=[500],
    allowed_methods=["GET", "PATCH"],
    raise_on_status=False,
)
ENDED = ("success", "failed")


class AirflowApi:
    """One Airflow at one address, with one log-in."""

    def __init__(self, address: str, user: str, password: str) -> None:
        self.address = address
        self._login = {"username": user, "password": password}
        self._http = requests.Session()
        self._http.trust_env = False  # a proxy has no business on the loopback
        for scheme in ("http://", "https://"):
            self._http.mount(scheme, HTTPAdapter(max_retries=_AGAIN))

    def log_in(self) -> bool:
        """Get a token; False while the server is not up."""
        try:
            answer = self._http.post(f"{self.address}/auth/token", json=self._login, timeout=5)
        except requests.RequestException:
            return False
        if answer.status_code in (401, 403):
            raise DutywatchError(f"{self.address} refuses the log-in {self._login['username']}")
        if not answer.ok:
            return False
        self._http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        return True

    def knows(self, dag_id: str) -> bool:
        """Whether the DAG can be started: parsed, stored and not paused."""
        answer = self._call("GET", f"dags/{dag_id}", missing=True)
        return bool(answer) and not answer["is_paused"] and not answer["is_stale"]

    def healthy(self, *components: str) -> bool:
        """Whether these components (scheduler, triggerer, dag_processor) have reported lately."""
        health = self._call("GET", "monitor/health")
        return all((health.get(name) or {}).get("status") == "healthy" for name in components)

    def state(self, dag_id: str, run_id: str) -> str | None:
        """The state of a run; None if there is no such run."""
        answer = self._call("GET", f"dags/{dag_id}/dagRuns/{run_id}", missing=True)
        return str(answer["state"]) if answer else None

    def under_way(self, dag_id: str) -> int:
        """How many runs of the DAG are queued or running."""
        answer = self._call("GET", f"dags/{dag_id}/dagRuns?state=queued&state=running")
        return int(answer["total_entries"])

    def start(self, dag_id: str, run_id: str, instant: str) -> None:
        """Start a run that stands in the grid at `instant` (ISO)."""
        body = {"dag_run_id": run_id, "logical_date": instant, "run_after": instant}
        self._call("POST", f"dags/{dag_id}/dagRuns", body)

    def start_again(self, dag_id: str, run_id: str) -> None:
        """Run all tasks of an interrupted or failed run again, whatever state they were left in."""
        run = f"dags/{dag_id}/dagRuns/{run_id}"
        self._call("PATCH", run, {"state": "failed"})
        self._call("POST", f"{run}/clear", {"dry_run": False, "only_failed": False})

    def failures(self, dag_id: str, run_id: str) -> list[str]:
        """The failed tasks of a run, by their display names."""
        answer = self._call("GET", f"dags/{dag_id}/dagRuns/{run_id}/taskInstances?state=failed")
        return [str(one["task_display_name"]) for one in answer["task_instances"]]

    def finish(self, dag_id: str, run_id: str, patience: float) -> str:
        """Wait for the run to end; its last state."""
        deadline = time.monotonic() + patience
        while (state := self.state(dag_id, run_id)) not in ENDED:
            if time.monotonic() > deadline:
                raise DutywatchError(f"run {run_id} of {dag_id} is still {state} after {patience:.0f} s")
            time.sleep(_PAUSE)
        return str(state)

    def _call(self, method: str, path: str, body: object = None, *, missing: bool = False) -> dict[str, Any]:
        try:
            answer = self._http.request(method, f"{self.address}/api/v2/{path}", json=body, timeout=_ANSWER)
        except requests.RequestException as error:
            raise DutywatchError(f"{method} {path}: Airflow does not answer: {error}") from error
        if missing and answer.status_code == 404:
            return {}
        if not answer.ok:
            raise DutywatchError(f"{method} {path}: Airflow answers {answer.status_code}: {answer.text[:500]}")
        found: dict[str, Any] = answer.json()
        return found
