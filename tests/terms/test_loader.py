"""A faulty contract names all its faults at once, each with file, line and what to do."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from dutywatch import terms
from dutywatch.errors import ContractFaults, Fault, SettingsError
from dutywatch.terms.schema import schema
from tests.conftest import HOME

FAULTY = Path(__file__).parent / "faulty"


def folder_with(tmp_path: Path, name: str, units: str = "id,class\nU1,A\n") -> Path:
    folder = tmp_path / name.replace("_", "-")
    folder.mkdir()
    shutil.copyfile(FAULTY / f"{name}.yaml", folder / "contract.yaml")
    (folder / "units.csv").write_text(units, encoding="utf-8")
    return folder


def faults(folder: Path) -> list[Fault]:
    with pytest.raises(ContractFaults) as caught:
        terms.load(folder)
    return list(caught.value.faults)


def test_five_different_faults_give_five_messages(tmp_path: Path) -> None:
    found = [str(fault) for fault in faults(folder_with(tmp_path, "five_faults"))]
    assert found == [
        "contract.yaml:14: sources.log.owner: `nobody-known` is nobody under `people`: name one of boss, "
        "or add the person there",
        "contract.yaml:19: sources.log.due: 'noon tomorrow' is not a due time such as '06:00 next day', "
        "'23:30 same day', '12:00 +3 days'",
        "contract.yaml:34: obligations.clear.party: `somebody-else` is no party: name one of city, firm",
        "contract.yaml:36: obligations.clear.trigger.measure: source `weather` has no column `depth_cm`",
        "contract.yaml:37: obligations.clear.scope.class: no unit has class `Z`: the units file knows A",
    ]


def test_a_fault_of_wording_hides_no_fault_of_meaning(tmp_path: Path) -> None:
    found = [str(fault) for fault in faults(folder_with(tmp_path, "mixed"))]
    assert found == [
        "contract.yaml:7: timezone: 'Asia/Shanghia' is not a time zone of the IANA database, such as Asia/Shanghai",
        "contract.yaml:9: escalation.0.to: `mayor` is nobody under `people`: name one of boss, or add the person there",
        "contract.yaml:13: sources.log.due: 'noon' is not a due time such as '06:00 next day', "
        "'23:30 same day', '12:00 +3 days'",
        "contract.yaml:25: obligations.clear.within.0.allow: '4 hours' is not a duration such as PT72H, P4D or PT30M",
        "missing.csv: units: this file does not exist: put it beside the contract",
    ]


def test_faults_of_the_words_come_with_their_lines_and_advice(tmp_path: Path) -> None:
    found = {fault.clause: fault for fault in faults(folder_with(tmp_path, "words"))}
    assert found["term"].line == 6 and "ends (2023-12-31) before it begins" in found["term"].message
    assert found["timezone"].line == 7 and "IANA" in found["timezone"].message
    assert found["sources.log.encodng"].line == 16
    assert found["sources.log.encodng"].message == "`encodng` is not a word of the contract: did you mean `encoding`?"
    known = "respond, recur, attain, keep"
    assert found["obligations.clear.pattern"].message == f"'answer' is not possible here: this version knows {known}"
    assert found["obligations.clear.trigger.merge_gap"].line == 25
    assert "must state `early`" in found["obligations.clear.clock"].message
    assert "say `days: elapsed`, `days: civil` or `days: working`" in found["obligations.clear.within.0"].message
    assert found["obligations.clear.supervisor"].message == "`supervisor` is missing: add it"


def test_a_bare_word_that_yaml_takes_for_something_else_is_to_be_quoted(tmp_path: Path) -> None:
    """Classes 1 to 5, the zone ON, a column No, the kind off: all are common, and none is text to YAML."""
    folder = folder_with(tmp_path, "words")
    file = folder / "contract.yaml"
    text = file.read_text()
    text = text.replace("kind: kind}", "kind: no}\n    values: {kind: {off: plow}}")
    text = text.replace("pattern: answer", "pattern: respond\n    scope: {class: 1, zone: [ON, N]}")
    text = text.replace("clause: none", "clause: 12345").replace("kind: plow}", "kind: 2024-01-10}")
    text = text.replace("P4D", "[{class: 2, allow: PT4H}]")
    file.write_text(text + "languages: en\n")
    said = {fault.clause: fault.message for fault in faults(folder)}
    quote = "put it in quotes: YAML reads it bare as "
    assert said["sources.log.columns.kind"] == quote + "false"
    assert said["sources.log.values.kind.0"] == quote + "false"
    assert said["obligations.clear.clause.text"] == quote + "the number 12345"
    assert said["obligations.clear.scope.class.0"] == quote + "the number 1"
    assert said["obligations.clear.scope.zone.0"] == quote + "true"
    assert said["obligations.clear.action.kind.any.0"] == quote + "the day 2024-01-10"
    assert said["obligations.clear.within.0.class"] == quote + "the number 2"
    assert said["languages"] == "write a list here, such as [...]; found 'en'"


def test_one_party_answers_for_a_unit_on_a_day_and_a_log_is_kept_by_what_it_holds(tmp_path: Path) -> None:
    units = "id,class,since,until\nU0,A,,2024-01-31\nU1,A,,\nU2,B,,\n"
    found = [str(fault).partition(": ")[2] for fault in faults(folder_with(tmp_path, "parties", units))]
    must = "one party answers for a unit on a day: end one of them before the other begins, or narrow its `units`"
    assert sorted(found) == [
        f"assignments.1: from 2024-02-01 unit U1 is given to rival and to firm: {must}",
        f"assignments.3: from 2023-06-30 unit U2 is given to firm and to rival: {must}",
        "sources.feed.by: only a day's log is kept by unit or by actor: put {service_date} into its path",
        "sources.feed.by: the log is kept by unit, but has no column `unit`",
        "sources.log.by: nobody's vehicles are known that it must speak of: give a `roster` or `actors`",
        "sources.log.by: the log is kept by actor, but has no column `actor`",
    ]


def test_the_empty_rest_of_a_spreadsheet_is_no_unit(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, "records", "id,class\nU1,A\n\n,\n ,\n,B\n")
    assert "units.csv:6: units: `id` is empty: every unit needs its id" in [str(fault) for fault in faults(folder)]
    (folder / "units.csv").write_text("id,class\nU1,A\n\n,\n ,\n", encoding="utf-8")
    assert not [fault for fault in faults(folder) if fault.file == "units.csv"]


def test_what_an_amendment_says_is_looked_up_like_any_other_word(tmp_path: Path) -> None:
    """A misspelt calendar never closes, and nobody ever does what no source tells of: both would be in breach."""
    folder = folder_with(tmp_path, "amended", "id,class\nU1,A\n")
    assert [str(fault).partition(": ")[2] for fault in faults(folder)] == [
        "amendments.1.change.period.calendar: `ofice` is no calendar of this contract: name one of always, office, or "
        "add it under `calendars`",
        "amendments.2.change.action.kind: no source gives the kind `swep`: their `values` know sweep",
        "amendments.3.change.party: `frim` is no party: name one of city, firm",
        "amendments.4.change.per: `share` is judged from these duties as they are owed per unit: write an obligation "
        "of its own for those per class",
    ]


def test_no_contractor_s_list_of_cases_rewrites_the_authority_s_register(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, "records")
    assert [str(fault) for fault in faults(folder)] == [
        "contract.yaml:21: obligations.mend.trigger.stream: of a record the row received last speaks, so that `done`, "
        "run by firm, would rewrite what `register` says of when a case came and when it is due: give each a stream of "
        "its own"
    ]
    file = folder / "contract.yaml"
    file.write_text(file.read_text().replace("done: {stream: case", "done: {stream: service"))
    assert terms.load(folder).id == "records"


def test_the_message_says_who_must_act(tmp_path: Path) -> None:
    with pytest.raises(ContractFaults) as caught:
        terms.load(folder_with(tmp_path, "five_faults"))
    assert caught.value.who == "contract author"
    assert str(caught.value).startswith("contract five-faults: 5 faults for its author to mend\n")


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("contract: [unclosed\ntitle: x\n", 2, "this is not YAML"),
        ("contract: a\ncontract: b\n", 2, "`contract` is written twice"),
        ("", 1, "this file is empty"),
        ("# a note\nhello\n", 2, "this is no contract: it begins with `contract: its name`"),
        ("- contract: a\n", 1, "this is no contract: it begins with `contract: its name`"),
    ],
)
def test_broken_yaml_is_a_fault_with_its_line(tmp_path: Path, text: str, line: int, message: str) -> None:
    folder = tmp_path / "broken"
    folder.mkdir()
    (folder / "contract.yaml").write_text(text, encoding="utf-8")
    found = faults(folder)
    assert any(fault.line == line and message in fault.message for fault in found), found


@pytest.mark.parametrize(
    ("units", "message"),
    [
        ("id,class\nU1,A\nU1,B\n", "unit U1 is listed twice"),
        ("id,class\n,A\n", "`id` is empty"),
        ("key,class\nU1,A\n", "no property `id`, which the contract names: it has key, class"),
        ("id;class\nU1;A\n", "no property `id`, which the contract names: it has id;class"),
        ("id,class\n", "this file lists no unit"),
    ],
)
def test_faults_of_the_register_name_their_line(tmp_path: Path, units: str, message: str) -> None:
    found = faults(folder_with(tmp_path, "five_faults", units))
    assert any(fault.file == "units.csv" and message in fault.message for fault in found)


def register(tmp_path: Path, raw: bytes, words: str) -> Path:
    """The guide's contract with `raw` as its register, of which its `units` say `words`, too."""
    folder = Path(shutil.copytree(HOME / "docs" / "examples" / "first-contract", tmp_path / "first-contract"))
    contract = folder / "contract.yaml"
    text = contract.read_text(encoding="utf-8").replace(
        "units: {file: units.csv,", f"units: {{file: units.csv, {words}"
    )
    contract.write_text(text, encoding="utf-8")
    (folder / "units.csv").write_bytes(raw)
    return folder


