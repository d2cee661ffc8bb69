"""Bad contracts, each named for its fault or finding, with what is said of it; good ones, with what they explain."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner, Result

from dutywatch import terms
from dutywatch.cli import app
from dutywatch.terms.lint import KINDS
from dutywatch.terms.lint import lint as findings
from tests.conftest import HOME

BAD = Path(__file__).parent / "bad"
NAMES = sorted(path.stem for path in BAD.glob("*.yaml"))


def folder_of(tmp_path: Path, name: str) -> Path:
    """The fixture as a contract's folder, with all registers beside it."""
    folder = tmp_path / name
    folder.mkdir()
    shutil.copyfile(BAD / f"{name}.yaml", folder / "contract.yaml")
    for register in (*BAD.glob("*.csv"), *BAD.glob("*.geojson")):
        shutil.copyfile(register, folder / register.name)
    return folder


def lint(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["lint", *map(str, arguments)], catch_exceptions=False)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_said_of_each_contract(tmp_path: Path, name: str) -> None:
    said = lint(folder_of(tmp_path, name))
    assert said.output == (BAD / f"{name}.txt").read_text(encoding="utf-8")
    assert said.exit_code == (0 if name in ("sound", "explained") else 1)


def test_every_kind_of_finding_has_its_bad_contract() -> None:
    assert {*KINDS, "idle-explanation"} <= set(NAMES)


def test_machines_are_told_the_same_with_what_explains_it(tmp_path: Path) -> None:
    bad, good = folder_of(tmp_path, "no-remedy"), folder_of(tmp_path, "explained")
    said = lint(bad, good, "--json")
    assert said.exit_code == 1
    first, second = json.loads(said.output)
    assert (first["contract"], [one["kind"] for one in first["findings"]]) == ("no-remedy", ["no-remedy"])
    (open_,), (explained,) = first["findings"], second["findings"]
    assert (open_["place"], open_["line"], open_["clause"]) == ("obligations.clear", 36, "Annex 2 §3")
    assert open_["explained"] is None and "no consequence" in open_["reason"] and "remedy:" in open_["proposal"]
    assert explained["explained"] == "deductions are agreed in the framework contract"


def test_thirty_contracts_are_bad() -> None:
    assert len(NAMES) >= 30 + 2, "two of them are good: `sound` and `explained`"


@pytest.mark.parametrize(
    ("begins", "ends", "shortest"),
    [("2023-01-01", "2023-01-31", None), ("2024-02-01", "2024-02-29", "2024-02 has 29 days")],
)
def test_a_wording_is_impossible_only_while_it_holds(
    tmp_path: Path, begins: str, ends: str, shortest: str | None
) -> None:
    """Each of 31 days, in January only, can be done; the February of a leap year has 29."""
    folder = folder_of(tmp_path, "impossible")
    words: dict[str, Any] = yaml.safe_load((folder / "contract.yaml").read_text(encoding="utf-8"))
    words["obligations"] = {"every-day": words["obligations"]["every-day"] | {"on_days": 28}}
    words["amendments"] = [
        {"obligation": "every-day", "from": begins, "to": ends, "clause": "A1", "change": {"on_days": 31}}
    ]
    (folder / "contract.yaml").write_text(yaml.safe_dump(words), encoding="utf-8")
    said = [one.reason for one in findings(terms.load(folder)) if one.kind in ("impossible", "never-breached")]
    assert len(said) == (1 if shortest else 0) and (shortest or "") in "".join(said), said


def test_what_stands_in_benxis_contract_is_explained() -> None:
    """Its remedies, the firm's qualification and the logs before the storm are not public; nothing else is open."""
    said = lint(HOME / "contracts" / "benxi-sanitation", "--json")
    assert said.exit_code == 0, said.output
    (read,) = json.loads(said.output)
    assert sorted((one["kind"], one["place"]) for one in read["findings"]) == [
        ("no-qualification", "contractors.0"),
        ("no-remedy", "obligations.clear-class-a"),
        ("no-remedy", "obligations.clear-class-b"),
        ("no-remedy", "obligations.clear-class-c"),
        ("not-owed", "sources.plow-log.from"),
        ("not-owed", "sources.snow-depth.from"),
    ]
    assert all(
        "not public" in one["explained"] or "a scenario of the storm" in one["explained"] for one in read["findings"]
    )


