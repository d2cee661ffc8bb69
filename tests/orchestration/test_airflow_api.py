"""What the replayer asks of Airflow, where Airflow's own database refuses for a moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from dutywatch.errors import DutywatchError
from dutywatch.orchestration import airflow_api
from dutywatch.orchestration.airflow_api import AirflowApi


@contextmanager
def _answering(*codes: int) -> Iterator[tuple[AirflowApi, list[str]]]:
    """An Airflow that answers with these codes in turn, and the methods that it was asked with."""
    left, asked = list(codes), []

    class Answer(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            asked.append(self.command)
            body = b'{"state": "running"}'
            self.send_response(left.pop(0))
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_PATCH = do_POST = _answer  # noqa: N815 - as http.server asks for them

        def log_message(self, *_: object) -> None:
            """Nothing is printed."""

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield AirflowApi(f"http://127.0.0.1:{server.server_port}", "user", "secret"), asked
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(airflow_api._AGAIN, "backoff_factor", 0)


def test_what_is_set_is_set_again_where_the_database_refuses() -> None:
    with _answering(500, 200, 200) as (api, asked):
        api.start_again("dag", "run")
    assert asked == ["PATCH", "PATCH", "POST"]


def test_a_run_is_started_once() -> None:
    with _answering(500) as (api, asked), pytest.raises(DutywatchError, match="Airflow answers 500"):
        api.start("dag", "run", "2024-01-01T00:00:00Z")
    assert asked == ["POST"]


def test_an_airflow_that_keeps_refusing_is_told() -> None:
    refused = "GET dags/dag/dagRuns/run: Airflow answers 500"
    with _answering(*[500] * 5) as (api, asked), pytest.raises(DutywatchError, match=refused):
        api.state("dag", "run")
    assert asked == ["GET"] * 5
