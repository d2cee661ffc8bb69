"""`dutywatch new`: from a units file and a sample log to a judged day, by flags or by answers; never over anything."""

from __future__ import annotations

import json
import shutil
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from dutywatch import terms
from dutywatch.cli import app
from dutywatch.errors import DraftRefused
from tests.conftest import DATA, HOME

EXAMPLE = HOME / "docs" / "examples" / "first-contract"
RELEASES = HOME / "tests" / "terms" / "draft" / "snow_releases.json"
FILES = ("--units", str(EXAMPLE / "units.csv"), "--log", str(EXAMPLE / "landing" / "work" / "2025-01-10.csv"))
PARTIES = (
    *("--title", "Street clearing", "--authority", "Exampletown", "--contractor", "The snow firm"),
    *("--supervisor", "Street desk", "--timezone", "Europe/Helsinki"),
)


def new(folder: Path, *arguments: str, answers: str | None = None) -> Result:
    return CliRunner().invoke(app, ["new", str(folder), *arguments], input=answers)


def test_flags_and_files_give_a_contract_and_a_judged_day(tmp_path: Path) -> None:
    """Harbour Road and Market Street were plowed on the 10th. Mill Lane's row is misspelt and Old Track has none: a
    whole log without them is their breach. The 11th is under way on all four."""
    folder = tmp_path / "streets"
    result = new(folder, *FILES, *PARTIES, "--task", "plowed", "--no-ask")
    assert result.exit_code == 0, result.output
    contract = terms.load(folder).contract
    assert (contract.contract, contract.title.en, contract.timezone) == (
        "streets",
        "Street clearing",
        "Europe/Helsinki",
    )
    assert (contract.units.key, contract.units.class_) == ("street", "class")
    assert contract.sources["work-log"].columns == {"at": "time", "unit": "street", "kind": "task"}
    assert contract.sources["work-log"].time.format == "%Y-%m-%d %H:%M"
    assert list(contract.obligations) == ["plowed-every-day"]
    table = [line.split() for line in result.output.splitlines() if line.startswith("  plowed-every-day ")]
    assert table == [
        ["plowed-every-day", "A", "2", "0", "2", "0", "0"],
        ["plowed-every-day", "B", "0", "1", "1", "0", "0"],
        ["plowed-every-day", "–", "0", "1", "1", "0", "0"],
    ]
    assert "as of 2025-01-11T12:00+02:00" in result.output
    assert "1 row of the sample is in quarantine: unit is in the contract's register" in result.output
    assert "1.  no-qualification" in result.output


def test_a_sample_from_outside_the_term_starts_no_duty(tmp_path: Path) -> None:
    term = ("--from", "2025-02-01", "--to", "2025-03-31")
    result = new(tmp_path / "streets", *FILES, *PARTIES, *term, "--no-ask")
    assert result.exit_code == 0, result.output
    assert "no duty: nothing in the sample starts one within the term" in result.output


def test_answers_give_the_same_contract_as_flags(tmp_path: Path) -> None:
    """Each question once; an empty line takes what the file suggests."""
    flags, asked = tmp_path / "flags" / "streets", tmp_path / "asked" / "streets"
    new(flags, *FILES, *PARTIES[:-2], "--no-ask")  # without a time zone nothing is judged yet
    answers = ["Street clearing", "Exampletown", "The snow firm", "", "Street desk", *[""] * 20]
    result = new(asked, *FILES, "--ask", answers="\n".join(answers))
    assert result.exit_code == 0, result.output
    assert (asked / "contract.yaml").read_text() == (flags / "contract.yaml").read_text()
    assert "still to be filled: whose civil days the logs speak about" in result.output


def test_an_answer_that_cannot_be_is_asked_for_again(tmp_path: Path) -> None:
    """A file that is not there, an encoding that is not the log's, a period that is none."""
    log = tmp_path / "log.csv"
    log.write_bytes("时间,路段,作业\n2025-01-10 07:00,平山,除雪\n".encode("gb18030"))
    units = tmp_path / "units.csv"
    units.write_text("路段\n平山\n", encoding="utf-8")
    answers = [
        *("nowhere.csv", str(units), str(log), "utf-8", "gb18030"),
        *("除雪", "市政府", "公司", "", "督查", "", "", "", "", "", "", "fortnight", "week", "", "", ""),
    ]
    result = new(tmp_path / "streets", "--ask", answers="\n".join(answers) + "\n")
    assert result.exit_code == 0, result.output
    for said in ("nowhere.csv is no file", "log.csv is not utf-8", "'fortnight' is no period"):
        assert said in result.output
    text = (tmp_path / "streets" / "contract.yaml").read_text(encoding="utf-8")
    assert 'columns: {at: "时间", unit: "路段", kind: "作业"}' in text
    assert "encoding: gb18030" in text and "period: week" in text


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    folder = tmp_path / "streets"
    folder.mkdir()
    (folder / "contract.yaml").write_text("mine", encoding="utf-8")
    result = new(folder, *FILES, *PARTIES, "--no-ask")
    assert isinstance(result.exception, DraftRefused) and "nothing is overwritten" in str(result.exception)
    assert [path.name for path in folder.iterdir()] == ["contract.yaml"]
    assert (folder / "contract.yaml").read_text(encoding="utf-8") == "mine"


