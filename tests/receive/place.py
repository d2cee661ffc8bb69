"""A small installation for the tests of receiving: one contract, whose sources a test declares."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from dutywatch.settings import Settings
from tests.conftest import HOME, installation

CONTRACT = "town"
OBLIGATION = {
    "title": {"en": "Streets plowed after snowfall"},
    "clause": "section 1",
    "party": "firm",
    "pattern": "respond",
    "trigger": {"stream": "condition", "kind": "snowfall", "merge_gap": "PT1H"},
    "scope": {"class": ["A"]},
    "clock": {"from": "trigger.start", "early": "PT0S"},
    "action": {"stream": "service", "kind": "plow"},
    "within": [{"class": "A", "allow": "PT6H"}],
    "supervisor": "boss",
}
FILE = {
    "run_by": "firm",
    "owner": "boss",
    "encoding": "utf-8",
    "time": {"format": "iso", "zone": "UTC"},
    "columns": {"at": "time", "kind": "kind"},
}
WORK = {
    **FILE,
    "stream": "service",
    "path": "work/{service_date}.csv",
    "columns": {"at": "time", "unit": "unit", "actor": "truck", "kind": "kind"},
    "values": {"kind": {"plowed": "plow"}},
    "expects": "service_log",
}
SNOW = {
    **FILE,
    "stream": "condition",
    "path": "snow/{service_date}.csv",
    "values": {"kind": {"snow": "snowfall"}},
    "expects": "condition_log",
}


def place(base: Path, ledger: str, sources: Mapping[str, Mapping[str, Any]], roster: str | None = None) -> Settings:
    """An installation below `base` with the contract `town`, in force in January 2025, over `sources`."""
    home = base / "home"
    folder = home / "contracts" / CONTRACT
    folder.mkdir(parents=True)
    for name in ("sql", "expectations"):
        (home / name).symlink_to(HOME / name)
    contract = {
        "contract": CONTRACT,
        "title": {"en": "Snow clearing in a town"},
        "authority": {"id": "town", "name": {"en": "The town"}},
        "contractors": [{"id": "firm", "name": {"en": "The firm"}}],
        "term": {"from": "2025-01-01", "to": "2025-01-31"},
        "timezone": "UTC",
        "people": {"boss": {"name": {"en": "The boss"}}},
        "units": {"file": "units.csv", "key": "unit", "class": "class"},
        "sources": dict(sources),
        "obligations": {"clear": OBLIGATION},
    }
    (folder / "contract.yaml").write_text(yaml.safe_dump(contract), encoding="utf-8")
    (folder / "units.csv").write_text("unit,class\nU1,A\nU2,A\n", encoding="utf-8")
    if roster is not None:
        (folder / "roster.csv").write_text(roster, encoding="utf-8")
    return installation(base, ledger, home)


def land(settings: Settings, name: str, text: str) -> None:
    """Put a file into the contract's landing folder."""
    path = settings.landing / CONTRACT / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
