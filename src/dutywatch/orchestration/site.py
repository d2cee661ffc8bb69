"""The settings of a step that runs under Airflow: the environment's, and secrets from connections."""

from __future__ import annotations

from dataclasses import replace

from airflow.sdk import Connection
from airflow.sdk.exceptions import AirflowNotFoundException

from dutywatch.settings import Settings, connection_of

SLACK_CONNECTION = "slack_default"


def settings() -> Settings:
    """What the environment says. The ledger's address is among it, never Airflow's own."""
    return Settings.from_environment()


def settings_with_secrets() -> Settings:
    """The same, with the secrets that the environment does not hold from connections, asked for when needed."""
    found = settings()
    return replace(found, secrets=replace(found.secrets, elsewhere=_in_connection))


def _in_connection(secret: str) -> str | None:
    """The password of a secret's connection, else its extra (the JSON of a file system's options)."""
    try:
        connection = Connection.get(connection_of(secret))
    except AirflowNotFoundException:
        return None
    return connection.password or connection.extra or None


def settings_with_slack() -> Settings:
    """The same, with Slack's token and address from the connection `slack_default` if there is one."""
    found = settings()
    if found.slack_token:
        return found
    try:
        connection = Connection.get(SLACK_CONNECTION)
    except AirflowNotFoundException:
        return found  # no Slack: messages are written to a folder instead
    address = connection.extra_dejson.get("base_url")
    return replace(found, slack_token=connection.password or None, slack_url=address or found.slack_url)