def test_what_is_ambiguous_is_left_to_be_filled_and_named(tmp_path: Path) -> None:
    """The third of April, or the fourth of March: no guess, no judgement."""
    log = tmp_path / "log.csv"
    log.write_text("time,street,task\n03/04/2025 11:40,Harbour Road,plowed\n", encoding="utf-8")
    result = new(tmp_path / "streets", FILES[0], FILES[1], "--log", str(log), *PARTIES, "--no-ask")
    assert result.exit_code == 0
    assert "`time` can be read as %d/%m/%Y %H:%M and as %m/%d/%Y %H:%M: say which." in result.output
    assert "sources.work-log.time.format: still to be filled: how times are written" in result.output
    assert "First judgement" not in result.output


def test_an_ocds_document_becomes_a_skeleton(tmp_path: Path) -> None:
    result = new(tmp_path / "snow", "--ocds", str(RELEASES), "--no-ask")
    assert result.exit_code == 0, result.output
    clauses = [line.split(": ")[1] for line in result.output.splitlines() if "still to be filled" in line]
    assert clauses == ["timezone", "people.supervisor.name.en", "units", "sources", "obligations"]


def test_a_skeleton_with_units_and_a_log_is_a_whole_contract(tmp_path: Path) -> None:
    """The term is the document's, the sample of January lies within it; the log is owed from its own first day."""
    folder = tmp_path / "snow"
    given = (*FILES, "--supervisor", "Street desk", "--timezone", "Asia/Shanghai")
    result = new(folder, "--ocds", str(RELEASES), *given, "--no-ask")
    assert result.exit_code == 0, result.output
    contract = terms.load(folder).contract
    assert str(contract.term.from_) == "2024-11-15" and str(contract.sources["work-log"].from_) == "2025-01-10"
    assert contract.value and contract.value.amount == Decimal("1860000.10")
    assert [one.text for one in contract.documents][:2] == ["Tender notice", "Bidding documents"]
    assert "single-bidder" in result.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--every", "fortnight"), "'fortnight' is no period"),
        (("--timezone", "Helsinki"), "'Helsinki' is not a time zone"),
        (("--at", "moment"), "no column 'moment'"),
        (("--from", "tomorrow"), "'tomorrow' is not a day"),
        (("--at-format", "%d/%m/%Y"), "no time of `time` is written as %d/%m/%Y: the first is '2025-01-10 11:40'"),
        (("--encoding", "utf-99"), "is not utf-99"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_written(
    tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    result = new(tmp_path / "streets", *FILES, *PARTIES, *arguments, "--no-ask")
    assert isinstance(result.exception, DraftRefused) and message in str(result.exception)
    assert not (tmp_path / "streets").exists()


def test_a_name_that_no_contract_can_have_is_refused(tmp_path: Path) -> None:
    result = new(tmp_path / "My Streets", *FILES, "--no-ask")
    assert "lower-case letters, digits and hyphens" in str(result.exception)


def test_a_geojson_register_is_kept_as_one(tmp_path: Path) -> None:
    source = HOME / "contracts" / "benxi-sanitation" / "units.geojson"
    units = tmp_path / "units.json"
    shutil.copyfile(source, units)
    result = new(tmp_path / "streets", "--units", str(units), "--no-ask")
    assert result.exit_code == 0, result.output
    text = (tmp_path / "streets" / "contract.yaml").read_text(encoding="utf-8")
    assert (
        'file: "units.geojson", key: "segment_id", class: "maintenance_class", zone: "ward", length: "length_m"' in text
    )
    assert (tmp_path / "streets" / "units.geojson").read_bytes() == source.read_bytes()


WEATHER = ("--weather", str(EXAMPLE / "landing" / "weather" / "2025-01-10.csv"))
HARBIN = (
    *("--pack", "harbin-2004", "--without", "clear-class-c", "--with", "pause=PT6H", "--with", "early=PT6H"),
    *("--with", "clear=plowed", "--with", "haul=[hauled]", "--with", "days=elapsed"),
)


def test_a_pack_and_the_weather_give_a_contract_and_a_judged_day(tmp_path: Path) -> None:
    """5.1 cm are heavy snow: class A has 3 days to be cleared and was on the 10th, class B has 4; hauling has 7 and 10.
    Old Track states no class, and nothing of the pack is owed there."""
    depths = ("--with", "light-from=1", "--with", "medium-from=3", "--with", "heavy-from=5")
    result = new(tmp_path / "streets", *FILES, *WEATHER, *PARTIES, *HARBIN, *depths, "--no-ask")
    assert result.exit_code == 0, result.output
    table = [line.split() for line in result.output.splitlines() if line.startswith(("  clear-class", "  haul-class"))]
    assert table == [
        ["clear-class-a", "A", "2", "0", "0", "0", "0"],
        ["clear-class-b", "B", "0", "0", "1", "0", "0"],
        ["haul-class-a", "A", "0", "0", "2", "0", "0"],
        ["haul-class-b", "B", "0", "0", "1", "0", "0"],
    ]
    assert "obligations.haul-class-a (packs/harbin-2004.yaml:" in result.output
    jsonschema = pytest.importorskip("jsonschema", reason="the package jsonschema comes with Airflow")
    schema = json.loads((HOME / "docs" / "contract.schema.json").read_text(encoding="utf-8"))
    values = yaml.safe_load((tmp_path / "streets" / "contract.yaml").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(json.loads(json.dumps(values, default=str)))


def test_what_a_pack_asks_for_and_nobody_stated_is_named(tmp_path: Path) -> None:
    result = new(tmp_path / "streets", *FILES, *PARTIES, *HARBIN, "--no-ask")
    assert result.exit_code == 0, result.output
    text = (tmp_path / "streets" / "contract.yaml").read_text(encoding="utf-8")
    assert "      # heavy-from: from which depth in cm on it is heavy snow" in text
    assert "sources.condition: still to be filled: a source of the stream condition" in result.output
    for name in ("light-from", "medium-from", "heavy-from"):
        assert f"`{name}` is not bound" in result.output
    assert "First judgement" not in result.output


def test_what_a_pack_leaves_open_is_asked(tmp_path: Path) -> None:
    """The three days of Helsinki: how they are counted, what a street is called, and which words the log has."""
    known = {"pause": "PT6H", "early": "PT0S", "acts": "[plowed, hauled]", "days": "civil", "residential": "A"}
    asked = terms.load_pack(HOME / "contracts" / "packs" / "helsinki-residential.yaml").parameters
    answers = [
        *("Streets", "Town", "Firm", "", "Desk"),  # no time zone: nothing is judged
        *("", "", "", "", ""),  # the key; of the log the time, its format, the unit, the kind
        *("", "", ""),  # of the weather log the time, its format, the phenomenon
        *(known.get(name, "") for name in asked if name not in ("party", "supervisor")),
        *("", ""),  # the term
    ]
    given = (*FILES, *WEATHER, "--pack", "helsinki-residential", "--ask")
    result = new(tmp_path / "helsinki", *given, answers="\n".join(answers) + "\n")
    assert result.exit_code == 0, result.output
    text = (tmp_path / "helsinki" / "contract.yaml").read_text(encoding="utf-8")
    assert "how the three days are counted (elapsed or civil)" in result.output
    assert 'days: "civil"' in text and 'acts: ["plowed", "hauled"]' in text and 'residential: "A"' in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--pack", "toronto-snows"), "has no pack 'toronto-snows': did you mean toronto-snow?"),
        (("--pack", "harbin-2004", "--with", "pauze=PT6H"), "'pauze' is no parameter of harbin-2004: it has party,"),
        (("--pack", "harbin-2004", "--with", "pause"), "'pause' binds nothing: write NAME=VALUE"),
        (("--pack", "harbin-2004", "--with", "pause=[PT6H"), "'[PT6H' is not YAML"),
    ],
)
def test_a_pack_that_cannot_be_is_refused(tmp_path: Path, arguments: tuple[str, ...], message: str) -> None:
    result = new(tmp_path / "streets", *arguments, "--no-ask")
    assert isinstance(result.exception, DraftRefused) and message in str(result.exception)
    assert not (tmp_path / "streets").exists()


def chinese(tmp_path: Path) -> tuple[str, ...]:
    """The guide's files as a Chinese office would export them: GB18030, with semicolons or tabs, and no comma."""
    files = {
        "streets.txt": "路段;等级\n滨河路;A\n文化路;B\n",
        "log.csv": "时间\t路段\t作业\n2025-01-10 07:00\t滨河路\t除雪\n2025-01-10 08:00\t文华路\t除雪\n",
        "snow.csv": "时间;现象;深度\n2025-01-10 06:00;降雪;5.1\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_bytes(text.encode("gb18030"))
    names = zip(("--units", "--log", "--weather"), files, strict=True)
    return tuple(word for flag, name in names for word in (flag, str(tmp_path / name)))


def test_files_written_otherwise_are_recognised_declared_and_told(tmp_path: Path) -> None:
    """Of two streets one was cleared; the other's name is misspelt in the log, so that the day is its breach."""
    folder = tmp_path / "streets"
    result = new(folder, *chinese(tmp_path), *PARTIES, "--kind", "作业", "--no-ask")
    assert result.exit_code == 0, result.output + str(result.exception)
    for said in (
        "Guessed: streets.txt is gb18030, in which it says 路段, 等级, 滨河路; if not so, name its encoding.",
        "Guessed: log.csv is gb18030, in which it says 时间, 路段, 作业; if not so, name its encoding.",
        "streets.txt is parted by semicolons.",
        "log.csv is parted by tabs.",
    ):
        assert f"  {said}\n" in result.output
    contract = terms.load(folder).contract
    assert (contract.units.file, contract.units.encoding, contract.units.delimiter) == ("streets.csv", "gb18030", ";")
    log, snow = contract.sources["work-log"], contract.sources["weather"]
    assert (log.encoding, log.format, snow.encoding, snow.delimiter) == ("gb18030", "tsv", "gb18030", ";")
    table = [line.split()[1:4] for line in result.output.splitlines() if line.startswith("  serve-every-day ")]
    assert table == [["A", "1", "0"], ["B", "0", "1"]]
    assert "unit is in the contract's register" in result.output


def test_an_encoding_that_nobody_can_tell_is_asked_for_before_anything_is_written(tmp_path: Path) -> None:
    """平山路 in GB18030 is well-formed UTF-8, too. The flag answers for the register as well as for the log."""
    files = {"units.csv": "street,class\n平山路,A\n", "log.csv": "time,street,task\n2025-01-10 07:00,平山路,plowed\n"}
    for name, text in files.items():
        (tmp_path / name).write_bytes(text.encode("gb18030"))
    given = ("--units", str(tmp_path / "units.csv"), "--log", str(tmp_path / "log.csv"), *PARTIES[:-2], "--no-ask")
    result = new(tmp_path / "streets", *given)
    said = (
        "units.csv can be read as utf-8 (ƽɽ) or gb18030 (平山路): ask who writes it and name the encoding, --encoding"
    )
    assert isinstance(result.exception, DraftRefused) and said in str(result.exception)
    assert not (tmp_path / "streets").exists()
    result = new(tmp_path / "streets", *given, "--encoding", "gb18030")
    assert result.exit_code == 0, result.output
    text = (tmp_path / "streets" / "contract.yaml").read_text(encoding="utf-8")
    assert text.count("encoding: gb18030") == 1 and '"encoding": "gb18030"' not in text, "the log's"
    assert 'encoding: "gb18030"' in text, "the register's"


def test_a_delimiter_is_one_character(tmp_path: Path) -> None:
    result = new(tmp_path / "streets", *FILES, *PARTIES, "--delimiter", "semicolon", "--no-ask")
    assert isinstance(result.exception, DraftRefused)
    assert "'semicolon' is no delimiter: write one character, such as ';', or tab" in str(result.exception)


@pytest.mark.skipif(not DATA.is_dir(), reason="real data lies beside the checkout")
def test_a_real_log_parted_by_tabs_is_declared_so(tmp_path: Path) -> None:
    """A call centre's month: its times stand in two columns, which a draft leaves to be filled."""
    log = DATA / "call_center_1999" / "january.txt"
    result = new(tmp_path / "calls", "--log", str(log), *PARTIES, "--kind", "outcome", "--no-ask")
    assert result.exit_code == 0, result.output + str(result.exception)
    assert "  january.txt is parted by tabs.\n" in result.output
    assert "AGENT, HANG, PHANTOM" in result.output
    text = (tmp_path / "calls" / "contract.yaml").read_text(encoding="utf-8")
    assert "format: tsv" in text and "encoding: utf-8" in text
