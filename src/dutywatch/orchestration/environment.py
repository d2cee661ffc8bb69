"""The environment of an Airflow of one's own: everything that it is told, in one place.

Loopback only, generated passwords and secrets, no examples, no reports to anybody. Latency is what its
owner waits for, so its loops sleep briefly; for a big Airflow, Airflow's own defaults are right.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dutywatch.embedded import CHECKOUT

USERS = {"admin": "admin", "supervisor": "user", "manager": "viewer"}


@dataclass(frozen=True)
class Secrets:
    """What signs and encrypts, and the log-ins; generated once per folder and readable by its owner only."""

    jwt: str
    session: str
    fernet: str
    passwords: Mapping[str, str]

    @staticmethod
    def of(folder: Path) -> Secrets:
        """Those kept in `folder`, made where they are missing."""
        kept, passwords = folder / "secrets.json", folder / "passwords.json"
        if not kept.exists():
            fernet = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
            _write(kept, {"jwt": secrets.token_hex(64), "session": secrets.token_hex(32), "fernet": fernet})
        if not passwords.exists():
            _write(passwords, {user: secrets.token_urlsafe(9) for user in USERS})
        return Secrets(**json.loads(kept.read_text()), passwords=json.loads(passwords.read_text()))


def airflow_environment(
    folder: Path, metadata: str, address: str, own: Mapping[str, str], *, replays: bool
) -> dict[str, str]:
    """The whole environment for Airflow with its home in `folder`, answering at `address`.

    `metadata` is its database's address, `own` are Dutywatch's settings. One that `replays` is given no
    connection of the caller's: nobody's telephone rings because somebody replays a storm of 2023.
    """
    secret = Secrets.of(folder)
    options = {
        ("core", "dags_folder"): str(CHECKOUT / "dags"),
        ("core", "plugins_folder"): str(CHECKOUT / "plugins"),
        ("core", "load_examples"): "False",
        ("core", "dags_are_paused_at_creation"): "False",
        ("core", "executor"): "LocalExecutor",
        ("core", "parallelism"): "8",  # a finished task may hold its worker for a second, see below
        ("core", "fernet_key"): secret.fernet,
        ("core", "execution_api_server_url"): f"{address}/execution/",
        ("core", "simple_auth_manager_users"): ",".join(f"{user}:{role}" for user, role in USERS.items()),
        ("core", "simple_auth_manager_passwords_file"): str(folder / "passwords.json"),
        ("core", "min_serialized_dag_update_interval"): "2",
        ("database", "sql_alchemy_conn"): metadata,
        ("database", "sql_alchemy_conn_async"): metadata,  # psycopg does both; the default wants asyncpg
        ("api", "host"): "127.0.0.1",
        ("api", "port"): address.rpartition(":")[2],
        ("api", "base_url"): address,
        ("api", "secret_key"): secret.session,
        ("api_auth", "jwt_secret"): secret.jwt,
        ("logging", "base_log_folder"): str(folder / "logs"),
        ("logging", "dag_processor_child_process_log_directory"): str(folder / "logs" / "dag_processor"),
        ("logging", "logging_level"): "INFO",
        ("scheduler", "scheduler_idle_sleep_time"): "0.1" if replays else "0.5",  # 15 % or 4 % of a processor
        ("scheduler", "task_instance_heartbeat_timeout"): "60",  # after which a killed task is tried again
        ("workers", "min_heartbeat_interval"): "1",  # a supervisor may notice its task's end that late
        ("dag_processor", "refresh_interval"): "10",
        ("dag_processor", "min_file_process_interval"): "15",
        ("dag_processor", "parsing_processes"): "1",
    }
    named = {f"AIRFLOW__{section}__{option}".upper(): value for (section, option), value in options.items()}
    local = {"NO_PROXY": "127.0.0.1,localhost", "no_proxy": "127.0.0.1,localhost"}
    quiet = {"GX_ANALYTICS_ENABLED": "False", "DO_NOT_TRACK": "1", "SCARF_NO_ANALYTICS": "true"}
    return _inherited(connections=not replays) | {"AIRFLOW_HOME": str(folder)} | named | local | quiet | dict(own)


def _inherited(*, connections: bool) -> dict[str, str]:
    """This process' environment without what would bend the Airflow that we start.

    Bytecode is written whatever the caller says: without it every task compiles all of Airflow again.
    """
    gone = ("AIRFLOW_", "DUTYWATCH_", "PYTHONDONTWRITEBYTECODE", "PG")
    speaking = ("AIRFLOW_CONN_", "AIRFLOW_VAR_", "DUTYWATCH_SLACK_") if connections else ()
    kept = ("DUTYWATCH_POSTGRES", *speaking)
    return {name: value for name, value in os.environ.items() if name.startswith(kept) or not name.startswith(gone)}


def free_port(wanted: int) -> int:
    """`wanted` if nobody has it, else a port that is free now."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError("no free port on 127.0.0.1")


def _write(path: Path, value: Mapping[str, str]) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(value, file)
