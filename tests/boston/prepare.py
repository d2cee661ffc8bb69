"""Make the Boston contract's folder: its terms, and the wards that the cases name.

python -m tests.boston.prepare OUT_DIR [--data ../shared/data/boston_311_2015]

`--data` may name another folder, with other months' files (`cases_*.csv`).
"""

from __future__ import annotations

import argparse
import csv
import re
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
DATA = HERE.parents[1].parent / "shared" / "data" / "boston_311_2015"


def prepare(out: Path, data: Path = DATA) -> Path:
    """Write OUT_DIR/boston-cases/{contract.yaml,units.csv} and return that folder."""
    return contract_over(out, (case.get("ward") or "" for path in files(data) for *_, case in cases_of(path)))


def contract_over(out: Path, wards: Iterable[str]) -> Path:
    """The same, its register made of these wards."""
    folder = out / "boston-cases"
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(HERE / "contract.yaml", folder / "contract.yaml")
    named = sorted({ward.strip() for ward in wards if written(ward)} - {""})
    lines = (f"{ward}\n" for ward in named or ["Boston"])  # a register needs a unit, also where no file can be read
    (folder / "units.csv").write_text("ward\n" + "".join(lines), encoding="utf-8")
    return folder


def files(data: Path) -> list[Path]:
    """The months' files, in the order in which they state a case: by name, numbers by their value."""
    found = sorted(
        data.glob("cases_*.csv"),
        key=lambda path: [int(part) if part.isdigit() else part for part in re.split("([0-9]+)", path.name)],
    )
    if links := [path.name for path in found if path.is_symlink()]:
        raise SystemExit(f"links are not followed: put the files themselves into {data} for {', '.join(links)}")
    if not found:
        held = ", ".join(sorted(path.name for path in data.glob("*"))[:5]) or "nothing"
        raise SystemExit(f"no month in {data}, where they are named cases_*.csv; it holds {held}")
    return found


def cases_of(path: Path) -> Iterator[tuple[int, int, dict[str, str]]]:
    """A file's rows as the csv module reads them, each with its first and its last line.

    Bytes that are not UTF-8 cost their own row only, as they do where the file is received.
    """
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as lines:
        reader = csv.DictReader(lines)
        before = 1
        for row in reader:
            if any(row.values()):  # a line of separators is blank
                yield before + 1, reader.line_num, row
            before = reader.line_num


def written(text: str) -> bool:
    """Whether all of a text was UTF-8."""
    return not any("\udc80" <= letter <= "\udcff" for letter in text)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--data", type=Path, default=DATA)
    arguments = parser.parse_args()
    print(prepare(arguments.out, arguments.data))
