"""`make demo`: a storm and a hotline's month, December 2023, through the real DAGs under Airflow's own scheduler.

Both contracts share one ledger and one clock. It has databases, a lake and folders of its own, so it may be run beside
`make up`. Killed and started again it goes on where it was; finished and started again it begins from nothing and ends
with the same ledger.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from dutywatch import pipeline
from dutywatch.errors import DutywatchError
from dutywatch.orchestration.replayer import replay_through_airflow
from dutywatch.orchestration.station import Station
from dutywatch.replay import Story, read_arrivals
from dutywatch.settings import Settings

_ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class _Told:
    """A contract, from when to when its story is told, and what to say when it was.

    `whole`: every change of standing is printed, not only what somebody was told: hundreds of cases were met.
    """

    contract: str
    since: datetime
    until: datetime
    whole: bool
    moral: str


_STORIES = (
    _Told(
        "benxi-sanitation",
        datetime(2023, 12, 14, tzinfo=_ZONE),
        datetime(2023, 12, 27, 20, tzinfo=_ZONE),  # after the last escalation
        True,
        "No one acknowledged anything in this replay, as no one answered for the snow in December 2023. Under the\n"
        "72 h rule the class A streets lapsed on 19 December at 16:00; the first breach was decided at 18:40.",
    ),
    _Told(
        "yongchuan-hotline",
        datetime(2023, 11, 30, 12, tzinfo=_ZONE),
        datetime(2024, 1, 1, 12, tzinfo=_ZONE),  # the month's last logs are in
        False,
        "This month is invented. What an outage of the call log hides is unproven, and nobody's breach. Which half\n"
        "hours and days fail although the month passes: `dutywatch windows` (README).",
    ),
)
_SINCE, _UNTIL = min(one.since for one in _STORIES), max(one.until for one in _STORIES)


def demo(console: Console) -> None:
    """Replay both, then print what was decided when, who was told what, and where the messages lie."""
    home = Settings.from_environment().home
    here = Station("demo", home, home / "var" / "demo", clock="replay")
    with here.reserved():
        resumed = _begin(here)
        console.print("Going on where the last demo was ended." if resumed else "Starting Airflow and PostgreSQL ...")
        _replay(here, console)
        _note(here).write_text(f"finished {_fingerprint(here)}")
        try:
            _tell(here.settings(here.prepare()), here.folder / "ledger.txt", console)
        finally:
            here.stop()


def _tell(settings: Settings, dump: Path, console: Console) -> None:
    """Print the stories that the ledger tells; days on which a log simply came are left out of them."""
    dump.write_text(pipeline.dump(settings), encoding="utf-8")
    console.print("\nWhat was decided when (duties, obligation, how they came to stand), and who was told:")
    for story in _STORIES:
        console.print(f"\n{story.contract}\n", markup=False, highlight=False)
        for moment in pipeline.timeline(settings, story.contract):
            if moment.told or (story.whole and not moment.obligation.startswith("deliver:")):
                console.print(f"  {moment}", markup=False, highlight=False, soft_wrap=True)
        note = pipeline.note(settings, story.contract)
        console.print(f"\nAt the end: {note}\n{story.moral}", markup=False, highlight=False, soft_wrap=True)
    console.print()
    places = {"The messages, as they would have been sent": settings.messages, "The ledger as text": dump}
    for what, place in places.items():
        console.print(f"{what}: {place}", markup=False, highlight=False, soft_wrap=True)


def _begin(here: Station) -> bool:
    """Clear away a demo that is finished or told another story; True if an interrupted one is resumed."""
    here.stop_airflow()
    if _note(here).exists() and _note(here).read_text() == f"begun {_fingerprint(here)}":
        return True
    here.clear()
    for story in _STORIES:
        shutil.rmtree(_deliveries(here, story.contract), ignore_errors=True)
        script = here.home / "contracts" / story.contract / "scenario" / "generate.py"
        command = [sys.executable, str(script), str(_deliveries(here, story.contract))]
        if subprocess.run(command, stdout=subprocess.DEVNULL).returncode:  # noqa: S603 - our own script
            raise DutywatchError(f"{script} could not write the deliveries")
    _note(here).write_text(f"begun {_fingerprint(here)}")
    return False


def _replay(here: Station, console: Console) -> None:
    columns = (
        TextColumn("{task.fields[day]}"),
        BarColumn(None),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=console) as progress:
        total = (_UNTIL - _SINCE) / timedelta(minutes=1)
        bar = progress.add_task("", total=total, day=_day(_SINCE))
        stories = [
            Story(one.contract, read_arrivals(_deliveries(here, one.contract)), one.since, one.until)
            for one in _STORIES
        ]
        for step in replay_through_airflow(here, *stories):
            told = ", ".join(step.landed) or "a clock ran out"
            done = (step.at - _SINCE) / timedelta(minutes=1)
            progress.update(bar, completed=done, day=_day(step.at), description=told)
            if not console.is_terminal:
                console.print(f"{_day(step.at)}  {told}", markup=False, highlight=False)
        progress.update(bar, completed=total, day=_day(_UNTIL), description="done")


def _day(at: datetime) -> str:
    return f"{at.astimezone(_ZONE):%d %b %H:%M}"


def _note(here: Station) -> Path:
    return here.folder / "story"


def _deliveries(here: Station, contract: str) -> Path:
    return here.folder / "deliveries" / contract


def _fingerprint(here: Station) -> str:
    """Of the contracts and their stories: a ledger begun with others cannot be gone on with."""
    folders = (here.home / "contracts" / story.contract for story in _STORIES)
    files = sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:16]


def main() -> int:
    """Run the demo; 0 when it came to its end."""
    console = Console()
    try:
        demo(console)
    except DutywatchError as error:
        console.print(f"[red]{error}[/]")
        return 1
    except KeyboardInterrupt:
        console.print("Ended. `make demo` goes on from here.")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
