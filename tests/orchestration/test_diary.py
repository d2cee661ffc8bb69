"""Runs of a diary, in this process: what turns red, what goes on, what the note says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from dutywatch import pipeline
from dutywatch.errors import DeliveryRefused, ExpectationFault, HeadMoved, MessageNotSent
from dutywatch.settings import Settings
from tests.benxi.test_timeline import GENERATE
from tests.orchestration.conftest import CONTRACT

pytestmark = pytest.mark.usefixtures("airflow_database")
EVENING = datetime.fromisoformat("2023-12-19T18:40:00+08:00")


@pytest.fixture
def run(bag: Callable[[], Any], installed: Settings) -> Callable[[], dict[str, Any]]:
    """Run the diary once, on what had landed by the evening of 19 December; the states of its tasks."""

    def once() -> dict[str, Any]:
        GENERATE.main(["--land", str(installed.landing / CONTRACT), "--until", EVENING.isoformat()])
        pipeline.migrate(installed, "replay", EVENING)
        done = bag().dags[f"contract.{CONTRACT}"].test()
        states = {(one.task_id, one.rendered_map_index): str(one.state) for one in done.get_task_instances()}
        return {"run": str(done.state), "note": note_of(done.run_id), **states}

    return once


def note_of(run_id: str) -> str | None:
    from airflow.models.dagrun import DagRun
    from airflow.utils.session import create_session

    with create_session(scoped=False) as session:
        return session.query(DagRun).filter(DagRun.run_id == run_id).one().note


def test_a_run_receives_judges_tells_and_says_in_its_note_what_is_open(
    run: Callable[[], dict[str, Any]], installed: Settings
) -> None:
    found = run()
    assert found["note"] == pipeline.note(installed, CONTRACT)
    assert {state for task, state in found.items() if task != "note"} == {"success"}
    assert {("receive", source) for source in ("plow-log", "snow-depth", "inspections")} <= set(found)
    assert list(installed.messages.rglob("*.md"))


def test_a_faulty_contract_is_one_red_task_that_lists_its_faults(
    run: Callable[[], dict[str, Any]], installed: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dutywatch.orchestration import steps  # imports Airflow, whose settings `run` made

    told: list[str] = []  # by the task's own logger: what Airflow makes of loggers above it depends on who came first
    monkeypatch.setattr(steps.log, "error", lambda text, *more: told.append(text % more))
    path = installed.contracts / CONTRACT / "contract.yaml"
    path.write_text(path.read_text().replace("PT72H", "P3Q").replace("rank: 2", "rank: two"))
    found = run()
    assert found.pop("run") == "failed"
    assert "2 faults" in found.pop("note")
    assert found.pop(("contract", None)) == "failed"
    assert set(found.values()) == {"upstream_failed"}
    assert len([line for line in told if line.startswith("contract.yaml:")]) == 2


def test_a_source_that_cannot_be_received_stops_nothing_else_and_the_run_is_red(
    run: Callable[[], dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    receive = pipeline.receive

    def refuse(settings: Settings, contract: str, source: str, *progress: Any) -> Any:
        if source == "snow-depth":
            raise DeliveryRefused("this is a picture, not a table")
        return receive(settings, contract, source, *progress)

    monkeypatch.setattr(pipeline, "receive", refuse)
    found = run()
    assert found.pop("run") == "failed"
    assert found.pop(("receive", "snow-depth")) == "failed"
    assert found.pop(("every_source", None)) == "upstream_failed"
    found.pop("note")
    assert set(found.values()) == {"success"}


def test_where_no_source_can_be_received_the_clocks_run_on(
    run: Callable[[], dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise DeliveryRefused("the folder is gone")

    monkeypatch.setattr(pipeline, "receive", refuse)
    found = run()
    assert (found["run"], found["judge", None], found["alert", None]) == ("failed", "success", "success")


def test_no_judgement_where_rows_could_not_be_validated(
    run: Callable[[], dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose_a_rule(*_: object) -> None:
        raise ExpectationFault("suite service_log lost a rule")

    monkeypatch.setattr(pipeline, "validate", lose_a_rule)
    found = run()
    assert (found["run"], found["judge", None], found["measure", None]) == (
        "failed",
        "upstream_failed",
        "upstream_failed",
    )


def test_a_note_that_cannot_be_written_fails_no_run(
    run: Callable[[], dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "note", lambda *_: 1 / 0)
    found = run()
    assert (found["run"], found["note"]) == ("success", None)


def test_what_nobody_can_mend_by_waiting_fails_at_once() -> None:
    from airflow.sdk import RetryAction

    from dutywatch.orchestration.diary import _RETRIES

    def action(error: Exception) -> RetryAction:
        return _RETRIES.evaluate(error, try_number=1, max_tries=2).action

    assert action(DeliveryRefused("no table")) is RetryAction.FAIL
    assert action(HeadMoved("the other was first")) is RetryAction.RETRY
    assert action(MessageNotSent("Slack is away", permanent=False)) is RetryAction.RETRY
    assert action(OSError("disk")) is RetryAction.DEFAULT
