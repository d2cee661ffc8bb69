"""What a step is told under Airflow: the environment's settings, and Slack's from its connection."""

from __future__ import annotations

import json

import pytest

from dutywatch.errors import SettingsError
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


def test_a_secret_comes_from_the_environment_else_from_its_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    from dutywatch.orchestration import site

    drop = json.dumps({"conn_type": "sftp", "extra": {"username": "firm"}})
    monkeypatch.setenv("AIRFLOW_CONN_DUTYWATCH_PLOW_DROP", drop)
    monkeypatch.setenv("AIRFLOW_CONN_DUTYWATCH_CITY_KEY", json.dumps({"conn_type": "http", "password": "hush"}))
    found = site.settings_with_secrets().secrets
    assert found.of("CITY_KEY") == "hush" and json.loads(found.of("PLOW_DROP")) == {"username": "firm"}
    monkeypatch.setenv("DUTYWATCH_SECRET_CITY_KEY", "louder")
    assert site.settings_with_secrets().secrets.of("CITY_KEY") == "louder"
    with pytest.raises(SettingsError, match="make Airflow's connection dutywatch_no_such"):
        found.of("NO_SUCH")
