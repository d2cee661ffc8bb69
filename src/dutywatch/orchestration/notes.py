"""The note of a run: what is open in the contract after it, for whoever reads the grid.

Airflow's task interface cannot set the note of a run, so a listener does, in the scheduler, when a run
ends. The scheduler must not wait for it nor fall over it: its waits are short, and a note that cannot be
written is logged and forgotten.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from airflow.listeners import hookimpl
from airflow.utils.session import create_session
from sqlalchemy import make_url, text

from dutywatch.errors import ContractFaults
from dutywatch.orchestration import site
from dutywatch.orchestration.ids import contract_of
from dutywatch.settings import Settings

if TYPE_CHECKING:
    from airflow.models.dagrun import DagRun

log = logging.getLogger(__name__)

_LONGEST = 1000  # what Airflow's column holds


@hookimpl
def on_dag_run_success(dag_run: DagRun, msg: str) -> None:  # noqa: ARG001 - Airflow passes it by name
    """Write the note of a run that went through."""
    _note(dag_run)


@hookimpl
def on_dag_run_failed(dag_run: DagRun, msg: str) -> None:  # noqa: ARG001 - Airflow passes it by name
    """Write the note of a red run too: what is open is then all the more of interest."""
    _note(dag_run)


def _note(dag_run: DagRun) -> None:
    try:
        settings = site.settings()
        if contract := contract_of(dag_run.dag_id, settings.contracts):
            _write(dag_run.id, _what_is_open(settings, contract))
    except Exception:
        log.exception("no note for run %s of %s", dag_run.run_id, dag_run.dag_id)


def _what_is_open(settings: Settings, contract: str) -> str:
    from dutywatch import pipeline  # the engine is not needed to load the plugin

    try:
        return pipeline.note(_impatient(settings), contract)
    except ContractFaults as faults:
        return str(faults)


def _impatient(settings: Settings) -> Settings:
    """The same settings with a ledger that is waited for a few seconds, not for minutes."""
    if not settings.ledger:
        return settings
    limits = {"connect_timeout": "3", "options": "-c statement_timeout=5000 -c lock_timeout=2000"}
    address = make_url(settings.ledger).update_query_dict(limits)
    return replace(settings, ledger=address.render_as_string(hide_password=False))


def _write(run: int, content: str) -> None:
    """Put the note beside the run in a session of its own: the scheduler's is in the middle of its work."""
    from airflow.models.dagrun import DagRunNote

    note = DagRunNote(content[:_LONGEST])  # type: ignore[no-untyped-call]  # Airflow types little
    note.dag_run_id = run
    with create_session(scoped=False) as session:
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("SET LOCAL lock_timeout = '2s'"))  # never wait for the scheduler's own locks
        session.merge(note)