def test_what_stands_in_the_hotlines_contract_is_explained() -> None:
    """Its windows hold enough calls and call-backs; that an outage is nobody's breach is the contract's choice."""
    said = lint(HOME / "contracts" / "yongchuan-hotline", "--json")
    assert said.exit_code == 0, said.output
    (read,) = json.loads(said.output)
    assert {one["kind"] for one in read["findings"]} == {"no-qualification", "silence-pays", "no-remedy"}


def test_the_guide_names_every_finding() -> None:
    guide = (HOME / "docs" / "contract.md").read_text(encoding="utf-8")
    assert all(f"| `{kind}` |" in guide for kind in (*KINDS, "idle-explanation"))


CASES = {
    "stream": "case",
    "run_by": "city",
    "owner": "desk",
    "path": "cases/{service_date}.csv",
    "encoding": "utf-8",
    "time": {"zone": "Asia/Shanghai"},
    "columns": {"at": "opened", "unit": "unit", "actor": "caller", "until": "closed", "wait_h": "wait"},
    "due": "06:00 next day",
    "daily_rows": 40,
    "expects": "case_log",
}
ANSWERED = {
    "title": {"en": "Complaints answered"},
    "clause": "Annex 4",
    "party": "firm",
    "pattern": "attain",
    "window": "day",
    "items": {"stream": "case"},
    "good": "wait_h <= 24",
    "at_least": 0.95,
    "min_items": 20,
    "per": "contract",
    "remedy": "Annex 5",
    "supervisor": "desk",
}
OPEN = {**{k: v for k, v in ANSWERED.items() if k not in ("items", "good", "at_least", "min_items")}, "pattern": "keep"}


def found(tmp_path: Path, source: dict[str, Any], clause: dict[str, Any], **words: Any) -> list[tuple[str, str]]:
    """Kind and place of what is found in the sound contract with one source and one clause more; None takes out."""
    said = yaml.safe_load((BAD / "sound.yaml").read_text(encoding="utf-8")) | words
    said["contract"] = "town"
    said["sources"]["cases"] = {name: value for name, value in (CASES | source).items() if value is not None}
    said["obligations"]["answer"] = {name: value for name, value in clause.items() if value is not None}
    folder = tmp_path / "town"
    folder.mkdir(parents=True)
    (folder / "contract.yaml").write_text(yaml.safe_dump(said, allow_unicode=True, sort_keys=False), encoding="utf-8")
    shutil.copyfile(BAD / "units.csv", folder / "units.csv")
    return sorted((one.kind, one.place.removeprefix("obligations.")) for one in findings(terms.load(folder)))


FEW = ("too-few-items", "answer.min_items")


