"""What people read: whole messages, held against the files in `expected/`, which are meant to be read aloud."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dutywatch.alert import answer, chinese, tell
from dutywatch.alert.folder import Folder
from tests.alert.conftest import AWAITED, DUE, Ledger

EXPECTED = Path(__file__).parent / "expected"
PATTERNS = Path(__file__).parents[2] / "sql" / "patterns"
T = datetime(2023, 12, 19, 21, 40, tzinfo=UTC)  # 20 December 05:40 in Shanghai
HOUR = timedelta(hours=1)
STREETS = [f"A-{n:03}" for n in range(1, 13)]


def overdue(ledger: Ledger, folder: Folder) -> None:
    awaited = "deadline passed, no proof yet; awaited: plow-log of 2023-12-19"
    row = f"{awaited}; quarantined row plow-log plow/2023-12-18.csv:7"
    proof = datetime(2023, 12, 19, 22, 0, tzinfo=UTC)
    more = {"before": "pending.at_risk", "owed_by": "sweeping-firm", "proof_due": proof}
    ledger.judge(DUE, STREETS[:11], "pending.overdue", "overdue", reason=awaited, **more)  # type: ignore[arg-type]
    ledger.judge(DUE, STREETS[11:], "pending.overdue", "overdue", reason=row, **more)  # type: ignore[arg-type]
    tell(ledger.engine, ledger.terms, DUE, folder)


def breached(ledger: Ledger, folder: Folder) -> None:
    ledger.breach(T - 11 * HOUR, STREETS[:2], reason="seen undone at or after the deadline")
    tell(ledger.engine, ledger.terms, T - 11 * HOUR, folder)
    ledger.breach(T, STREETS[2:])
    done = DUE + 4 * HOUR
    ledger.judge(T, ["A-090"], "breached.cured", "breached", fulfilled_at=done, reason="complete logs show no act until the deadline; done late")  # fmt: skip  # noqa: E501
    tell(ledger.engine, ledger.terms, T, folder)


def assigned(ledger: Ledger, folder: Folder) -> None:
    """An assignment gives two of the three streets to another firm than the clause names."""
    ledger.breach(T, STREETS[:1], party="sweeping-firm")
    ledger.breach(T, STREETS[1:3], party="hill-firm")
    tell(ledger.engine, ledger.terms, T, folder)


def escalated(ledger: Ledger, folder: Folder) -> None:
    ledger.breach(T, STREETS[:3])
    tell(ledger.engine, ledger.terms, T, folder)
    ledger.cure(T + HOUR, STREETS[:1])
    tell(ledger.engine, ledger.terms, T + 2 * HOUR, folder)
    ledger.breach(T + 3 * HOUR, STREETS[3:4])
    tell(ledger.engine, ledger.terms, T + 3 * HOUR, folder)


def answered(ledger: Ledger, folder: Folder) -> None:
    ledger.breach(T, STREETS[:1])
    tell(ledger.engine, ledger.terms, T, folder)
    name = "2023-12-20T0540_clear-class-a_breached_street-supervisor"
    answer(ledger.engine, ledger.terms, name, "street-supervisor", "acknowledged", "", T + HOUR)
    ledger.breach(T + 2 * HOUR, STREETS[1:2])
    tell(ledger.engine, ledger.terms, T + 2 * HOUR, folder)


def cured(ledger: Ledger, folder: Folder) -> None:
    ledger.breach(T, STREETS[:3])
    ledger.cure(T + 48 * HOUR, STREETS[:2])
    tell(ledger.engine, ledger.terms, T + 48 * HOUR, folder)


def withdrawn(ledger: Ledger, folder: Folder) -> None:
    ledger.breach(T, STREETS[:2])
    ledger.judge(T + 4 * HOUR, STREETS[:2], "met", "withdrawn", before="breached.open", reason="done in time")
    tell(ledger.engine, ledger.terms, T + 4 * HOUR, folder)


def undecided(ledger: Ledger, folder: Folder) -> None:
    """The firm sent another file in which a line cannot be read, and of two streets nothing is proven any more."""
    ledger.breach(T, STREETS[:3])
    lacking = "the evidence is incomplete: quarantined row plow-log plow/2023-12-19.csv:4"
    more = {"before": "breached.open", "owed_by": "sweeping-firm", "reason": lacking}
    ledger.judge(T + 4 * HOUR, STREETS[:2], "unproven", "withdrawn", **more)  # type: ignore[arg-type]
    excused = "excused by decision: burst main"
    ledger.judge(T + 4 * HOUR, STREETS[2:3], "excused", "withdrawn", before="breached.open", reason=excused)
    tell(ledger.engine, ledger.terms, T + 4 * HOUR, folder)


def extended(ledger: Ledger, folder: Folder) -> None:
    """A suspension of which nobody knew puts the deadline off: the street is still to be cleared."""
    ledger.breach(T, STREETS[:2])
    running = {"before": "breached.open", "reason": "the clock is running", "due_at": DUE + 48 * HOUR}
    ledger.judge(T + 4 * HOUR, STREETS[:1], "pending.running", "withdrawn", **running)  # type: ignore[arg-type]
    ledger.judge(T + 4 * HOUR, STREETS[1:2], "met", "withdrawn", before="breached.open", reason="done in time")
    tell(ledger.engine, ledger.terms, T + 4 * HOUR, folder)


def new_year(ledger: Ledger, folder: Folder) -> None:
    """Due in December, decided in January: every date says its year."""
    due = datetime(2023, 12, 31, 8, tzinfo=UTC)
    ledger.breach(due + 24 * HOUR, STREETS[:1], due_at=due)
    tell(ledger.engine, ledger.terms, due + 24 * HOUR, folder)


def unproven(ledger: Ledger, folder: Folder) -> None:
    lacking = "the evidence is incomplete: plow-log of 2023-12-20"
    ledger.judge(T, ["B-1", "B-2"], "unproven", "unproven", reason=lacking, unit_class="B", owed_by="sweeping-firm")
    ledger.judge(T, ["C-1"], "unproven", "unproven", reason=lacking, unit_class=None, owed_by="sweeping-firm")
    tell(ledger.engine, ledger.terms, T, folder)


def doubtful(ledger: Ledger, folder: Folder) -> None:
    """What is missing is no day's log and no file: it is said in both languages all the same."""
    twice = "the evidence is incomplete: weather snow.csv:2 states a local time with two readings"
    silent = "the evidence is incomplete: plow-log of 2023-12-19 says nothing of the unit"
    ledger.judge(T, ["B-1"], "unproven", "unproven", reason=twice, unit_class="B", owed_by="sweeping-firm")
    ledger.judge(T, ["B-2"], "unproven", "unproven", reason=silent, unit_class="B", owed_by="sweeping-firm")
    tell(ledger.engine, ledger.terms, T, folder)


