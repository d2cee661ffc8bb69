"""What the replayer asks of Airflow, where Airflow's own database refuses for a moment."""

from __future__ import annotations

import pytest
import requests

from dutywatch.errors import DutywatchError
from dutywatch.orchestration import airflow_api
from dutywatch.orchestration.airflow_api import AirflowApi


def _answers(*codes: int) -> tuple[AirflowApi, list[str]]:
    """An Airflow that answers with these codes in turn, and the methods that it was asked with."""
    api, asked, left = AirflowApi("http://127.0.0.1:1", "user", "secret"), [], list(codes)

    def request(method: str, *_: object, **__: object) -> requests.Response:
        asked.append(method)
        answer = requests.Response()
        answer.status_code, answer._content = left.pop(0), b'{"state": "running"}'
        return answer

    api._http.request = request  # type: ignore[method-assign, assignment]
    return api, asked


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(airflow_api.time, "sleep", lambda _: None)


def test_what_is_set_is_set_again_where_the_database_refuses() -> None:
    api, asked = _answers(500, 200, 200)
    api.start_again("dag", "run")
    assert asked == ["PATCH", "PATCH", "POST"]


def test_a_run_is_started_once() -> None:
    api, asked = _answers(500)
    with pytest.raises(DutywatchError, match="Airflow answers 500"):
        api.start("dag", "run", "2024-01-01T00:00:00Z")
    assert asked == ["POST"]


def test_an_airflow_that_keeps_refusing_is_told() -> None:
    api, asked = _answers(*[500] * 5)
    with pytest.raises(DutywatchError, match="GET dags/dag/dagRuns/run: Airflow answers 500"):
        api.state("dag", "run")
    assert asked == ["GET"] * 5
