"""A draft says what its sources say, guesses only what can be told apart, and leaves the rest to be filled."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from dutywatch import terms
from dutywatch.errors import ContractFaults, DraftRefused
from dutywatch.terms.draft import Draft, Register, Sample, Writing, read_ocds
from dutywatch.terms.draft.packs import streams
from tests.conftest import DATA, HOME

RELEASES = Path(__file__).parent / "draft" / "snow_releases.json"


def unfilled(draft: Draft, tmp_path: Path) -> list[str]:
    """The clauses that the loader names, which must all be still to be filled."""
    folder = tmp_path / draft.contract
    folder.mkdir()
    (folder / "contract.yaml").write_text(draft.text(), encoding="utf-8")
    with pytest.raises(ContractFaults) as caught:
        terms.load(folder)
    assert all(fault.message.startswith("still to be filled") for fault in caught.value.faults), str(caught.value)
    return [fault.clause for fault in caught.value.faults]


def log(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "log.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_ocds_gives_parties_term_value_bidders_and_documents(tmp_path: Path) -> None:
    """The contract's own period and value go before the award's, and both before the tender's estimate."""
    draft = read_ocds(RELEASES, "snow")
    assert draft.title == "Snow clearing of the inner city"
    assert draft.authority and draft.authority.name == "Invented city, Bureau of Streets"
    assert [party.name for party in draft.contractors] == ["Winter Services Ltd"], "named in `parties` alone"
    assert (draft.term_from, draft.term_to) == (date(2024, 11, 15), date(2027, 11, 14))
    assert draft.value == ("1860000.10", "CNY"), "money is never a binary fraction"
    assert draft.bidders == 1
    assert draft.documents == (
        ("Tender notice", "https://example.org/tender.html"),
        ("Bidding documents", None),
        ("Signed contract", "https://example.org/signed.pdf"),
        ("Annex 2, levels of service", None),
    )
    assert any("extended to 2029-11-14" in note for note in draft.notes)
    assert unfilled(draft, tmp_path) == ["timezone", "people.supervisor.name.en", "units", "sources", "obligations"]


def test_an_award_without_a_contract_gives_its_own_period_and_value(tmp_path: Path) -> None:
    package = json.loads(RELEASES.read_text(encoding="utf-8"))
    del package["releases"][0]["contracts"]
    path = tmp_path / "award.json"
    path.write_text(json.dumps(package), encoding="utf-8")
    draft = read_ocds(path, "snow")
    assert draft.title == "Award of snow clearing"
    assert (draft.term_from, draft.term_to) == (date(2024, 11, 1), date(2026, 3, 31))
    assert draft.value == ("1900000.5", "CNY")


def test_of_several_processes_or_contracts_one_is_picked(tmp_path: Path) -> None:
    first = json.loads(RELEASES.read_text(encoding="utf-8"))["releases"][0]
    second = {**first, "ocid": "ocds-aaaaaa-snow-2", "contracts": [{"id": "contract-2", "title": "Second"}]}
    records = [{"ocid": one["ocid"], "compiledRelease": one} for one in (first, second)]
    path = tmp_path / "records.json"
    path.write_text(json.dumps({"note": "invented", "records": records}), encoding="utf-8")
    with pytest.raises(DraftRefused, match="pick one of ocds-aaaaaa-snow-1, ocds-aaaaaa-snow-2"):
        read_ocds(path, "snow")
    assert read_ocds(path, "snow", "ocds-aaaaaa-snow-2").title == "Second"
    assert read_ocds(path, "snow", "contract-2").title == "Second"
    first["contracts"][1]["status"] = "active"
    path.write_text(json.dumps({"note": "invented", "releases": [first]}), encoding="utf-8")
    with pytest.raises(DraftRefused, match="pick one of contract-1, contract-0"):
        read_ocds(path, "snow")
    assert read_ocds(path, "snow", "contract-0").title == "Withdrawn"


