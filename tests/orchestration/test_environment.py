"""What an Airflow of one's own is told: everything it needs, nothing of the caller's that would bend it."""

from __future__ import annotations

import socket
import stat
from pathlib import Path

import pytest

from dutywatch.orchestration.environment import Secrets, airflow_environment, free_port


def made(folder: Path, *, replays: bool) -> dict[str, str]:
    own = {"DUTYWATCH_LEDGER": "postgresql+psycopg://x"}
    return airflow_environment(folder, "postgresql+psycopg://y", "http://127.0.0.1:8099", own, replays=replays)


def test_a_callers_settings_do_not_reach_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AIRFLOW__CORE__LOAD_EXAMPLES", "AIRFLOW_HOME", "PGHOST", "PYTHONDONTWRITEBYTECODE", "DUTYWATCH_LAKE"):
        monkeypatch.setenv(name, "the caller's")
    assert "the caller's" not in made(tmp_path, replays=False).values()


def test_a_replay_rings_nobodys_telephone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_SLACK_DEFAULT", "slack://:xoxb-real@")
    monkeypatch.setenv("DUTYWATCH_SLACK_TOKEN", "xoxb-real")
    names = {"AIRFLOW_CONN_SLACK_DEFAULT", "DUTYWATCH_SLACK_TOKEN"}
    assert names <= set(made(tmp_path, replays=False))
    assert not names & set(made(tmp_path, replays=True))


def test_it_answers_on_the_loopback_and_its_tasks_find_it(tmp_path: Path) -> None:
    told = made(tmp_path, replays=True)
    assert (told["AIRFLOW__API__HOST"], told["AIRFLOW__API__PORT"]) == ("127.0.0.1", "8099")
    assert told["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"] == "http://127.0.0.1:8099/execution/"
    assert "127.0.0.1" in told["NO_PROXY"]


def test_secrets_are_made_once_and_are_its_owners_alone(tmp_path: Path) -> None:
    first, second = Secrets.of(tmp_path), Secrets.of(tmp_path)
    assert first == second
    assert len(first.jwt) >= 64
    assert set(first.passwords) == {"admin", "supervisor", "manager"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}


def test_a_port_that_is_taken_is_left_to_its_owner() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        assert free_port(port) not in (0, port)
    assert free_port(port) == port