@pytest.mark.parametrize(
    ("delimiter", "encoding", "words"),
    [
        (";", "gb18030", 'encoding: gb18030, delimiter: ";",'),
        ("\t", "utf-16", 'encoding: utf-16, delimiter: "\\t",'),
        (",", "utf-8-sig", ""),
        ("|", "cp1252", 'encoding: cp1252, delimiter: "|",'),
    ],
)
def test_a_register_is_read_as_the_contract_says(tmp_path: Path, delimiter: str, encoding: str, words: str) -> None:
    other = "滨河路" if encoding != "cp1252" else "Rue de l’Église"
    units = [("Mill, Lane" if delimiter != "," else "Mill Lane", "A"), (other, "B")]
    raw = "\r\n".join(delimiter.join(row) for row in [("street", "class"), *units]).encode(encoding)
    loaded = terms.load(register(tmp_path, raw, words))
    assert [(unit.id, unit.class_) for unit in loaded.units.rows] == units


def test_no_unit_has_the_name_of_the_contract(tmp_path: Path) -> None:
    """The contract stands for units that a record does not name: such a case would have two duties of one name."""
    folder = register(tmp_path, b"street,class\nMill Lane,A\nfirst-contract,B\n", "")
    [fault] = faults(folder)
    assert fault.clause == "units" and fault.message == (
        "a unit is called `first-contract` like the contract, which stands for units that no record names: "
        "give one of them another name"
    )


