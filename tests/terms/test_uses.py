"""`uses:` puts packs into a contract; what is wrong with either is said with its file, its line and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from dutywatch import terms
from dutywatch.errors import ContractFaults
from dutywatch.terms import Terms
from dutywatch.terms.patterns import Respond

CONTRACT = """\
contract: town
title: {en: Town}
authority: {id: city, name: {en: City}}
contractors: [{id: firm, name: {en: Firm}}]
term: {from: 2024-01-01, to: 2024-12-31}
timezone: UTC
people: {desk: {name: {en: Desk}}}
units: {file: units.csv, key: id, class: class}
sources:
  log: {stream: service, run_by: firm, owner: desk, path: "{service_date}.csv", encoding: utf-8, expects: any,
        columns: {at: at, unit: unit, kind: kind}}
  weather: {stream: condition, run_by: city, owner: desk, path: "w/{service_date}.csv", encoding: utf-8, expects: any,
            columns: {at: at, kind: kind, depth_cm: depth}}
"""
OWN = """\
obligations:
  sweep:
    {title: {en: Swept}, clause: §9, party: firm, supervisor: desk, pattern: recur, period: week, times: 1,
     action: {stream: service, kind: sweep}}
"""
PACK = """\
pack: snow
title: {en: Snow}
source: {text: Snow Act, url: "https://example.org/act"}
parameters:
  party: {means: who clears}
  hours: {means: within how long, at_least: PT2H, at_most: PT3H}
  depth: {means: from which depth on, at_least: 2}
  main: {means: the class of main streets, default: A}
obligations:
  clear: &clear
    title: {en: Cleared}
    clause: section 4
    party: $party
    pattern: respond
    trigger: {stream: condition, kind: snowfall, measure: depth_cm, at_least: $depth, merge_gap: PT6H}
    scope: {class: $main}
    clock: {from: trigger.start}
    action: {stream: service, kind: plow}
    within: [{class: $main, allow: $hours}]
    supervisor: desk
  grit:
    title: {en: Gritted}
    clause: {text: section 5, url: "https://example.org/act#5", illustrative: true}
    party: $party
    pattern: recur
    period: day
    times: 1
    action: {stream: service, kind: grit}
    supervisor: desk
