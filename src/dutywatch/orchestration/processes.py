"""Processes of ours, and only ours: found again by number and time of birth, never by name.

A process number is used again; with the instant at which the process began it is not. All that an Airflow
of ours starts shares one session (the kernel's word: a process and its descendants), led by its keeper.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

import psutil


@dataclass(frozen=True)
class Mark:
    """A process as written down: its number and the instant of its birth in seconds since 1970."""

    pid: int
    born: float

    @staticmethod
    def of(pid: int) -> Mark:
        """The mark of a process that lives now."""
        return Mark(pid, psutil.Process(pid).create_time())

    def reused(self) -> bool:
        """Whether the number belongs to somebody else by now."""
        try:
            return abs(psutil.Process(self.pid).create_time() - self.born) > 1.0
        except psutil.NoSuchProcess:
            return False

    def process(self) -> psutil.Process | None:
        """The process if it still lives."""
        try:
            found = psutil.Process(self.pid)
            return None if self.reused() or found.status() == psutil.STATUS_ZOMBIE else found
        except psutil.NoSuchProcess:
            return None


def end_session(leader: Mark, patience: float) -> bool:
    """Ask the session's leader to end, wait, then end what is left of its session. False: nothing lived."""
    process = leader.process()
    if process is not None:
        process.terminate()
        psutil.wait_procs([process], timeout=patience)
    return end_members(leader) or process is not None


def end_members(leader: Mark) -> bool:
    """End every process in the session of `leader` but this one. False: none lived."""
    left = _members(leader)
    for process in left:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
    psutil.wait_procs(left, timeout=5)
    return bool(left)


def _members(leader: Mark) -> list[psutil.Process]:
    if leader.reused():
        return []  # the kernel gives no number away while a session uses it: ours is gone
    return [process for process in psutil.process_iter() if _session(process.pid) == leader.pid]


def _session(pid: int) -> int:
    try:
        return os.getsid(pid) if pid != os.getpid() else 0
    except OSError:
        return 0