def test_chinese_names_are_kept_and_english_ones_asked_for(tmp_path: Path) -> None:
    package = json.loads(RELEASES.read_text(encoding="utf-8"))
    contract, tender = package["releases"]
    contract["language"] = tender["language"] = "zh"
    contract["contracts"][0]["title"] = "城区除雪"
    path = tmp_path / "zh.json"
    path.write_text(json.dumps(package), encoding="utf-8")
    draft = read_ocds(path, "snow")
    assert 'zh: "城区除雪"' in draft.text()
    assert {"title.en", "authority.name.en", "contractors.0.name.en"} <= set(unfilled(draft, tmp_path))


@pytest.mark.parametrize("text", ["[]", "{}", '{"releases": []}', "not json"])
def test_what_is_no_package_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "other.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DraftRefused):
        read_ocds(path, "snow")


@pytest.mark.skipif(not DATA.is_dir(), reason="real data lies beside the checkout")
def test_published_documents_are_read(tmp_path: Path) -> None:
    """The standard's fictional process in its two packages, and a real one of Jalisco."""
    folder = DATA / "ocds_samples"
    fictional = "fictional-example__1.1__"
    for name in ("ocds-213czf-000-00001", "record__ocds-213czf-000-00001"):
        draft = read_ocds(folder / f"{fictional}{name}.json", "cycle-lanes")
        assert draft.authority and draft.authority.name == "London Borough of Barnet"
        assert [party.name for party in draft.contractors] == ["AnyCorp Cycle Provision"]
        assert (draft.term_from, draft.term_to) == (date(2010, 7, 1), date(2011, 6, 30))
        assert (draft.value, draft.bidders, len(draft.documents)) == (("11000000", "GBP"), 2, 6)
    (real,) = folder.glob("real-examples__mexico__jalisco__*.json")
    draft = read_ocds(real, "software")
    assert [party.name for party in draft.contractors] == ["COMPUCAD, S.A. DE C.V."]
    assert any("(es)" in note for note in draft.notes)
    assert unfilled(draft, tmp_path) == ["timezone", "people.supervisor.name.en", "units", "sources", "obligations"]


def test_the_key_is_what_the_log_names(tmp_path: Path) -> None:
    """Both columns of the register tell units apart; the log names streets."""
    units = tmp_path / "units.csv"
    units.write_text("no,street,ward\n1,Mill Lane,North\n2,Hill Road,North\n", encoding="utf-8")
    sample = Sample.read(log(tmp_path, "when,driver,road\n2025-01-10 07:00,1,Mill Lane\n"), None)
    register = Register.read(units)
    assert register.keys == ["no", "street"]
    only = Sample.read(log(tmp_path, "when,road\n2025-01-10 07:00,Mill Lane\n2025-01-10 08:00,Mil Lane\n"), None)
    assert only.joined(register) == ("street", "road")
    assert sample.joined(Register.read(units)) == ("no", "driver"), "a guess, which the draft says it is"
    assert (register.named("zone"), register.named("class")) == ("ward", None)


@pytest.mark.parametrize(
    ("written", "formats"),
    [
        ("2025-01-10 07:00", ["%Y-%m-%d %H:%M"]),
        ("2025-01-10T07:00+02:00", ["iso"]),
        ("13/04/2025 07:00", ["%d/%m/%Y %H:%M"]),
        ("03/04/2025 07:00", ["%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M"]),
        ("2025-01-10", ["%Y-%m-%d"]),
        ("soon", []),
    ],
)
def test_a_format_is_known_only_where_no_other_reads_it(tmp_path: Path, written: str, formats: list[str]) -> None:
    assert Sample.read(log(tmp_path, f"when,unit\n{written},U1\n"), None).formats("when") == formats


def test_the_empty_rest_of_a_spreadsheet_hides_neither_key_nor_acts(tmp_path: Path) -> None:
    units = tmp_path / "units.csv"
    units.write_text("street;ward\nMill Lane;North\nHill Road;North\n;\n;\n", encoding="utf-8")
    sample = Sample.read(log(tmp_path, "when,task\n7:00,plow\n8:00,plow\n9:00,grit\n,\n , \n"), None)
    assert Register.read(units).keys == ["street"]
    assert sample.kinds("task") == ["plow", "grit"]
    assert len(sample.lines) == 4