def test_a_register_that_is_written_otherwise_says_what_to_declare(tmp_path: Path) -> None:
    raw = "street,class\nHill,A\n滨河路,B\n".encode("gb18030")
    found = [str(one) for one in faults(register(tmp_path, raw, ""))]
    assert (
        "units.csv:3: units: it is not utf-8: say how it is written, such as `encoding: gb18030`, under `units`"
        in found
    )
    shutil.rmtree(tmp_path / "first-contract")
    found = [str(one) for one in faults(register(tmp_path, raw, "encoding: gb-18031,"))]
    known = "use utf-8, utf-16, gb18030, gbk, cp1252 or latin-1"
    assert any(one.endswith(f"units.encoding: 'gb-18031' is not known here: {known}") for one in found), found


@pytest.mark.parametrize(
    ("old", "new", "clause"),
    [
        ("encoding: utf-8", 'encoding: "\\0"', "sources.work-log.encoding"),
        ("at_least: 3", "at_least: .nan", "obligations.clear-streets.trigger.at_least"),
        ("key: street", 'key: ""', "units.key"),
    ],
)
def test_odd_values_are_faults_at_their_clause(tmp_path: Path, old: str, new: str, clause: str) -> None:
    """A threshold that is no number would be reached by nothing, and said so by nobody."""
    folder = Path(shutil.copytree(HOME / "docs" / "examples" / "first-contract", tmp_path / "first-contract"))
    text = (folder / "contract.yaml").read_text(encoding="utf-8")
    assert old in text
    (folder / "contract.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    assert clause in [fault.clause for fault in faults(folder)]


def test_a_folder_without_a_contract_is_said_to_be_none(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="is no contract"):
        terms.load(tmp_path)


def test_every_contract_of_the_checkout_is_sound() -> None:
    found = [terms.load(head.folder) for head in terms.heads(HOME / "contracts")]
    assert {one.id: len(one.units.rows) for one in found} == {"benxi-sanitation": 300, "yongchuan-hotline": 6}


def test_units_without_a_class_are_kept_and_counted(tmp_path: Path) -> None:
    folder = tmp_path / "benxi-sanitation"
    shutil.copytree(HOME / "contracts" / "benxi-sanitation", folder, ignore=shutil.ignore_patterns("scenario"))
    register = json.loads((folder / "units.geojson").read_text(encoding="utf-8"))
    register["features"][0]["properties"]["maintenance_class"] = None
    (folder / "units.geojson").write_text(json.dumps(register), encoding="utf-8")
    assert terms.load(folder).units.unclassified() == 1


def test_heads_survive_a_broken_file(tmp_path: Path) -> None:
    for name, text in (("good", "contract: good\ntitle: {en: Good, zh: 好}\ntimezone: UTC\n"), ("bad", "title: [")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "contract.yaml").write_text(text, encoding="utf-8")
    bad, good = terms.heads(tmp_path)
    assert (bad.contract, bad.title) == ("bad", "bad") and bad.fault
    assert (good.contract, good.title, good.timezone, good.fault) == ("good", "好 · Good", "UTC", None)


def test_the_schema_in_the_docs_is_the_models() -> None:
    assert (HOME / "docs" / "contract.schema.json").read_text(encoding="utf-8") == schema(), "run `make docs`"


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ('columns: {at: "{day} {time", unit: unit, kind: kind}', "each column stands in braces of its own"),
        ('columns: {at: "{day} {}", unit: unit, kind: kind}', "each column stands in braces of its own"),
        ("columns: {at: time, at_earlier: first, kind: kind}", "where the other reading of `at` stands"),
        ("columns: {at: time, filename: first, kind: kind}", "the lake tells by `filename` where each row stands"),
        (
            "covers: [{file: a.csv, from: 2024-01-02T00:00:00Z, to: 2024-01-01T00:00:00Z}]",
            "ends (2024-01-01T00:00:00+00:00) before it begins (2024-01-02T00:00:00+00:00)",
        ),
        ("covers: [{file: a.csv, from: 2024-01-01T00:00:00, to: 2024-01-02T00:00:00Z}]", "timezone"),
        ("covers: [{file: a.csv, from: 2024-01-01T00:00:00Z, to: 2024-01-02T00:00:00Z}]", "covers that day: leave"),
    ],
)
def test_faults_of_a_source_say_what_to_write(tmp_path: Path, word: str, message: str) -> None:
    folder = folder_with(tmp_path, "words")
    text = (folder / "contract.yaml").read_text(encoding="utf-8")
    name = word.partition(":")[0]
    text = text.replace("    columns: {at: time, unit: unit, kind: kind}\n", "") if name == "columns" else text
    text = text.replace("    encodng: utf-8\n", f"    encoding: utf-8\n    {word}\n")
    (folder / "contract.yaml").write_text(text, encoding="utf-8")
    assert any(f"sources.log.{name}" in one.clause and message in one.message for one in faults(folder))


