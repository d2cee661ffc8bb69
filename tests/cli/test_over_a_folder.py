"""`explain` and `what-if` over a folder of files, without a ledger: the guide's example, and what they refuse."""

from __future__ import annotations

import csv
import shlex
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from dutywatch import cli
from dutywatch.cli import app
from dutywatch.errors import DutywatchError
from tests.conftest import HOME

EXAMPLE = HOME / "docs" / "examples" / "first-contract"
OVER = ("--landing", str(EXAMPLE / "landing"), "--as-of", "2025-01-11T08:00+02:00")
STREET = "first-contract/clear-streets/Market Street/2025-01-10T05:00Z"


@pytest.fixture(autouse=True)
def no_ledger(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DUTYWATCH_LEDGER", raising=False)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def said(*arguments: str) -> str:
    """What a command prints; it must end well."""
    result = run(*arguments)
    assert result.exit_code == 0, result.output + str(result.exception)
    return result.stdout


def refused(*arguments: str) -> str:
    """The error that a command ends with, in one line."""
    result = run(*arguments)
    assert result.exit_code != 0
    words = str(result.exception) if isinstance(result.exception, DutywatchError) else result.output
    return " ".join(words.replace("│", " ").split())


def test_a_duty_is_explained_by_a_folder_of_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plowed at 17:20; six hours from 09:00 ended at 15:00. The contract's folder is found beside the reader."""
    monkeypatch.chdir(EXAMPLE.parent)
    text = said("explain", STREET, *OVER)
    for part in (
        "Verdict   breached (breached.cured)",
        "work-log work/2025-01-10.csv:4",
        "Done      2025-01-10 17:20:00 EET",
        "no change was recorded",
    ):
        assert part in text, text


def test_a_row_that_misspelt_the_street_is_named_where_it_would_have_counted(town: Path) -> None:
    log = ["time,street,task", "2025-01-10 11:40,Harbour Road,plowed", "2025-01-10 12:00,Market Stret,plowed"]
    (town / "landing" / "work" / "2025-01-10.csv").write_text("\n".join(log) + "\n", encoding="utf-8")
    over = ("--contract", str(town), "--landing", str(town / "landing"), *OVER[2:])
    place = "work-log work/2025-01-10.csv:3"
    told = f'Uncounted {place}, plow at 2025-01-10 12:00:00 EET: in quarantine: it names "Market Stret", which'
    assert told in said("explain", STREET, *over)
    zh = f"未计入　　{place}，2025-01-10 12:00:00 EET plow：已隔离：所写“Market Stret”不在登记册中"
    assert zh in said("explain", STREET, *over, "--lang", "zh")
    harbour = STREET.replace("Market Street", "Harbour Road")
    assert "Stret" not in said("explain", harbour, *over)


def test_another_contract_is_tried_over_a_folder_of_files(tmp_path: Path) -> None:
    """Of nine hours, from 09:00 to 18:00, Market Street would have kept 17:20; it is the one duty that changes."""
    other = tmp_path / "nine-hours.yaml"
    words = (EXAMPLE / "contract.yaml").read_text(encoding="utf-8")
    other.write_text(words.replace("allow: PT6H", "allow: PT9H"), encoding="utf-8")
    text = said("what-if", str(EXAMPLE), *OVER, "--terms", str(other))
    assert f"{STREET}: breached.cured -> met" in text and "1 duty changes" in text


def test_what_is_missing_is_said_before_anything_is_started() -> None:
    assert "say --as-of ISO" in refused("explain", STREET, *OVER[:2])
    assert "say --as-of ISO and --terms FILE" in refused("what-if", str(EXAMPLE), *OVER)
    assert "--arrivals is 'folder' or 'mtime'" in refused("explain", STREET, *OVER, "--arrivals", "never")
    assert "`make up` brings one and prints the line" in refused("ledger", "dump")


def test_a_contract_that_lies_elsewhere_is_explained_by_the_command_that_is_named(
    town: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What can be known is filled in; that command, word for word, then answers."""
    monkeypatch.chdir(town.parent.parent)
    absent = refused("explain", STREET)
    assert (
        "there is no contract first-contract in" in absent
        and "which has benxi-sanitation, yongchuan-hotline." in absent
    )
    assert absent.endswith(f"dutywatch explain '{STREET}' --contract FOLDER --landing DIR --as-of ISO")
    filled = refused("explain", STREET, *OVER)
    assert filled.endswith(f"--contract FOLDER --landing {shlex.quote(OVER[1])} --as-of 2025-01-11T08:00:00+02:00")
    assert "--contract goes with --landing DIR" in refused("explain", STREET, "--contract", str(town))
    monkeypatch.chdir(town.parent)
    near = refused("explain", STREET, "--as-of", "2025-01-11T08:00+02:00")
    command = shlex.split(near.partition("lies elsewhere: ")[2])
    assert command[3:] == [
        *("--contract", "first-contract", "--landing", "first-contract/landing"),
        *("--as-of", "2025-01-11T08:00:00+02:00"),
    ]
    assert "Verdict   breached (breached.cured)" in said(*command[1:])


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """A copy of the guide's contract with its deliveries, for a test to spoil."""
    return Path(shutil.copytree(EXAMPLE, tmp_path / "first-contract"))


def judged(town: Path, *arguments: str, landing: str = "landing") -> Result:
    out = str(town.parent / "verdicts.csv")
    return run("judge", str(town), "--landing", str(town / landing), *OVER[2:], "--out", out, *arguments)


def test_a_bad_row_is_named_with_its_line_field_value_and_who_must_send_it_again(town: Path) -> None:
    """Three rows are shown, without what could change how a line is read; the fourth is counted."""
    log = ["time,street,task", "2025-01-10 11:40,Harbour Road,plowed", "2025-01-10 11:99,Harbour\u202eRoad,plowed"]
    log += [
        "2025-01-10 12:00,Mil Lane,plowed",
        "2025-01-10 12:05,Mill Lane,plowd",
        "2025-01-11 02:00,Mill Lane,plowed",
    ]
    (town / "landing" / "work" / "2025-01-10.csv").write_text("\n".join(log) + "\n", encoding="utf-8")
    weather = town / "landing" / "weather" / "2025-01-10.csv"
    weather.write_text(weather.read_text(encoding="utf-8").replace(",1.5\n", ",deep\n"), encoding="utf-8")
    result = judged(town)
    assert result.exit_code == 0, result.output
    told = [line.strip() for line in result.output.splitlines() if line.startswith("      ")]
    assert told == [
        "1 quarantined: kind is one the contract knows",
        "1 quarantined: readable",
        "1 quarantined: time lies within the delivery's day",
        "1 quarantined: unit is in the contract's register",
        'work/2025-01-10.csv:3: time cannot be read as %Y-%m-%d %H:%M: "2025-01-10 11:99,Harbour Road,plowed"',
        'work/2025-01-10.csv:4: street "Mil Lane" is not in the register; the nearest is "Mill Lane"',
        'work/2025-01-10.csv:5: task "plowd" is not among the `values` of task; the nearest is "plowed"',
        "and 1 more of its 4 rows in quarantine: `dutywatch judge --landing` with --quarantine FILE writes them all",
        "The snow firm (snow-firm) must send work/2025-01-10.csv again, whole",
        "1 quarantined: readable",
        'weather/2025-01-10.csv:3: depth_cm is no number: "2025-01-10T06:00+02:00,snowfall,deep"',
        "weather-service must send weather/2025-01-10.csv again, whole",
    ]


def misspelt(town: Path) -> None:
    """Two days' logs with Mill Lane misspelt: five rows of six, and four of four."""
    for day, lines in (("10", ["Mil Lane"] * 5 + ["Mill Lane"]), ("11", ["Mil Lane"] * 4)):
        rows = [f"2025-01-{day} 11:4{number},{street},plowed" for number, street in enumerate(lines)]
        path = town / "landing" / "work" / f"2025-01-{day}.csv"
        path.write_text("\n".join(["time,street,task", *rows, ""]), encoding="utf-8")


def test_the_rest_of_each_file_is_counted_and_written_where_one_says(town: Path) -> None:
    misspelt(town)
    told = judged(town, "--quarantine", str(town / "to-mend.csv"))
    assert told.exit_code == 0, told.output
    for more, count in ((2, 5), (1, 4)):
        assert f"and {more} more of its {count} rows in quarantine: `dutywatch judge --landing` with" in told.output
    assert f"rows in quarantine written to {town / 'to-mend.csv'}\n" in told.output
    with (town / "to-mend.csv").open(encoding="utf-8", newline="") as file:
        rows = [(row["delivery"], row["line"], row["raw"]) for row in csv.DictReader(file)]
    first = [("work/2025-01-10.csv", str(i + 2), f"2025-01-10 11:4{i},Mil Lane,plowed") for i in range(5)]
    assert rows == first + [
        ("work/2025-01-11.csv", str(i + 2), f"2025-01-11 11:4{i},Mil Lane,plowed") for i in range(4)
    ]
    assert "quarantine export CONTRACT" in refused("judge", "first-contract", "--quarantine", "x.csv")


def test_what_was_not_read_is_said_beside_every_answer_over_a_folder(town: Path) -> None:
    """On standard error, for explain and what-if print a result of their own."""
    misspelt(town)
    (town / "landing" / "weather" / "2025-01-11.csv").write_text("when\n", encoding="utf-8")
    over = ("--landing", str(town / "landing"), *OVER[2:])
    for command in (
        ("explain", STREET, "--contract", str(town), *over),
        ("what-if", str(town), "--terms", str(town / "contract.yaml"), *over),
    ):
        result = run(*command)
        assert result.exit_code == 0, result.output
        assert result.stderr.splitlines() == [
            "snow weather/2025-01-11.csv: refused: line 1: the header lacks depth_cm, phenomenon, time; it reads when; "
            "weather-service must send weather/2025-01-11.csv again, whole",
            "work-log work/2025-01-10.csv: 5 of 6 rows in quarantine",
            "work-log work/2025-01-11.csv: 4 of 4 rows in quarantine",
            "`dutywatch judge` with the same --landing says line by line what is wrong there",
        ]
        assert "in quarantine\n" not in result.stdout


def test_a_refused_file_is_named_with_who_must_send_it_again(town: Path) -> None:
    (town / "landing" / "work" / "2025-01-10.csv").write_text("when;where\n", encoding="utf-8")
    told = judged(town).output
    mend = "The snow firm (snow-firm) must send work/2025-01-10.csv again, whole\n"
    assert f"refused: line 1: the header lacks street, task, time; it reads when;where\n      {mend}" in told


def test_what_may_be_missing_from_the_contract_itself_is_said(town: Path) -> None:
    log = ["time,street,task", "2025-01-10 11:40,Airport Bypass,plowed", "2025-01-10 12:00,Mill Lane,salted"]
    log += ["2025-01-11 00:10,Mill Lane,plowed"]
    (town / "landing" / "work" / "2025-01-10.csv").write_text("\n".join(log) + "\n", encoding="utf-8")
    told = judged(town).output
    assert ':2: street "Airport Bypass" is not in the register; if it belongs there, add it to units.csv\n' in told
    add = "if it belongs there, add it to the contract's `values.kind`"
    assert f':3: task "salted" is not among the `values` of task; {add}\n' in told
    assert ":4: against the rule that time lies within the delivery's day: time 2025-01-11 00:10:00 EET\n" in told


def test_a_folder_without_a_delivery_is_refused_and_the_right_one_named(town: Path) -> None:
    result = judged(town, landing=".")
    assert result.exit_code == 1
    assert f"did you mean {town / 'landing'}?" in str(result.exception)
    assert "work/{service_date}.csv, weather/{service_date}.csv" in str(result.exception)


def test_an_obligation_without_duty_is_named_with_its_reason(town: Path) -> None:
    """The one row of snow states no offset, so that nobody can read it; and no week has begun within the term."""
    weather = town / "landing" / "weather" / "2025-01-10.csv"
    weather.write_text("time,phenomenon,depth_cm\n2025-01-10T06:00,snowfall,4\n", encoding="utf-8")
    contract = town / "contract.yaml"
    weekly = """obligations:
  sweep:
    title: {en: Swept once a week}
    clause: Invented, section 2
    party: snow-firm
    pattern: recur
    period: week
    action: {stream: service, kind: plow}
    times: 1
    supervisor: street-desk
"""
    contract.write_text(contract.read_text(encoding="utf-8").replace("obligations:\n", weekly), encoding="utf-8")
    told = judged(town).output
    assert "  clear-streets: no duty, for the evidence holds no trigger that starts it\n" in told
    assert "  sweep: no duty, for no period of it has begun for a unit in its scope\n" in told
    assert "time cannot be read as iso with an offset, and the source's `time` names no `zone`" in told


def test_files_that_came_after_the_instant_are_said_to_be_unknown(town: Path) -> None:
    """Two files were modified now, long after the 11th of January 2025."""
    result = judged(town, "--arrivals", "mtime")
    assert result.exit_code == 0, result.output
    told = "2 files came after --as-of, so that nobody knew of them: weather/2025-01-10.csv, work/2025-01-10.csv"
    assert told in result.output
    assert "0 duties" not in result.output


def test_a_fault_stands_on_one_line_however_wide_the_terminal_is(
    town: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    contract = town / "contract.yaml"
    contract.write_text(contract.read_text(encoding="utf-8").replace("run_by: snow-firm", "runby: snow-firm"))
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setattr("sys.argv", ["dutywatch", "judge", str(town), *OVER, "--out", str(town / "out.csv")])
    with pytest.raises(SystemExit):
        cli.main()
    fault = "  contract.yaml:17: sources.work-log.runby: `runby` is not a word of the contract: did you mean `run_by`?"
    assert fault in capsys.readouterr().err.splitlines()
