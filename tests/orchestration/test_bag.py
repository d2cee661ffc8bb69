"""The DAG files parse to what an operator expects, whatever a contract's author wrote."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import Any

import pytest

from dutywatch.settings import Settings

Bag = Callable[[], Any]
DIARY = "contract.benxi-sanitation"


def test_every_contract_has_its_diary_and_the_deadlines_are_watched(bag: Bag) -> None:
    found = bag()
    assert found.import_errors == {}
    assert set(found.dags) == {DIARY, "watch_deadlines"}


def test_a_diary_reads_as_its_contract(bag: Bag) -> None:
    diary = bag().dags[DIARY]
    assert diary.dag_display_name == "本溪市区环卫一体化 · Benxi urban sanitation"
    assert diary.tags == {"本溪市", "snow clearing"}
    assert "When it is red" in diary.doc_md
    assert diary.max_active_runs == 1
    assert not diary.catchup


def test_the_steps_follow_one_another(bag: Bag) -> None:
    diary = bag().dags[DIARY]
    assert {task.task_id: set(task.upstream_task_ids) for task in diary.tasks} == {
        "contract": set(),
        "receive": {"contract"},
        "every_source": {"receive"},
        "validate": {"contract", "receive"},
        "judge": {"validate"},
        "alert": {"judge"},
        "measure": {"judge"},
    }


def test_a_diary_starts_every_morning_and_when_files_land(bag: Bag) -> None:
    timetable = bag().dags[DIARY].timetable
    assert (timetable.timetable.expression, str(timetable.timetable.timezone)) == ("15 6 * * *", "Asia/Shanghai")
    (asset,) = timetable.asset_condition.objects
    assert asset.name == "landing.benxi-sanitation"
    assert [watcher.trigger.contract for watcher in asset.watchers] == ["benxi-sanitation"]


def test_nothing_starts_by_the_wall_clock_where_the_ledger_replays(bag: Bag, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUTYWATCH_CLOCK", "replay")
    assert {dag.schedule for dag in bag().dags.values()} == {None}


def test_the_deadlines_are_asked_for_every_two_minutes(bag: Bag) -> None:
    watch = bag().dags["watch_deadlines"]
    assert watch.timetable.expression == "*/2 * * * *"
    assert [task.task_id for task in watch.tasks] == ["ask", "ring"]
    assert watch.get_task("ring").partial_kwargs["skip_when_already_exists"] is True


@pytest.mark.parametrize(
    "text",
    ["", "contract: [", "title: 3\ntags: nonsense\ntimezone: Mars/Olympus\n", "timezone: ../etc\ntitle: {}\n", "\x00"],
)
def test_a_faulty_contract_keeps_its_diary_and_harms_no_other(bag: Bag, installed: Settings, text: str) -> None:
    folder = installed.contracts / "faulty"
    folder.mkdir()
    (folder / "contract.yaml").write_text(text)
    found = bag()
    assert found.import_errors == {}
    assert set(found.dags) == {DIARY, "contract.faulty", "watch_deadlines"}


def test_folders_may_have_names_that_airflow_refuses(bag: Bag, installed: Settings) -> None:
    from dutywatch.orchestration.ids import contract_of, dag_id_of

    for name in ("two words", "two_words", "冬季 除雪"):
        shutil.copytree(installed.contracts / "benxi-sanitation", installed.contracts / name)
    found = bag()
    assert found.import_errors == {}
    assert len(found.dags) == 5
    assert {contract_of(dag_id_of(name), installed.contracts) for name in ("two words", "two_words")} == {
        "two words",
        "two_words",
    }
    assert contract_of("watch_deadlines", installed.contracts) is None


def test_inside_a_task_only_its_own_contract_is_read(
    bag: Bag, installed: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(installed.contracts / "benxi-sanitation", installed.contracts / "another")
    monkeypatch.setenv("_AIRFLOW_PARSING_CONTEXT_DAG_ID", "contract.another")
    assert set(bag().dags) == {"contract.another", "watch_deadlines"}


def test_run_ids_are_what_airflow_allows_and_differ_where_keys_do() -> None:
    from dutywatch.orchestration.ids import run_id_of

    assert run_id_of("replay", "2023-12-19T08:00:00Z") == "replay__2023-12-19T08:00:00Z"
    odd = [run_id_of("deadline", key) for key in ("benxi wake", "benxi_wake", "冬季", "冬", "x" * 400)]
    assert len(set(odd)) == len(odd)
    assert all(len(run_id) < 250 and run_id.isascii() and " " not in run_id for run_id in odd)
