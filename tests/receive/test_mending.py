"""What was not accepted is listed, handed out and mended; the first delivery stays on record."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dutywatch import pipeline
from dutywatch.cli import app
from dutywatch.errors import DeliveryRefused, DutywatchError, SettingsError
from dutywatch.settings import Settings

CONTRACT = "benxi-sanitation"
HEADER = "作业时间,路段编号,车牌号,作业类型,备注"
GOOD = "2023-12-14 10:00:00,BX-A-001,辽E-1,除雪,"
NAME = "plow/2023-12-14.csv"
FIRM = r"The sanitation contractor \(sanitation-firm\)"
HOSTILE = "2023-12-14 11:00:00,=cmd|' /C calc'!A0,辽E-1,<script>alert(1)</script>,\u202etxt"


@pytest.fixture
def received(settings: Settings) -> Settings:
    """An installation that has received a log with a good line, a footer and a hostile line."""
    pipeline.migrate(settings, "replay", datetime(2099, 1, 1, tzinfo=UTC))
    lines = [HEADER, GOOD, HOSTILE, "", "=合计：1 条"]
    file = settings.landing / CONTRACT / NAME
    file.parent.mkdir(parents=True)
    file.write_text("\n".join(lines), encoding="gb18030")
    pipeline.receive(settings, CONTRACT, "plow-log")
    pipeline.validate(settings, CONTRACT)
    return settings


def test_quarantined_rows_are_listed_with_their_reasons(received: Settings) -> None:
    (one,) = pipeline.quarantined(received, CONTRACT)
    assert (one.lines, one.header, one.blank, one.accepted, one.quarantined) == (5, 1, 1, 1, 2)
    assert one.by_rule["readable"] == 1 and one.by_rule["unit is in the contract's register"] == 1


def test_whoever_reads_of_a_refused_file_reads_who_must_send_it_again(
    received: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On receiving it, and in the list; a log whose files replace one another is sent again whole for one bad row."""
    file = received.landing / CONTRACT / "plow/2023-12-15.csv"
    file.write_text("no header\n", encoding="gb18030")
    must = f"{FIRM} must send plow/2023-12-1%s.csv again, whole".replace("\\", "")
    assert str(pipeline.receive(received, CONTRACT, "plow-log")).endswith(f"; it reads no header; {must % 5}")
    pipeline.validate(received, CONTRACT)
    for name in ("home", "lake", "landing", "ledger"):
        monkeypatch.setenv(f"DUTYWATCH_{name.upper()}", str(getattr(received, name)))
    listed = CliRunner().invoke(app, ["quarantine", "list", CONTRACT]).stdout.splitlines()
    assert [line.strip() for line in listed[1::2]] == [must % 4, must % 5]
    assert "2 of 3 rows" in listed[0] and "refused: line 1: the header lacks" in listed[2]


def test_a_contract_without_quarantine_says_so_and_an_unknown_one_is_an_error(
    received: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("home", "lake", "landing", "ledger"):
        monkeypatch.setenv(f"DUTYWATCH_{name.upper()}", str(getattr(received, name)))
    result = CliRunner().invoke(app, ["quarantine", "list", "yongchuan-hotline"])
    assert result.stdout == "no validated delivery of yongchuan-hotline is refused or has a row in quarantine\n"
    result = CliRunner().invoke(app, ["quarantine", "list", "benxi"])
    assert isinstance(result.exception, SettingsError) and "there is no contract benxi" in str(result.exception)


def test_exported_rows_carry_line_and_text_and_no_formula(received: Settings, tmp_path: Path) -> None:
    out = tmp_path / "to-mend.csv"
    assert pipeline.export_quarantine(received, CONTRACT, out, "plow-log") == 2
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["line"], row["raw"]) for row in rows] == [("3", HOSTILE), ("5", "'=合计：1 条")]
    assert pipeline.export_quarantine(received, CONTRACT, out, "snow-depth") == 0


def test_a_corrected_file_supersedes_and_nothing_is_lost(received: Settings, tmp_path: Path) -> None:
    mended = tmp_path / "mended.csv"
    mended.write_text("\n".join([HEADER, GOOD]), encoding="gb18030")
    pipeline.resubmit(received, CONTRACT, "plow-log", NAME, mended)
    pipeline.validate(received, CONTRACT)
    dumped = pipeline.dump(received)
    assert dumped.count(f'"name": "{NAME}"') == 4  # two deliveries, an acceptance each
    with pytest.raises(DeliveryRefused, match="these very bytes"):
        pipeline.resubmit(received, CONTRACT, "plow-log", NAME, mended)


def test_nobody_is_asked_again_for_what_was_corrected(
    received: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list holds what was sent first, and says that something else speaks; not where that cannot be read either."""
    for name in ("home", "lake", "landing", "ledger"):
        monkeypatch.setenv(f"DUTYWATCH_{name.upper()}", str(getattr(received, name)))

    def told(lines: Sequence[str], year: int) -> list[str]:
        mended = tmp_path / "mended.csv"
        mended.write_text("\n".join(lines), encoding="gb18030")
        pipeline.advance(received, datetime(year, 1, 1, tzinfo=UTC))
        pipeline.resubmit(received, CONTRACT, "plow-log", NAME, mended)
        pipeline.validate(received, CONTRACT)
        listed = CliRunner().invoke(app, ["quarantine", "list", CONTRACT]).stdout.splitlines()
        return [line.strip() for line in listed[1::2]]

    must = f"{FIRM} must send {NAME} again, whole".replace("\\", "")
    assert told([HEADER, HOSTILE], 2100) == ["what came at 2100-01-01 08:00 CST replaces it", must]
    assert told([HEADER, GOOD], 2101) == ["what came at 2101-01-01 08:00 CST replaces it"] * 2


@pytest.mark.parametrize(
    ("source", "name", "text", "error", "message"),
    [
        ("nowhere", NAME, HEADER, SettingsError, "has no source nowhere: it has "),
        ("inspections", "inspections/a.csv", HEADER, DeliveryRefused, "appends"),
        ("plow-log", "plow/2023-12-24.csv", HEADER, DeliveryRefused, "goes by the name"),
        (
            *("plow-log", NAME, "no header\n", DeliveryRefused),
            rf"the header lacks .*; {FIRM} must send {NAME} again, whole$",
        ),
    ],
)
def test_what_cannot_take_the_place_is_refused(
    received: Settings, tmp_path: Path, source: str, name: str, text: str, error: type[DutywatchError], message: str
) -> None:
    file = tmp_path / "mended.csv"
    file.write_text(text, encoding="gb18030")
    with pytest.raises(error, match=message):
        pipeline.resubmit(received, CONTRACT, source, name, file)


def test_the_quality_page_shows_what_was_sent_and_runs_none_of_it(received: Settings, tmp_path: Path) -> None:
    index, page = pipeline.quality_pages(received, CONTRACT, tmp_path / "pages")
    text = page.read_text(encoding="utf-8")
    assert "5 lines = 1 header + 1 blank + 1 accepted + 2 quarantined" in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text and "<script" not in text
    assert "\u202e" not in text and "\\u202e" in text
    assert "http://" not in text and "https://" not in text and "default-src 'none'" in text
    assert page.name in index.read_text(encoding="utf-8")
