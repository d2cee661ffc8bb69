"""Only our own processes are ended, and all of them."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator

import psutil
import pytest

from dutywatch.orchestration.processes import Mark, end_session

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
FAMILY = f"""
import os, subprocess, sys, time
child = subprocess.Popen({SLEEP!r}, process_group=0)
print(child.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def family() -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A leader of a session and the number of its child, which is in a process group of its own."""
    leader = subprocess.Popen(  # noqa: S603 - our own words
        [sys.executable, "-c", FAMILY], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert leader.stdout is not None
    child = int(leader.stdout.readline())
    yield leader, child
    for pid in (leader.pid, child):
        if psutil.pid_exists(pid):
            psutil.Process(pid).kill()
    leader.wait()
    leader.stdout.close()


def lives(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def test_a_session_ends_with_all_its_members(family: tuple[subprocess.Popen[str], int]) -> None:
    leader, child = family
    assert end_session(Mark.of(leader.pid), patience=5)
    assert not lives(leader.pid)
    assert not lives(child)
    assert not end_session(Mark(leader.pid, time.time()), patience=1)


def test_members_are_found_though_the_leader_is_dead(family: tuple[subprocess.Popen[str], int]) -> None:
    leader, child = family
    mark = Mark.of(leader.pid)
    leader.kill()
    leader.wait()
    assert lives(child)
    assert end_session(mark, patience=1)
    assert not lives(child)


def test_a_process_number_that_belongs_to_somebody_else_by_now_is_left_alone(
    family: tuple[subprocess.Popen[str], int],
) -> None:
    leader, child = family
    stale = Mark(leader.pid, Mark.of(leader.pid).born - 3600)
    assert not end_session(stale, patience=1)
    assert lives(leader.pid)
    assert lives(child)
