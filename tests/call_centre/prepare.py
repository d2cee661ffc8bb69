"""Make the call centre's contract folder: its terms, and its queues from the calls themselves.

python -m tests.call_centre.prepare OUT_DIR [--data ../shared/data/call_center_1999]

`--data` may name another folder, with other months' files. The contract's term is then the months of these files, and
what they cover is read from the calls, as it was for January: the days on which there is a call, less every silence of
more than 20 minutes with the centre open.
"""

from __future__ import annotations

import argparse
import csv
import shutil
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

HERE = Path(__file__).resolve().parent
DATA = HERE.parents[1].parent / "shared" / "data" / "call_center_1999"
ZONE = ZoneInfo("Asia/Jerusalem")
OPENS = {4: (7, 14), 5: (20, 24)}  # Fridays and Saturdays; on the other days from 7 to 24
SILENCE = timedelta(minutes=20)


def prepare(out: Path, data: Path = DATA) -> Path:
    """Write OUT_DIR/call-centre/{contract.yaml,units.csv} and return that folder."""
    folder = out / "call-centre"
    folder.mkdir(parents=True, exist_ok=True)
    rows = {path.name: calls_of(path) for path in sorted(data.glob("*.txt"))}
    if list(rows) == ["january.txt"]:
        shutil.copyfile(HERE / "contract.yaml", folder / "contract.yaml")
    else:
        words = yaml.safe_load((HERE / "contract.yaml").read_text(encoding="utf-8"))
        words |= {"title": {"en": "A bank's call centre, 1999 (illustrative)"}, "term": term(rows)}
        words["sources"]["calls"]["covers"] = [one for name, some in rows.items() for one in covered(name, some)]
        (folder / "contract.yaml").write_text(yaml.safe_dump(words, sort_keys=False), encoding="utf-8")
    stated = ((row.get("type") or "").strip() for some in rows.values() for row in some)
    queues = sorted({one for one in stated if one.isprintable()} - {""})
    (folder / "units.csv").write_text("queue\n" + "".join(f"{one}\n" for one in queues), encoding="utf-8")
    return folder


def calls_of(path: Path) -> list[dict[str, str]]:
    """A file's rows as the csv module reads them. Bytes that are not UTF-8 are no reason to read none of it."""
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


def began(row: dict[str, str]) -> datetime | None:
    """When a call came, by the clock on the wall; None where the row does not say."""
    try:
        return datetime.strptime(f"{row['date'].strip()} {row['vru_entry'].strip()}", "%y%m%d %H:%M:%S")  # noqa: DTZ007
    except (KeyError, ValueError, AttributeError):
        return None


def opened(at: datetime) -> bool:
    """Whether the centre is open then, as the catalogue states its hours."""
    opens, closes = OPENS.get(at.weekday(), (7, 24))
    return opens <= at.hour < closes


def term(rows: dict[str, list[dict[str, str]]]) -> dict[str, date]:
    """From the first day of the first month in which a call is to the last day of the last."""
    days = [at.date() for some in rows.values() for row in some if (at := began(row)) is not None]
    if not days:
        where = ", ".join(rows) or "the folder, which holds no .txt file"
        raise SystemExit(f"no call whose `date` and `vru_entry` can be read in {where}: send other files")
    return {"from": min(days).replace(day=1), "to": _next_month(max(days)) - timedelta(days=1)}


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1)


def covered(name: str, rows: Sequence[dict[str, str]]) -> list[dict[str, Any]]:
    """The spans of which a file is complete: its days with a call, less the long silences within opening hours."""
    times = sorted(at for row in rows if (at := began(row)) is not None)
    return [
        {"file": name, "from": first.replace(tzinfo=ZONE), "to": last.replace(tzinfo=ZONE)}
        for first, last in _spans(times)
    ]


def _spans(times: Sequence[datetime]) -> Iterator[tuple[datetime, datetime]]:
    if not times:
        return
    start = datetime.combine(times[0].date(), time())
    for before, at in pairwise(times):
        apart, same_day = at - before, at.date() == before.date()
        if same_day and apart > SILENCE and opened(before) and opened(at):
            yield start, before + timedelta(seconds=1)
            start = at
        elif at.date() - before.date() > timedelta(days=1):
            yield start, datetime.combine(before.date(), time()) + timedelta(days=1)
            start = datetime.combine(at.date(), time())
    yield start, datetime.combine(times[-1].date(), time()) + timedelta(days=1)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--data", type=Path, default=DATA)
    arguments = parser.parse_args()
    print(prepare(arguments.out, arguments.data))
