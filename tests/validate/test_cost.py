"""What the package costs those who only import it, and what it says to a terminal: nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src"


def run(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", script, *arguments]
    return subprocess.run(  # noqa: S603 - our own words
        command, env={"PYTHONPATH": str(SOURCE)}, capture_output=True, text=True, check=True
    )


def test_importing_the_package_does_not_import_great_expectations() -> None:
    script = "import sys, dutywatch.validate; print({'great_expectations', 'pandas'} & {*sys.modules})"
    assert run(script).stdout.strip() == "set()"


def test_a_process_that_validates_ends_quietly() -> None:
    script = "import sys, pathlib, dutywatch.validate as v; v.load_suite(pathlib.Path(sys.argv[1]))"
    ended = run(script, str(SOURCE.parent / "expectations" / "service_log.json"))
    assert (ended.stdout, ended.stderr) == ("", "")
