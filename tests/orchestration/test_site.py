"""What a step is told under Airflow: the environment's settings, and Slack's from its connection."""

from __future__ import annotations

import json

import pytest

from dutywatch.settings import Settings

CONNECTION = {"conn_type": "slack", "password": "xoxb-1", "extra": {"base_url": "http://127.0.0.1:8199/api/"}}


@pytest.fixture(autouse=True)
def under_airflow(airflow_database: object, installed: Settings) -> None:
    """Connections are looked up in Airflow's secrets, of which the environment is one."""


def test_without_a_connection_there_is_no_slack() -> None:
    from dutywatch.orchestration import site

    assert site.settings_with_slack() == site.settings()
    assert site.settings_with_slack().slack_token is None


def test_the_connection_gives_slacks_token_and_address(monkeypatch: pytest.MonkeyPatch) -> None:
    from dutywatch.orchestration import site

    monkeypatch.setenv("AIRFLOW_CONN_SLACK_DEFAULT", json.dumps(CONNECTION))
    found = site.settings_with_slack()
    assert (found.slack_token, found.slack_url) == ("xoxb-1", "http://127.0.0.1:8199/api/")
    assert found.ledger == site.settings().ledger
    assert "xoxb" not in repr(found)


def test_dutywatchs_own_settings_come_before_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    from dutywatch.orchestration import site

    monkeypatch.setenv("AIRFLOW_CONN_SLACK_DEFAULT", json.dumps(CONNECTION))
    monkeypatch.setenv("DUTYWATCH_SLACK_TOKEN", "xoxb-2")
    assert site.settings_with_slack().slack_token == "xoxb-2"  # noqa: S105 - of nobody
