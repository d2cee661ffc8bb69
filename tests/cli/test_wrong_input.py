"""Wrong input ends in one clear line that says what to do, before anything is started; never in a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from dutywatch import cli
from dutywatch.cli import app
from dutywatch.errors import DutywatchError
from tests.conftest import HOME

EXAMPLE = HOME / "docs" / "examples" / "first-contract"
LANDING = ("--landing", str(EXAMPLE / "landing"))
OVER = (*LANDING, "--as-of", "2025-01-11T08:00+02:00")


@pytest.fixture(autouse=True)
def no_ledger(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DUTYWATCH_LEDGER", raising=False)


def refused(*arguments: str) -> str:
    """The error that a command ends with, in one line."""
    result = CliRunner().invoke(app, list(arguments), env={"COLUMNS": "400"})
    assert result.exit_code != 0, result.output
    assert isinstance(result.exception, DutywatchError | SystemExit), repr(result.exception)
    words = str(result.exception) if isinstance(result.exception, DutywatchError) else result.output
    return " ".join(words.replace("│", " ").split())


@pytest.mark.parametrize(
    "command",
    [
        ("judge", str(EXAMPLE), *OVER, "--out"),
        ("judge", str(EXAMPLE), *OVER, "--out", "verdicts.csv", "--quarantine"),
        ("what-if", str(EXAMPLE), *OVER, "--terms", str(EXAMPLE / "contract.yaml"), "--out"),
        ("windows", str(EXAMPLE), "clear-streets", *OVER, "--out"),
        ("quarantine", "export", "benxi-sanitation", "--out"),
    ],
)
def test_a_file_that_cannot_be_written_is_refused_before_the_work(tmp_path: Path, command: tuple[str, ...]) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    assert f"{tmp_path} is a folder: name a file in it" in refused(*command, str(tmp_path))
    below = refused(*command, str(tmp_path / "file" / "out.csv"))
    assert f"nothing can be written below {tmp_path / 'file'}: name another file" in below


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (
            ("judge", str(EXAMPLE / "contract.yaml"), *OVER, "--out", "x.csv"),
            f"is a file: name the contract's folder, {EXAMPLE}",
        ),
        (("judge", "no-such-town", *OVER, "--out", "x.csv"), "there is no folder"),
        (("lint", str(EXAMPLE / "landing")), "is no contract: it holds no contract.yaml"),
        (("check", str(EXAMPLE / "landing")), "is no contract: it holds no contract.yaml"),
        (("windows", str(EXAMPLE), "clear-streets", *OVER, "--part", "30m"), ": '30m' is not a duration such as PT72H"),
        (("silence", "benxi-sanitation", "--date", "13.12.2023"), ": '13.12.2023' is not a day such as 2025-01-31"),
        (
            ("decide", "confirm", "99999999999999999999", "--by", "head"),
            "should be less than or equal to 9223372036854775807",
        ),
        (
            ("explain", "town/clear/U0/2024-01-10T17:00Z", "--known-at", "9999-12-31T23:59Z"),
            "'9999-12-31T23:59Z' is not of the years 1900 to 2999",
        ),
        (("migrate", "--clock", "moon"), "--clock is wall or replay"),
        (("migrate", "--clock", "replay"), "a wall clock takes no --now, a replay needs one"),
    ],
)
def test_a_wrong_argument_says_what_to_write(command: tuple[str, ...], message: str) -> None:
    assert message in refused(*command)


def test_an_obligation_that_has_no_windows_is_told_from_one_that_is_none(tmp_path: Path) -> None:
    hotline = str(HOME / "contracts" / "yongchuan-hotline")
    over = ("--landing", str(tmp_path), "--as-of", "2024-01-01T12:00+08:00")
    none = refused("windows", hotline, "connect-mnth", *over)
    assert "has no obligation `connect-mnth`: " in none and "connect-month" in none and none.endswith("attain shares")
    assert "it has no finer windows" in refused("windows", str(EXAMPLE), "clear-streets", *OVER)


def test_what_the_file_system_refuses_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    monkeypatch.setattr("sys.argv", ["dutywatch", "new", str(tmp_path / "file" / "streets"), "--no-ask"])
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert left.value.code == 1
    assert capsys.readouterr().err == f"error for the operator: {tmp_path / 'file' / 'streets'}: Not a directory\n"


def test_an_argument_in_another_encoding_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What a terminal that writes GB 18030 makes of an id, read as UTF-8."""
    typed = "town/clear/街道/2024-01-10T17:00Z".encode("gb18030").decode("utf-8", "surrogateescape")
    monkeypatch.setattr("sys.argv", ["dutywatch", "explain", typed])
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert left.value.code == 1
    assert "is no UTF-8 text: type it in a terminal that writes UTF-8" in capsys.readouterr().err
