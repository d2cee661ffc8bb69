"""A station: an Airflow of one's own, with PostgreSQL, ledger, lake and folders, for `make demo` and `make up`.

Everything lies in one folder, and what runs is written down there, so that whatever a killed predecessor
left running is found and ended by the next start. A production installation has no station: its operator
runs Airflow as Airflow's own documentation says.
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Literal

import psycopg

from dutywatch import embedded, pipeline
from dutywatch.errors import DutywatchError
from dutywatch.orchestration import keeper
from dutywatch.orchestration.airflow_api import AirflowApi
from dutywatch.orchestration.environment import Secrets, airflow_environment, free_port
from dutywatch.orchestration.processes import end_session
from dutywatch.settings import Settings

_PATIENCE = 300.0  # seconds within which Airflow must answer and know its DAGs
AIRFLOW, LEDGER = "airflow", "ledger"


@dataclass(frozen=True)
class Station:
    """One station: its name, where its contracts lie, and the folder that holds all that it writes."""

    name: str
    home: Path
    folder: Path
    clock: Literal["wall", "replay"]

    @property
    def airflow(self) -> Path:
        """Airflow's home: its logs, secrets and log-ins, and the record of what runs."""
        return self.folder / "airflow"

    @property
    def server(self) -> str:
        """The name of its embedded server: another home has another one."""
        home = hashlib.sha256(str(self.home).encode()).hexdigest()[:8]
        return self.name if self.home == embedded.CHECKOUT else f"{self.name}-{home}"

    @contextmanager
    def reserved(self) -> Iterator[None]:
        """Keep a second start of the same station out; the kernel lets go when this process ends."""
        self.airflow.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self.airflow / "lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise DutywatchError(f"another `{self.name}` is at work in {self.folder}") from error
            yield

    def settings(self, server: embedded.Server) -> Settings:
        """What the steps are told, but for Slack's secrets, which only Airflow's tasks see."""
        return Settings(
            home=self.home,
            lake=self.folder / "lake",
            landing=self.folder / "landing",
            messages=self.folder / "messages",
            ledger=server.address(LEDGER),
            clock=self.clock,
        )

    def prepare(self, now: datetime | None = None) -> embedded.Server:
        """The server, with a ledger and folders ready for use. `now`: where a new replay clock starts.

        What a killed predecessor left running is ended first: it would stop the server as its last act.
        """
        self.stop_airflow()
        server = embedded.start(self.server)
        server.create(AIRFLOW, LEDGER)
        settings = self.settings(server)
        for folder in (settings.lake, settings.landing, settings.messages, self.airflow / "logs"):
            folder.mkdir(parents=True, exist_ok=True)
        pipeline.migrate(settings, clock=self.clock, now=now)
        return server

    def clear(self) -> None:
        """Forget everything: the next `prepare` begins from nothing."""
        embedded.start(self.server).drop(AIRFLOW, LEDGER)
        for name in ("lake", "landing", "messages", "airflow/logs"):
            shutil.rmtree(self.folder / name, ignore_errors=True)

    def start(self, server: embedded.Server, components: Sequence[str], *, tied: bool, port: int) -> Running:
        """Start Airflow, at `port` if that is free. Tied: it ends when this process does."""
        address = f"http://127.0.0.1:{free_port(port)}"
        environment = self._environment(server, address)
        self._migrate(server, environment)
        command = [sys.executable, "-m", keeper.__name__, "--server", self.server, "--home", str(self.airflow)]
        command += ["--address", address, *(["--tied"] if tied else []), *components]
        with (self.airflow / "logs" / "keeper.log").open("ab") as log:
            process = subprocess.Popen(  # noqa: S603 - our own program
                command,
                stdin=subprocess.PIPE if tied else subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment,
                start_new_session=True,
            )
        return Running(self, address, process)

    def running(self) -> str | None:
        """The address of the Airflow that runs here."""
        record = keeper.Record.read(self.airflow)
        return record.address if record and record.mark.process() else None

    def stop_airflow(self) -> bool:
        """End what the record names, though its keeper be dead; True if something lived."""
        record = keeper.Record.read(self.airflow)
        ended = record is not None and end_session(record.mark, 3 * keeper.PATIENCE)
        keeper.Record.forget(self.airflow)
        return ended

    def stop(self) -> bool:
        """End Airflow and the server; True if something lived."""
        airflow, server = self.stop_airflow(), embedded.stop(self.server)
        return airflow or server

    def api(self, address: str) -> AirflowApi:
        """Airflow's REST interface, for its administrator."""
        return AirflowApi(address, "admin", Secrets.of(self.airflow).passwords["admin"])

    def _environment(self, server: embedded.Server, address: str) -> dict[str, str]:
        settings = self.settings(server)
        own = {
            "DUTYWATCH_HOME": str(settings.home),
            "DUTYWATCH_LEDGER": str(settings.ledger),
            "DUTYWATCH_LAKE": str(settings.lake),
            "DUTYWATCH_LANDING": str(settings.landing),
            "DUTYWATCH_MESSAGES": str(settings.messages),
            "DUTYWATCH_CLOCK": settings.clock,
        }
        metadata = server.address(AIRFLOW)
        return airflow_environment(self.airflow, metadata, address, own, replays=self.clock == "replay")

    def _migrate(self, server: embedded.Server, environment: dict[str, str]) -> None:
        """Bring Airflow's own database to its version, unless that was done: it takes five seconds."""
        note = self.airflow / "migrated"
        if (done := _revision(server)) and note.exists() and note.read_text() == done:
            return
        log = self.airflow / "logs" / "migrate.log"
        with log.open("ab") as words:
            command = [sys.executable, "-m", "airflow", "db", "migrate"]
            if subprocess.run(command, env=environment, stdout=words, stderr=words).returncode:  # noqa: S603
                raise DutywatchError(f"Airflow could not make its database: see {log}")
        note.write_text(_revision(server))


@dataclass(frozen=True)
class Running:
    """An Airflow that this process started. While it is tied, dropping this ends it."""

    station: Station
    address: str
    process: subprocess.Popen[bytes]

    def end(self) -> None:
        """Stop it and its server."""
        self.station.stop()
        self.process.wait()
        if self.process.stdin:
            self.process.stdin.close()

    def ready(self, *dag_ids: str, components: Sequence[str]) -> AirflowApi:
        """Wait until Airflow answers, its components report and it knows these DAGs."""
        api = self.station.api(self.address)
        deadline = time.monotonic() + _PATIENCE
        wanted = [name.replace("-", "_") for name in components if name != "api-server"]
        while not (api.log_in() and api.healthy(*wanted) and all(api.knows(dag_id) for dag_id in dag_ids)):
            logs = self.station.airflow / "logs"
            if self.process.poll() is not None:
                raise DutywatchError(f"Airflow ended while starting: see {logs}/keeper.log")
            if time.monotonic() > deadline:
                raise DutywatchError(f"Airflow is not ready after {_PATIENCE:.0f} s: see {logs}")
            time.sleep(0.25)
        return api


def _revision(server: embedded.Server) -> str:
    """The revision of Airflow's database with the version that made it; empty without one."""
    try:
        with psycopg.connect(server.address(AIRFLOW).replace("+psycopg", "")) as connection:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except psycopg.errors.UndefinedTable:
        return ""
    return f"{row[0]} {version('apache-airflow-core')}" if row else ""