def outstripped(ledger: Ledger, folder: Folder) -> None:
    """Nobody could be told for hours: what was awaited is in breach by then, what was withdrawn is in breach again."""
    ledger.judge(DUE, STREETS[:2], "pending.overdue", "overdue", before="pending.at_risk", reason=AWAITED)
    ledger.breach(T, STREETS[:2])
    ledger.breach(T, STREETS[2:3], trigger="2023-12-13T07:00Z")
    ledger.judge(T + HOUR, STREETS[2:3], "met", "withdrawn", before="breached.open", trigger="2023-12-13T07:00Z")
    ledger.breach(T + 2 * HOUR, STREETS[2:3], trigger="2023-12-13T07:00Z", before="met")
    tell(ledger.engine, ledger.terms, T + 2 * HOUR, folder)


def _log(
    ledger: Ledger,
    now: datetime,
    to: str,
    level: str,
    fulfilled_at: datetime | None = None,
    reason: str = "not delivered",
    due_at: datetime = T + 24 * HOUR + HOUR / 3,
) -> None:
    ledger.judge(
        now, ["plow-log"], to, level, before="pending.running", reason=reason, unit_class=None,
        obligation="deliver:plow-log", trigger="2023-12-20", due_at=due_at,
        fulfilled_at=fulfilled_at, owed_by="sweeping-firm" if to == "breached.open" else "",
    )  # fmt: skip