def test_the_column_of_acts_has_few_words_that_repeat(tmp_path: Path) -> None:
    rows = "".join(f"2025-01-10 0{i}:00,driver {i},{'plow' if i % 2 else 'grit'},{i}\n" for i in range(9))
    sample = Sample.read(log(tmp_path, "when,driver,task,load\n" + rows), None)
    assert sample.kind(["when"]) == "task"
    assert sample.kinds("task") == ["grit", "plow"], "five of nine, then four"


def test_a_log_is_cut_into_its_civil_days_and_loses_no_row(tmp_path: Path) -> None:
    """23:30Z is the next day in Helsinki; what has no time stays with the row before it."""
    text = "at,unit\nlost,U0\n2025-01-10T08:00Z,U1\nnonsense,U2\n2025-01-10T23:30Z,U3\n"
    days = Sample.read(log(tmp_path, text), None).by_day("at", "iso", ZoneInfo("Europe/Helsinki"))
    assert days == {
        date(2025, 1, 10): b"at,unit\nlost,U0\n2025-01-10T08:00Z,U1\nnonsense,U2\n",
        date(2025, 1, 11): b"at,unit\n2025-01-10T23:30Z,U3\n",
    }


@pytest.mark.parametrize(
    ("text", "encoding", "found", "shown"),
    [
        ("时间,路段\n2025-01-10 07:00,平山路\n", "gb18030", "gb18030", ("时间", "路段", "平山路")),
        ("时间;路段\n2025年1月10日;镕基路㎡,（北）\n", "gb18030", "gb18030", ("时间", "路段", "2025年1月10日")),
        ("time,street\n7:00,滨河路\n", "utf-8", "utf-8", ()),
        ("time,street\n7:00,滨河路\n", "utf-8-sig", "utf-8", ()),
        ("time,street\n7:00,滨河路\n", "utf-16", "utf-16", ()),
        ("time,street\n7:00,第一路\n", "utf-16-le", "utf-16-le", ()),
        ("time,street\n7:00,第一路\n", "utf-16-be", "utf-16-be", ()),
        ("heure;rue\n7:00;Rue de l’Église – à l’œuvre\n", "cp1252", "cp1252", ("Église", "à", "œuvre")),
        ("aika;katu\n7:00;Jäätie, Hämeenkatu, Å\n", "latin-1", "cp1252", ("Jäätie", "Hämeenkatu", "Å")),
        ("heure;rue\n7:00;Rue de l’Église, 5 °C\n", "utf-8", "utf-8", ()),
        ("время;улица\n7:00;Улица Мира\n", "utf-8", "utf-8", ()),
    ],
)
def test_an_encoding_is_known_by_its_mark_or_guessed_and_shown(
    tmp_path: Path, text: str, encoding: str, found: str, shown: tuple[str, ...]
) -> None:
    written = Writing.read(log(tmp_path, text, encoding), None)
    assert (written.text, written.encoding, written.shown) == (text, found, shown)


@pytest.mark.parametrize(
    ("text", "encoding", "said"),
    [
        ("время;улица\n7:00;Улица Мира\n", "cp1251", "is not UTF-8 (line 1), and its words look like neither"),
        ("time;street\n7:00;Hämeenkatu\n", "cp850", "is not UTF-8 (line 2), and its words look like neither"),
        ("time,street\n7:00,中山路\n", "big5", "is not UTF-8 (line 2), and its words look like neither"),
        ("시간,거리\n7:00,가람로\n", "euc_kr", "is not UTF-8 (line 1), and its words look like neither"),
        ("time,street\n7:00,平山路\n", "gb18030", "can be read as utf-8 (ƽɽ) or gb18030 (平山路): ask who writes it"),
        ("PK\x03\x04\0\0\0", "utf-8", "is no text: save it as CSV"),
    ],
)
def test_an_encoding_that_cannot_be_told_is_asked_for(tmp_path: Path, text: str, encoding: str, said: str) -> None:
    """平山路 in GB18030 is well-formed UTF-8, too: only the words tell, and a program cannot read them."""
    path = log(tmp_path, text, encoding)
    with pytest.raises(DraftRefused) as caught:
        Writing.read(path, None)
    assert said in str(caught.value) and "--encoding" in str(caught.value)
    assert Writing.read(path, encoding).text == text