@pytest.mark.parametrize(
    ("source", "clause", "expected"),
    [
        ({}, {}, []),  # 40 a day, of which 20 are enough for 5 % to be one
        ({}, {"min_items": 19}, []),  # few enough to decide alone, but 40 are usual
        ({"daily_rows": None}, {"min_items": 19}, [FEW]),
        ({}, {"per": "unit", "min_items": 21}, [FEW]),  # two units share 40 rows
        ({}, {"per": "zone", "min_items": 20}, []),  # two zones, 20 each
        ({}, {"per": "class", "min_items": 21}, [FEW]),
        ({}, {"window": {"each": "day", "slice": "PT6H"}}, [FEW]),  # 10 in six hours
        ({}, {"window": {"each": "day", "rolling": "PT24H"}}, []),
        ({}, {"window": "week", "min_items": 281}, [FEW]),  # seven days of 40 are 280
        ({"daily_rows": None}, {"window": {"season": {"from": "11-01", "to": "03-31"}}}, []),
        ({}, {"good": None, "at_least": None, "at_most": 50, "min_items": 1}, []),  # a count allows what it allows
        ({"daily_rows": None}, {"at_least": 1, "min_items": 1}, []),  # all of them: no failure is meant to be allowed
        ({"daily_rows": None}, {"at_least": None, "at_most": 0.1, "min_items": 9}, [FEW]),
        ({"daily_rows": None}, {"at_least": None, "at_most": 0.1, "min_items": 10}, []),
        (
            {"daily_rows": None},
            {
                "good": None,
                "percentile": {"of": "wait_h", "rank": 0.9},
                "at_least": None,
                "at_most": 24,
                "min_items": 9,
            },
            [FEW],
        ),
        (
            {"resolution": {"wait_h": 10}},
            {"good": None, "percentile": {"of": "wait_h", "rank": 0.9}, "at_least": None, "at_most": 24},
            [("too-coarse", "answer.at_most")],
        ),
    ],
)
def test_windows_hold_enough_items_or_a_single_one_decides(
    tmp_path: Path, source: dict[str, Any], clause: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert found(tmp_path, source, ANSWERED | clause) == expected


def without(*columns: str) -> dict[str, Any]:
    return {"columns": {name: given for name, given in CASES["columns"].items() if name not in columns}}


@pytest.mark.parametrize(
    ("source", "clause", "expected"),
    [
        (without("unit"), ANSWERED | {"per": "unit"}, [("no-source", "answer.items")]),
        (without("unit"), ANSWERED, []),  # of the contract as a whole no unit is asked
        (without("until"), OPEN | {"level": {"stream": "case", "open": True}}, [("no-source", "answer.level")]),
        ({}, OPEN | {"level": {"stream": "case", "open": True}}, []),
        (without("actor"), OPEN | {"level": {"stream": "case", "count": "actor"}}, [("no-source", "answer.level")]),
        ({"path": "cases/{part}.csv", "due": None}, ANSWERED, [("never-complete", "answer.items")]),
        ({"path": "cases/{part}.csv", "due": None}, ANSWERED | {"min_coverage": 0}, []),  # it asks for no completeness
    ],
)
def test_what_an_attain_or_keep_clause_needs_of_its_events(
    tmp_path: Path, source: dict[str, Any], clause: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    if clause["pattern"] == "keep":
        clause = clause | {"slot": "PT1H", "at_most": 20}
    assert found(tmp_path, source, clause) == expected


def test_where_acts_of_any_time_count_no_log_reaches_back_far_enough(tmp_path: Path) -> None:
    """A complaint that nobody ever answers would never be breached; one that states its own end is."""
    clause = {
        **{name: ANSWERED[name] for name in ("title", "clause", "party", "remedy", "supervisor")},
        "pattern": "respond",
        "trigger": {"stream": "case", "each": "record"},
        "clock": {"from": "trigger.start", "early": "any"},
        "action": {"stream": "case", "at": "until", "match": "record"},
        "within": "PT8H",
    }
    on_the_street = clause | {"action": {"stream": "case", "at": "until", "match": "unit"}}
    source = {"columns": CASES["columns"] | {"record": "no"}}
    assert found(tmp_path / "any", source, on_the_street) == [("never-complete", "answer.clock")]
    assert found(tmp_path / "none", source, on_the_street | {"clock": {"from": "trigger.start"}}) == []
    assert found(tmp_path / "own", source, clause) == []


def test_a_quorum_needs_the_names_of_households(tmp_path: Path) -> None:
    """Both the reports that start a clock and those that refute."""
    quorum = {"stream": "case", "quorum": {"households": 3, "within": "PT24H"}}
    clause = {
        **{name: ANSWERED[name] for name in ("title", "clause", "party", "remedy", "supervisor")},
        "pattern": "respond",
        "trigger": quorum,
        "clock": {"from": "trigger.start"},
        "action": {"stream": "service", "kind": "plow"},
        "refuted_by": quorum,
        "within": "PT8H",
    }
    expected = [("no-source", "answer.refuted_by"), ("no-source", "answer.trigger")]
    assert found(tmp_path, without("actor"), clause) == expected


def test_amended_words_are_read_too(tmp_path: Path) -> None:
    """From the second year on the clause asks for 95 % of windows that may hold one item."""
    change = {"obligation": "answer", "from": "2024-01-01", "clause": "Letter 7", "change": {"min_items": 1}}
    assert found(tmp_path, {"daily_rows": None}, ANSWERED, amendments=[change]) == [FEW]


@pytest.mark.parametrize(("to", "expected"), [("2027-02-28", []), ("2027-03-01", [("long-term", "term")])])
def test_years_from_a_leap_day_end_with_february(tmp_path: Path, to: str, expected: list[tuple[str, str]]) -> None:
    assert found(tmp_path, {}, ANSWERED, term={"from": "2024-02-29", "to": to}) == expected


def test_to_clear_while_it_snows_and_after_are_two_duties(tmp_path: Path) -> None:
    """Like Trafikverket's: one clock from the start, one from the end. From the end twice, they overlap."""
    clear = yaml.safe_load((BAD / "sound.yaml").read_text(encoding="utf-8"))["obligations"]["clear"]
    assert found(tmp_path / "one", {}, clear | {"clock": {"from": "trigger.start"}, "within": "PT2H"}) == []
    assert found(tmp_path / "two", {}, clear | {"within": "PT2H"}) == [("overlap", "answer.scope")]