def log_missing(ledger: Ledger, folder: Folder) -> None:
    now = T + 24 * HOUR + HOUR / 3
    _log(ledger, now, "breached.open", "breached")
    tell(ledger.engine, ledger.terms, now, folder)


def log_late(ledger: Ledger, folder: Folder) -> None:
    log_missing(ledger, folder)
    _log(ledger, T + 30 * HOUR, "breached.cured", "cured", T + 30 * HOUR)
    tell(ledger.engine, ledger.terms, T + 30 * HOUR, folder)


def log_unread(ledger: Ledger, folder: Folder) -> None:
    """It came and was refused; then the suite that had refused it was put right: it had come in time."""
    now = T + 24 * HOUR + HOUR / 3
    _log(ledger, now, "breached.open", "breached", reason="delivered, but it could not be read")
    tell(ledger.engine, ledger.terms, now, folder)
    _log(ledger, now + 4 * HOUR, "met", "withdrawn", now - HOUR, reason="delivered in time")
    tell(ledger.engine, ledger.terms, now + 4 * HOUR, folder)


def log_unowed(ledger: Ledger, folder: Folder) -> None:
    """The contract had asked for it by mistake."""
    now = T + 24 * HOUR + HOUR / 3
    _log(ledger, now, "breached.open", "breached")
    tell(ledger.engine, ledger.terms, now, folder)
    _log(ledger, now + HOUR, "void", "withdrawn", reason="the contract owes it no more")
    tell(ledger.engine, ledger.terms, now + HOUR, folder)


def log_put_off(ledger: Ledger, folder: Folder) -> None:
    """The contract had stated another hour; the first of these messages could not be sent until then."""
    now = T + 24 * HOUR + HOUR / 3
    _log(ledger, now, "breached.open", "breached")
    _log(ledger, now + HOUR, "pending.running", "withdrawn", reason="not due yet", due_at=now + 6 * HOUR)
    tell(ledger.engine, ledger.terms, now + HOUR, folder)


@pytest.mark.parametrize(
    "story",
    [
        overdue,
        breached,
        assigned,
        escalated,
        answered,
        cured,
        withdrawn,
        undecided,
        extended,
        new_year,
        unproven,
        doubtful,
        outstripped,
        log_missing,
        log_late,
        log_unread,
        log_unowed,
        log_put_off,
    ],
)
def test_reads_as_expected(ledger: Ledger, tmp_path: Path, story: Callable[[Ledger, Folder], None]) -> None:
    story(ledger, Folder(tmp_path))
    found = sorted(tmp_path.rglob("*.md"), key=lambda path: path.name)
    said = "\n".join(f"<!-- {path.name} -->\n{path.read_text(encoding='utf-8')}" for path in found)
    expected = EXPECTED / f"{story.__name__}.md"
    assert said == expected.read_text(encoding="utf-8")


def test_what_nobody_owes_is_demanded_of_nobody(ledger: Ledger, tmp_path: Path) -> None:
    """Values are empty in what came (docs/decisions/0016)."""
    empty = "of some items it is not known whether they are good: 1 of 2"
    ledger.judge(T, STREETS[:1], "unproven", "unproven", reason=empty)
    tell(ledger.engine, ledger.terms, T, Folder(tmp_path))
    (said,) = (path.read_text(encoding="utf-8") for path in tmp_path.rglob("*.md"))
    assert "Missing: 1 of 2.\n" in said and "尚缺：1/2项。\n" in said
    assert "Owed by" not in said and "责任方" not in said


def test_the_reasons_of_the_patterns_are_said_in_chinese() -> None:
    literal = re.compile(r"(?:THEN|ELSE) '([^']*[a-z] [^']*)'")
    written = {
        text.rstrip().removesuffix(":")
        for path in PATTERNS.glob("*.sql")
        for text in literal.findall(path.read_text(encoding="utf-8"))
        if not text.startswith("; done late")
    }
    assert len(written) > 10
    assert written <= chinese.REASONS.keys()


def test_untold_standings_make_no_message(ledger: Ledger, tmp_path: Path) -> None:
    ledger.judge(T, STREETS, "pending.overdue", None, reason=AWAITED)
    tell(ledger.engine, ledger.terms, T, Folder(tmp_path))
    assert not list(tmp_path.iterdir())