def test_a_word_of_any_length_is_read_at_once_and_shown_in_part(tmp_path: Path) -> None:
    """Where every letter was tried as the beginning of a word, the time grew with the square of its length."""
    written = Writing.read(log(tmp_path, "when;" + "x" * 2_000_000 + ";rué\n7:00;é\n", "cp1252"), None)
    assert written.shown == ("rué", "é")
    assert Writing.read(log(tmp_path, "é" + "x" * 99 + "\n", "cp1252"), None).shown == ("é" + "x" * 39,)


def test_a_geojson_register_is_utf_8_or_refused(tmp_path: Path) -> None:
    path = tmp_path / "streets.geojson"
    feature = {"type": "Feature", "geometry": None, "properties": {"street": "滨河路"}}
    text = json.dumps({"type": "FeatureCollection", "features": [feature]}, ensure_ascii=False)
    path.write_text(text, encoding="utf-8-sig")
    assert Register.read(path).columns == {"street": ("滨河路",)}
    path.write_text(text, encoding="gb18030")
    with pytest.raises(DraftRefused, match="as all GeoJSON is"):
        Register.read(path)


def test_a_day_of_the_sample_is_written_as_the_sample_is(tmp_path: Path) -> None:
    path = log(tmp_path, "时间,路段\n2025-01-10 07:00,平山\n", "gb18030")
    sample = Sample.read(path)
    (day,) = sample.by_day("时间", "%Y-%m-%d %H:%M", ZoneInfo("Asia/Shanghai")).values()
    assert day == path.read_bytes()


@pytest.mark.parametrize(
    ("text", "delimiter", "units"),
    [
        ("when;unit\n2025-01-10 07:00;U1, north\n", ";", ["U1, north"]),
        ("when\tunit; part\n7:00\tU1; a\n8:00\tU2\n", "\t", []),
        ('when,"unit;id;no"\n7:00,U1\n', ",", []),
        ("unit\nU1\n", ",", ["U1"]),
        ("when;unit\n2025-01-10 07:00;U1\n1,5;U2\nbroken\n", ";", ["U1", "U2"]),
    ],
)
def test_fields_are_parted_by_what_parts_header_and_rows_alike(
    tmp_path: Path, text: str, delimiter: str, units: list[str]
) -> None:
    path = log(tmp_path, text)
    sample = Sample.read(path)
    assert sample.delimiter == delimiter
    assert list(sample.columns.get("unit", ())) == units
    register = Register.read(path)
    assert (register.delimiter, register.name) == (delimiter, "log.csv")
    assert set(units) <= set(register.columns.get("unit", ()))


def test_fields_that_two_characters_part_equally_well_are_asked_about(tmp_path: Path) -> None:
    path = log(tmp_path, "when;unit,kind\n7:00;U1,plow\n")
    with pytest.raises(DraftRefused, match="can be parted by ',' and by ';': use one alone"):
        Sample.read(path)
    assert Sample.read(path, delimiter=";").columns["unit,kind"] == ("U1,plow",)


@pytest.mark.parametrize("text", ["", "when,unit\n"])
def test_a_log_without_rows_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(DraftRefused):
        Sample.read(log(tmp_path, text), None)


def test_a_pack_needs_the_streams_of_its_defaults_unless_others_are_bound() -> None:
    """What citizens answered is a stream of its own by default; signing and closing are read from the case."""
    pack = terms.load_pack(HOME / "contracts" / "packs" / "hotline-three-rates.yaml")
    assert streams(pack) == ("case", "report")
    signed = {"stream": "service", "kind": "signed", "match": "record"}
    assert streams(pack, {"answers": {"stream": "case"}, "sign": signed}) == ("case", "service")


def test_polish_in_its_own_code_page_is_a_guess_that_only_a_reader_can_see_through(tmp_path: Path) -> None:
    """Why a guess is shown with its words: the bytes of `ę` are those of `ê`."""
    written = Writing.read(log(tmp_path, "when;street\n7:00;Częstochowska\n", "cp1250"), None)
    assert (written.encoding, written.shown) == ("cp1252", ("Czêstochowska",))
