"""The doorbell rings when files have landed and lie still; once, however they came."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dutywatch.orchestration import watch
from dutywatch.orchestration.watch import Watch

OLD = time.time() - 3 * 86400


@pytest.fixture
def landing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A landing folder of two contracts, on a file system whose past is long past."""
    for contract in ("benxi", "yongchuan"):
        (tmp_path / contract / "plow").mkdir(parents=True)
        (tmp_path / contract / "plow" / "1.csv").write_text("old")
    monkeypatch.setattr(watch, "_FRESH", -5.0)  # files of a moment ago count as old
    return tmp_path


def thorough(seen: Watch) -> None:
    seen._thorough_at = 0.0


def test_what_lay_there_before_rings_nothing(landing: Path) -> None:
    seen = Watch(landing)
    assert [seen.look() for _ in range(3)] == [[], [], []]


def test_a_new_file_rings_its_contract_once_it_lies_still(landing: Path) -> None:
    seen = Watch(landing)
    seen.look()
    (landing / "benxi" / "plow" / "2.csv").write_text("new")
    assert [seen.look() for _ in range(4)] == [[], ["benxi"], [], []]


def test_a_growing_file_rings_when_it_has_stopped_growing(landing: Path) -> None:
    seen = Watch(landing)
    seen.look()
    with (landing / "benxi" / "plow" / "2.csv").open("a") as file:
        for _ in range(3):
            file.write("more\n")
            file.flush()
            assert seen.look() == []
    assert [seen.look(), seen.look()] == [["benxi"], []]


def test_new_folders_removed_files_and_renames_ring(landing: Path) -> None:
    seen = Watch(landing)
    seen.look()
    (landing / "benxi" / "weather").mkdir()
    (landing / "benxi" / "weather" / "1.csv").write_text("new")
    assert [seen.look(), seen.look()] == [[], ["benxi"]]
    (landing / "benxi" / "plow" / "1.csv").unlink()
    assert [seen.look(), seen.look()] == [[], ["benxi"]]
    part = landing / "yongchuan" / "plow" / ".1.csv.landing"
    part.write_text("corrected")
    part.replace(landing / "yongchuan" / "plow" / "1.csv")
    assert [seen.look(), seen.look()] == [[], ["yongchuan"]]


def test_hidden_files_are_work_in_progress(landing: Path) -> None:
    seen = Watch(landing)
    seen.look()
    (landing / "benxi" / "plow" / ".2.csv.part").write_text("half")
    assert [seen.look() for _ in range(3)] == [[], [], []]


def test_a_file_written_over_in_place_rings_at_the_next_thorough_look(landing: Path) -> None:
    seen = Watch(landing)
    seen.look()
    (landing / "benxi" / "plow" / "1.csv").write_text("corrected")
    assert seen.look() == []
    thorough(seen)
    assert [seen.look(), seen.look()] == [[], ["benxi"]]


def test_a_contract_and_a_landing_folder_may_come_later(tmp_path: Path) -> None:
    seen = Watch(tmp_path / "landing")
    assert seen.look() == []
    (tmp_path / "landing" / "harbin").mkdir(parents=True)
    assert seen.look() == []
    (tmp_path / "landing" / "harbin" / "1.csv").write_text("new")
    assert [seen.look(), seen.look()] == [[], ["harbin"]]


def test_files_that_came_as_the_watch_began_ring(tmp_path: Path) -> None:
    (tmp_path / "benxi").mkdir()
    (tmp_path / "benxi" / "1.csv").write_text("new")
    seen = Watch(tmp_path)
    assert [seen.look(), seen.look(), seen.look()] == [[], ["benxi"], []]


Doorbell = Callable[[str, Path], Any]


@pytest.fixture
def doorbell(airflow_home: Path, monkeypatch: pytest.MonkeyPatch) -> Doorbell:  # noqa: ARG001 - it sets the environment
    """Makes doorbells that look a hundred times a second."""
    from dutywatch.orchestration import doorbell as module

    monkeypatch.setattr(module, "_PAUSE", 0.01)
    return lambda contract, landing: module.Doorbell(contract=contract, landing=str(landing))


async def rings(bell: Any, seconds: float, then: Callable[[], object]) -> list[str]:
    heard: list[str] = []

    async def listen() -> None:
        async for event in bell.run():
            heard.append(event.payload["contract"])  # noqa: PERF401 - it never ends

    listener = asyncio.create_task(listen())
    await asyncio.sleep(0.2)
    then()
    await asyncio.sleep(seconds)
    assert not listener.done(), "a doorbell never ends by itself"
    listener.cancel()
    return heard


def test_a_doorbell_rings_for_its_own_contract_only(doorbell: Doorbell, landing: Path) -> None:
    def drop() -> None:
        (landing / "benxi" / "plow" / "2.csv").write_text("new")

    monkeyed = landing / "yongchuan"
    for path in (landing / "benxi" / "plow" / "1.csv", monkeyed / "plow" / "1.csv"):
        os.utime(path, (OLD, OLD))
    assert asyncio.run(rings(doorbell("benxi", landing), 0.5, drop))[-1:] == ["benxi"]
    assert len(asyncio.run(rings(doorbell("yongchuan", landing), 0.5, drop))) <= 1  # its files are of today


def test_a_starting_doorbell_rings_for_what_landed_while_nobody_watched(doorbell: Doorbell, landing: Path) -> None:
    assert asyncio.run(rings(doorbell("benxi", landing), 0.3, lambda: None)) == ["benxi"]
    assert asyncio.run(rings(doorbell("nobody", landing), 0.3, lambda: None)) == []


def test_a_doorbell_survives_the_way_through_the_database(doorbell: Doorbell, landing: Path) -> None:
    from airflow._shared.module_loading import import_string

    bell = doorbell("benxi", landing)
    path, arguments = bell.serialize()
    again = import_string(path)(**arguments)
    assert again.serialize() == bell.serialize()
    assert again.shared_stream_key() == doorbell("yongchuan", landing).shared_stream_key()
