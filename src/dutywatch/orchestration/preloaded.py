"""Airflow's own command line, with what tasks need already imported.

The local executor forks its task processes off the scheduler, so what the scheduler has imported they need
not import again: validation's library alone takes seconds. Where processes are not forked (macOS) this
changes nothing.
"""

from __future__ import annotations

import importlib
import sys

_WANTED = ("dutywatch.orchestration.diary", "dutywatch.orchestration.steps", "dutywatch.validate.adapter")


def main() -> None:
    """Import, then hand over to Airflow. What cannot be imported here will say so in the task."""
    for name in _WANTED:
        try:
            importlib.import_module(name)
        except ImportError as error:
            print(f"not preloaded: {name}: {error}", file=sys.stderr)
    from airflow.__main__ import main as airflow

    airflow()  # type: ignore[no-untyped-call]  # Airflow types little


if __name__ == "__main__":
    main()