def test_a_misspelt_word_of_a_row_is_one_fault_and_a_day_shows_how_it_is_written(tmp_path: Path) -> None:
    text = (HOME / "docs" / "examples" / "first-contract" / "contract.yaml").read_text(encoding="utf-8")
    folder = tmp_path / "first-contract"
    folder.mkdir()
    (folder / "units.csv").write_text("street,class\nHarbour Road,A\nMill Lane,B\n", encoding="utf-8")
    changed = text.replace("{class: B, allow: ", "{class: B, alow: ").replace("from: 2025-01-10", "from: 10.01.2025")
    (folder / "contract.yaml").write_text(changed, encoding="utf-8")
    found = [str(fault).partition(": ")[2] for fault in faults(folder)]
    assert found == [
        "term.from: '10.01.2025' is not a day such as 2025-01-10",
        "obligations.clear-streets.within.1.alow: `alow` is not a word of the contract: did you mean `allow`?",
    ]


def test_a_misspelt_word_in_the_only_contractor_does_not_make_the_list_too_short(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(HOME / "docs" / "examples" / "first-contract", tmp_path / "first-contract"))
    contract = folder / "contract.yaml"
    contract.write_text(contract.read_text(encoding="utf-8").replace("qualified:", "qualifed:"), encoding="utf-8")
    assert [str(fault) for fault in faults(folder)] == [
        "contract.yaml:5: contractors.0.qualifed: `qualifed` is not a word of the contract: did you mean `qualified`?"
    ]


def test_a_word_in_the_wrong_place_is_not_said_to_be_misspelt(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(HOME / "docs" / "examples" / "first-contract", tmp_path / "first-contract"))
    contract = folder / "contract.yaml"
    text = contract.read_text(encoding="utf-8").replace(
        "    pattern: respond\n", "    pattern: respond\n    count: actor\n", 1
    )
    contract.write_text(text, encoding="utf-8")
    (found,) = faults(folder)
    assert found.message == "`count` is a word of the contract, but not here: remove it, or put it where it belongs"
