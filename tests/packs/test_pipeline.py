"""A pack through the public pipeline: received, validated, judged, and explained with its source."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select

from dutywatch import comparison, pipeline
from dutywatch.ledger.tables import flips
from dutywatch.settings import Settings
from dutywatch.terms import Source
from tests.conftest import HOME, installation
from tests.packs.test_packs import PACKS, table

NAME = "ontario-roads"
FOLDER = Path(__file__).parent / NAME


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, database: object) -> Settings:
    """The town of the fixture after its storm: every morning at 05:00 the files that there are by then are taken."""
    assert callable(database)
    base = tmp_path_factory.mktemp("packs")
    home = base / "home"
    (home / "contracts").mkdir(parents=True)
    for folder in ("sql", "expectations"):
        (home / folder).symlink_to(HOME / folder)
    shutil.copytree(PACKS, home / "contracts" / "packs")
    shutil.copytree(FOLDER, home / "contracts" / NAME)
    settings = installation(base, database(), home)
    contract = pipeline.load(settings, NAME).contract
    rows = table(FOLDER / "events.csv")
    begins = datetime.fromisoformat("2025-01-10T00:00").replace(tzinfo=contract.zone)
    pipeline.migrate(settings, "replay", begins)
    for number in range(1, 5):
        morning = (begins + timedelta(days=number)).replace(hour=5)
        pipeline.advance(settings, morning)
        for name, source in contract.sources.items():
            for path, text in landed(name, source, rows, (morning - timedelta(days=1)).date().isoformat()):
                file = settings.landing / NAME / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, encoding="utf-8")
                os.utime(file, (morning.timestamp(), morning.timestamp()))
            pipeline.receive(settings, NAME, name)
        pipeline.validate(settings, NAME)
        pipeline.judge(settings, NAME)
    pipeline.advance(settings, begins + timedelta(days=4, hours=12))
    pipeline.judge(settings, NAME)
    return settings


def landed(name: str, source: Source, rows: list[dict[str, str]], day: str) -> Iterator[tuple[str, str]]:
    """The file of one day, if it comes."""
    mine = [row for row in rows if row["source"] == name and row["at"].startswith(day)]
    if any(row["kind"] == "missing" for row in mine):
        return
    lines = [",".join(source.columns), *(",".join(row[column] for column in source.columns) for row in mine)]
    yield source.path.format(service_date=day, part=day), "\n".join(lines) + "\n"


def test_the_ledger_holds_what_was_derived_by_hand(town: Settings) -> None:
    engine = create_engine(str(town.ledger))
    with engine.connect() as connection:
        query = select(flips.c.duty_id, flips.c.to_standing).order_by(flips.c.id)
        told = {duty: standing for duty, standing in connection.execute(query) if "/deliver:" not in duty}
    engine.dispose()
    expected = {
        f"{NAME}/{row['obligation']}/{row['unit']}/{row['trigger']}": row["verdict"]
        for row in table(FOLDER / "expected.csv")
    }
    assert told == expected


def test_a_what_if_uses_the_packs_of_the_other_contract(town: Settings, tmp_path: Path) -> None:
    """Were acts in the hour before the snow's end counted, and class 1 given 5 h by a pack of its own."""
    pack = (PACKS / "ontario-239-02-roads.yaml").read_text(encoding="utf-8")
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "roads.yaml").write_text(
        pack.replace("pack: ontario-239-02-roads", "pack: roads").replace("within: PT4H", "within: PT5H"),
        encoding="utf-8",
    )
    text = (FOLDER / "contract.yaml").read_text(encoding="utf-8")
    other = tmp_path / "other.yaml"
    other.write_text(
        text.replace("ontario-239-02-roads:", "own/roads.yaml:").replace("early: PT0S", "early: PT1H"), encoding="utf-8"
    )
    found = comparison.compare(town, pipeline.load(town, NAME), other, scratch=nullcontext)  # type: ignore[arg-type] # none is needed
    changed = {(change.duty_id.partition("/")[2], change.before, change.after) for change in found.changes}
    assert changed == {("clear-road-class-3/R3/2025-01-12T11:00Z", "breached.open", "met")}
    assert found.moved == 2 and not found.accepted_anew  # both duties of class 1 are due an hour later


def test_an_explanation_shows_the_packs_clause_and_source(town: Settings) -> None:
    duty = f"{NAME}/clear-road-class-3/R3/2025-01-10T16:00Z"
    english = pipeline.explain(town, duty).splitlines()
    assert (
        "Clause    Ontario Regulation 239/02, snow on roads, class 3: 8 cm in 12 h "
        "(https://www.ontario.ca/laws/regulation/020239)" in english
    )
    assert not any("illustrative" in line for line in english)
    assert "Ontario Regulation 239/02" in pipeline.explain(town, duty, language="zh")