"""
BOUND = "uses:\n  snow:\n    with: {party: firm, hours: PT2H, depth: 3}\n"
AT = CONTRACT.count("\n") + 1  # the line of the first word after it


def written(tmp_path: Path, uses: str = BOUND, pack: str = PACK, own: str = OWN, **more: str) -> Path:
    """A contract that uses a pack, in a folder beside its library; `more` are further packs of it."""
    folder = tmp_path / "town"
    folder.mkdir()
    (folder / "contract.yaml").write_text(CONTRACT + uses + own, encoding="utf-8")
    (folder / "units.csv").write_text("id,class\nU1,A\n", encoding="utf-8")
    (tmp_path / "packs").mkdir()
    for name, text in {"snow": pack, **more}.items():
        (tmp_path / "packs" / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def faults(folder: Path) -> list[str]:
    with pytest.raises(ContractFaults) as caught:
        terms.load(folder)
    return [str(fault) for fault in caught.value.faults]


def clear(promised: Terms) -> Respond:
    found = promised.contract.obligations["clear"]
    assert isinstance(found, Respond)
    return found


def test_a_pack_brings_its_obligations_with_what_the_contract_binds(tmp_path: Path) -> None:
    promised = terms.load(written(tmp_path))
    assert list(promised.contract.obligations) == ["sweep", "clear", "grit"]
    found = clear(promised)
    assert (found.party, found.scope.class_, found.trigger.at_least) == ("firm", ("A",), 3)
    assert str(found.allowance("A", 5).length if found.allowance("A", 5) else None) == "2:00:00"


def test_a_clause_is_a_place_within_the_source_of_its_pack(tmp_path: Path) -> None:
    obligations = terms.load(written(tmp_path)).contract.obligations
    assert str(obligations["clear"].clause) == "Snow Act, section 4 (https://example.org/act)"
    assert str(obligations["grit"].clause) == "Snow Act, section 5 (https://example.org/act#5)"
    assert [obligations[name].clause.illustrative for name in ("clear", "grit", "sweep")] == [False, True, False]


def test_what_a_third_party_says_is_illustrative_throughout(tmp_path: Path) -> None:
    third = PACK.replace('url: "https://example.org/act"', "illustrative: true")
    assert clear(terms.load(written(tmp_path, pack=third))).clause.illustrative


def test_a_contract_may_hold_nothing_but_packs(tmp_path: Path) -> None:
    assert list(terms.load(written(tmp_path, own="obligations: {}\n")).contract.obligations) == ["clear", "grit"]


def test_a_pack_may_lie_below_the_contracts_folder(tmp_path: Path) -> None:
    folder = written(tmp_path, BOUND.replace("snow:", "own/frost.yaml:"))
    (folder / "own").mkdir()
    (folder / "own" / "frost.yaml").write_text(PACK.replace("pack: snow", "pack: frost"), encoding="utf-8")
    assert "clear" in terms.load(folder).contract.obligations


def test_another_library_may_be_named(tmp_path: Path) -> None:
    folder = written(tmp_path)
    (tmp_path / "packs").rename(tmp_path / "elsewhere")
    assert "clear" in terms.load(folder, tmp_path / "elsewhere").contract.obligations


def test_what_is_not_owed_here_is_left_out_and_needs_no_number(tmp_path: Path) -> None:
    folder = written(tmp_path, "uses: {snow: {with: {party: firm}, without: [clear]}}\n")
    assert list(terms.load(folder).contract.obligations) == ["sweep", "grit"]


def test_a_pack_is_part_of_the_contracts_version(tmp_path: Path) -> None:
    folder = written(tmp_path)
    before = terms.load(folder).digest
    (tmp_path / "packs" / "snow.yaml").write_text(PACK.replace("section 4", "section 3"), encoding="utf-8")
    assert terms.load(folder).digest != before


UNBOUND = "uses:\n  snow:\n    with: {party: firm}\n"
USES = [
    (
        UNBOUND,
        [
            f"contract.yaml:{AT + 1}: uses.snow: `depth` is not bound: the source gives only 2 or more, so the "
            "author of contract `town` must state which number holds under `with` (from which depth on)",
            f"contract.yaml:{AT + 1}: uses.snow: `hours` is not bound: the source gives only PT2H to PT3H, so the "
            "author of contract `town` must state which number holds under `with` (within how long)",
        ],
    ),
    (
        "uses: {snow: {with: {hours: PT2H, depth: 3}}}\n",
        [
            f"contract.yaml:{AT}: uses.snow: `party` is not bound: the author of contract `town` must state `party` "
            "under `with` (who clears)"
        ],
    ),
    (
        BOUND.replace("PT2H", "PT5H"),
        [f"contract.yaml:{AT + 2}: uses.snow.with.hours: PT5H lies outside what the source gives, PT2H to PT3H"],
    ),
    (
        BOUND.replace("PT2H", "2"),
        [
            f"contract.yaml:{AT + 2}: uses.snow.with.hours: 2 cannot be compared with what the source gives, "
            "PT2H to PT3H"
        ],
    ),
    (
        BOUND.replace("PT2H", "two hours"),
        [
            f"contract.yaml:{AT + 2}: uses.snow.with.hours: 'two hours' is not a duration such as PT72H, P4D or PT30M"
        ],
    ),
    (
        BOUND.replace("party: firm", "party: firm, huors: PT2H"),
        [f"contract.yaml:{AT + 2}: uses.snow.with.huors: `huors` is no parameter of this pack: did you mean `hours`?"],
    ),
    (
        BOUND.rstrip() + "\n    without: [clear]\n",
        [
            f"contract.yaml:{AT + 2}: uses.snow.with.depth: only what `without` leaves out needs `depth`: remove it",
            f"contract.yaml:{AT + 2}: uses.snow.with.hours: only what `without` leaves out needs `hours`: remove it",
        ],
    ),
    (
        BOUND.rstrip() + "\n    without: [clean]\n",
        [
            f"contract.yaml:{AT + 3}: uses.snow.without: `clean` is no obligation of this pack: it has clear, grit",
        ],
    ),
    (
        "uses: {snwo: {}}\n",
        [f"contract.yaml:{AT}: uses.snwo: contracts/packs has no pack `snwo`: did you mean `snow`?"],
    ),
    (
        "uses: {own.yaml: {}}\n",
        [f"contract.yaml:{AT}: uses.own.yaml: this file does not exist below the contract's folder"],
    ),
    (
        "uses: {../packs/snow.yaml: {}}\n",
        [
            f"contract.yaml:{AT}: uses.../packs/snow.yaml: a pack lies in contracts/packs or below the contract's "
            "folder, nowhere else"
        ],
    ),
    (
        "uses: {/etc/hosts.yaml: {}}\n",
        [
            f"contract.yaml:{AT}: uses./etc/hosts.yaml: a pack lies in contracts/packs or below the contract's "
            "folder, nowhere else"
        ],
    ),
    (
        "uses: {Snow Act: {}}\n",
        [
            f"contract.yaml:{AT}: uses.Snow Act: name a pack of contracts/packs, or a file below the contract's folder "
            "that ends in .yaml"
        ],
    ),
    (
        BOUND.replace("with:", "whit:"),
        [f"contract.yaml:{AT + 2}: uses.snow.whit: `whit` is not a word of the contract: did you mean `with`?"],
    ),
    (
        BOUND.replace("party: firm", "party: fimr"),
        [
            f"contract.yaml:{AT + 2}: obligations.clear.party: `fimr` is no party: name one of city, firm",
            f"contract.yaml:{AT + 2}: obligations.grit.party: `fimr` is no party: name one of city, firm",
        ],
    ),
    (
        BOUND.replace("party: firm", "party: firm, main: B"),
        [
            f"contract.yaml:{AT + 2}: obligations.clear.scope.class: no unit has class `B`: the units file knows A",
        ],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("uses", "expected"), USES)
def test_what_a_contract_binds_wrongly(tmp_path: Path, uses: str, expected: list[str]) -> None:
    assert faults(written(tmp_path, uses)) == expected


PACKS = [
    (
        PACK + "uses: {other: {}}\n",
        ["packs/snow.yaml:30: uses: a pack uses no other pack: name both in the contract"],
    ),
    (
        PACK.replace("kind: plow", "kind: $plow"),
        [
            "packs/snow.yaml:18: obligations.clear.action.kind: `$plow` is no parameter of this pack: declare it under "
            "`parameters`"
        ],
    ),
    (
        PACK.replace("class: $main, ", "").replace("class: $main", "class: [A]"),
        ["packs/snow.yaml:8: parameters.main: nothing names `$main`: remove it"],
    ),
    (
        PACK.replace("pack: snow", "pack: snew"),
        ["packs/snow.yaml:1: pack: the pack is named `snew` but its file `snow`: name them alike"],
    ),
    (
        PACK.replace("at_most: PT3H", "at_most: PT3H, default: PT2H"),
        [
            "packs/snow.yaml:6: parameters.hours: a range has no default: which number holds is the contract's to state"
        ],
    ),
    (
        PACK.replace("at_most: PT3H", "at_most: PT1H"),
        ["packs/snow.yaml:6: parameters.hours: the range PT2H to PT1H ends before it begins"],
    ),
    (
        PACK.replace("kind: plow}", "kind: plow, colour: red}"),
        [
            "packs/snow.yaml:18: obligations.clear.action.colour: `colour` is not a word of the contract: remove it"
        ],
    ),
    (
        PACK.replace("    clause: section 4\n", ""),
        ["packs/snow.yaml:10: obligations.clear.clause: `clause` is missing: add it"],
    ),
    (
        PACK.replace("depth_cm, at", "depth, at"),
        [
            "packs/snow.yaml:15: obligations.clear.trigger.measure: source `weather` has no column `depth`"
        ],
    ),
    ("", ["packs/snow.yaml:1: this file is empty"]),
    ("pack: [snow\n", ["packs/snow.yaml:2: this is not YAML: did not find expected ',' or ']'"]),
]  # fmt: skip


@pytest.mark.parametrize(("pack", "expected"), PACKS)
def test_what_is_wrong_with_a_pack_is_said_in_its_own_file(tmp_path: Path, pack: str, expected: list[str]) -> None:
    assert faults(written(tmp_path, pack=pack)) == expected


def test_names_collide_with_the_contract_and_with_other_packs(tmp_path: Path) -> None:
    twin = PACK.replace("pack: snow", "pack: twin")
    uses = BOUND + BOUND.replace("uses:\n", "").replace("snow", "twin")
    own = OWN.replace("sweep:", "grit:")
    assert faults(written(tmp_path, uses, own=own, twin=twin)) == [
        f"contract.yaml:{AT + 1}: uses.snow: `grit` stands in the contract itself too: rename one, or leave it out "
        "with `without`",
        f"contract.yaml:{AT + 3}: uses.twin: `clear` stands in pack `snow` too: rename one, or leave it out with "
        "`without`",
        f"contract.yaml:{AT + 3}: uses.twin: `grit` stands in the contract itself too: rename one, or leave it out "
        "with `without`",
    ]


def test_a_pack_is_read_by_itself(tmp_path: Path) -> None:
    written(tmp_path, broken="pack: broken\ntitle: {en: Broken}\nsource: Act\n")
    pack = terms.load_pack(tmp_path / "packs" / "snow.yaml")
    assert [name for name, one in pack.parameters.items() if not one.has_default] == ["party", "hours", "depth"]
    with pytest.raises(ContractFaults) as caught:
        terms.load_pack(tmp_path / "packs" / "broken.yaml")
    assert str(caught.value).splitlines() == [
        "pack broken: 1 fault for its author to mend",
        "  broken.yaml:1: obligations: `obligations` is missing: add it",
    ]


def test_a_link_leads_nowhere_else(tmp_path: Path) -> None:
    folder = written(tmp_path, "uses: {own.yaml: {}}\n")
    (folder / "own.yaml").symlink_to(tmp_path / "packs" / "snow.yaml")
    assert "nowhere else" in faults(folder)[0]


def test_faults_of_a_pack_hide_none_of_the_contract(tmp_path: Path) -> None:
    folder = written(tmp_path, UNBOUND, own=OWN.replace("supervisor: desk", "supervisor: nobody"))
    found = faults(folder)
    assert len(found) == 3 and any("`nobody` is nobody under `people`" in one for one in found)
