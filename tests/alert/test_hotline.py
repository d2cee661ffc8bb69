"""What people of the hotline read: letters about days, months and single cases, meant to be read aloud.

Days and cases are those of `contracts/yongchuan-hotline/scenario/`, all invented; their flips are written as its judge
writes them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from dutywatch import terms as promised
from dutywatch.alert import tell
from dutywatch.alert.folder import Folder
from dutywatch.ledger import answers, tables
from dutywatch.terms import Terms
from tests.alert.conftest import Ledger

EXPECTED = Path(__file__).parent / "expected"
FOLDER = Path(__file__).parents[2] / "contracts" / "yongchuan-hotline"
DAY = timedelta(days=1)


@pytest.fixture
def terms() -> Terms:
    """The hotline's contract, in place of the folder's own."""
    return promised.load(FOLDER)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Shanghai"))


def flip(ledger: Ledger, now: datetime, to: str, level: str, reason: str, **more: object) -> None:
    about: dict[str, object] = {"obligation": "connect-rate", "person": "hotline-supervisor", "unit_class": "queue"}
    about |= {"unit": "12345"} | more
    unit = str(about.pop("unit"))
    ledger.judge(now, [unit], to, level, reason=reason, **about)  # type: ignore[arg-type]


def hotline_day(ledger: Ledger, folder: Folder) -> None:
    """The busy Tuesday, unanswered for a day."""
    now = local("2023-12-06T00:00")
    reason = "the target was missed in rolling windows: spells 1, the first from 2023-12-05T01:56:00Z"
    flip(ledger, now, "breached.open", "breached", reason, trigger="2023-12-05", due_at=now)
    tell(ledger.engine, ledger.terms, now, folder)
    tell(ledger.engine, ledger.terms, now + DAY, folder)


def hotline_outage(ledger: Ledger, folder: Folder) -> None:
    """The log of the 16th ends at 13:20: awaited first, then missing; and once it were to come after all."""
    end, owed = local("2023-12-17T00:00"), {"trigger": "2023-12-16", "owed_by": "hotline-operator"}
    awaited = "the window is over, its evidence is incomplete; awaited: call-log of 2023-12-16"
    due = {"due_at": end, "proof_due": end + timedelta(hours=6)}
    flip(ledger, end, "pending.overdue", "overdue", awaited, before="pending.running", **owed, **due)
    tell(ledger.engine, ledger.terms, end, folder)
    late = end + timedelta(hours=6)
    lacking = "the evidence is incomplete: call-log of 2023-12-16"
    flip(ledger, late, "unproven", "unproven", lacking, due_at=end, **owed)
    tell(ledger.engine, ledger.terms, late, folder)


def hotline_month(ledger: Ledger, folder: Folder) -> None:
    """A month misses its target; then data are corrected, and it does not."""
    now, month = local("2024-01-01T00:00"), {"obligation": "satisfaction-rate", "trigger": "2023-12"}
    month |= {"person": "case-supervisor", "unit": "yongchuan-hotline", "unit_class": None}
    flip(ledger, now, "breached.open", "breached", "the target is missed", due_at=now, **month)
    tell(ledger.engine, ledger.terms, now, folder)
    reached = "the target is reached"
    flip(ledger, now + DAY / 2, "met", "withdrawn", reached, before="breached.open", due_at=now, **month)
    tell(ledger.engine, ledger.terms, now + DAY / 2, folder)


def hotline_case(ledger: Ledger, folder: Folder) -> None:
    """A case is closed a day too late: awaited, breached, done."""
    due = local("2023-12-12T14:00")
    case = {"obligation": "close", "trigger": "S-1205-01@2023-12-05T06:00Z", "person": "case-supervisor"}
    case |= {"unit": "transport", "unit_class": "department", "due_at": due}
    awaited = "deadline passed, no proof yet; awaited: handling-log of 2023-12-12"
    owed = {"owed_by": "yongchuan-district", "proof_due": local("2023-12-13T06:00")}
    flip(ledger, due, "pending.overdue", "overdue", awaited, before="pending.running", **case, **owed)
    tell(ledger.engine, ledger.terms, due, folder)
    undone = "complete logs show no act until the deadline"
    flip(ledger, local("2023-12-13T00:00"), "breached.open", "breached", undone, **case)
    tell(ledger.engine, ledger.terms, local("2023-12-13T00:00"), folder)
    done = {"before": "breached.open", "fulfilled_at": local("2023-12-13T16:00")}
    flip(ledger, local("2023-12-14T00:00"), "breached.cured", "cured", f"{undone}; done late", **case, **done)
    tell(ledger.engine, ledger.terms, local("2023-12-14T00:00"), folder)


def hotline_decision(ledger: Ledger, folder: Folder) -> None:
    """The district does not decide on a case reworked three times: its own duty, and escalated like any other."""
    due, now = local("2023-12-20T15:00"), local("2023-12-21T00:00")
    case = {"obligation": "decide-escalated", "trigger": "S-1206-02-R3@2023-12-18T07:00Z", "person": "case-supervisor"}
    undone = "complete logs show no act until the deadline"
    case |= {"unit": "housing", "unit_class": "department", "due_at": due}
    flip(ledger, now, "breached.open", "breached", undone, **case)
    tell(ledger.engine, ledger.terms, now, folder)
    tell(ledger.engine, ledger.terms, now + DAY, folder)


def turned(ledger: Ledger, now: datetime, numbers: range, to: str, level: str, **more: object) -> None:
    """Cases that turn at one instant, each registered on the 4th and forgotten by the water or the roads department."""
    for number in numbers:
        case: dict[str, object] = {
            "obligation": "sign",
            "trigger": f"S-1204-{number:02}@2023-12-04T01:{number:02}Z",
            "person": "case-supervisor",
            "unit": "water" if number % 2 else "roads",
            "unit_class": "department",
            "due_at": local(f"2023-12-05T09:{number:02}"),
        }
        flip(ledger, now, to, level, "complete logs show no act until the deadline", **(case | more))


def hotline_midnight(ledger: Ledger, folder: Folder) -> None:
    """Thirty cases are breached at one midnight; at the next two are signed for; nobody answers meanwhile."""
    now = local("2023-12-06T00:00")
    turned(ledger, now, range(1, 31), "breached.open", "breached")
    tell(ledger.engine, ledger.terms, now, folder)
    done: dict[str, object] = {"before": "breached.open", "fulfilled_at": local("2023-12-06T15:00")}
    turned(ledger, now + DAY, range(1, 3), "breached.cured", "cured", **done)
    tell(ledger.engine, ledger.terms, now + DAY, folder)


def hotline_late(ledger: Ledger, folder: Folder) -> None:
    """Signed for three hours late, and known only when both are known."""
    now = local("2023-12-06T00:00")
    case = {"obligation": "sign", "trigger": "S-1204-01@2023-12-04T02:00Z", "person": "case-supervisor"}
    case |= {"unit": "water", "unit_class": "department", "due_at": local("2023-12-05T10:00")}
    late = "complete logs show no act until the deadline; done late"
    flip(ledger, now, "breached.cured", "breached", late, fulfilled_at=local("2023-12-05T13:00"), **case)
    tell(ledger.engine, ledger.terms, now, folder)


@pytest.mark.parametrize(
    "story",
    [
        hotline_day,
        hotline_outage,
        hotline_month,
        hotline_case,
        hotline_midnight,
        hotline_decision,
        hotline_late,
    ],
)
def test_reads_as_expected(ledger: Ledger, tmp_path: Path, story: Callable[[Ledger, Folder], None]) -> None:
    story(ledger, Folder(tmp_path))
    found = sorted(tmp_path.rglob("*.md"), key=lambda path: path.name)
    said = "\n".join(f"<!-- {path.name} -->\n{path.read_text(encoding='utf-8')}" for path in found)
    assert said == (EXPECTED / f"{story.__name__}.md").read_text(encoding="utf-8")


def told(ledger: Ledger) -> list[tuple[str, str, str, int]]:
    """Of every message, oldest first: about what, to whom, which level, and how many duties it tells."""
    counts = func.count(tables.flips.c.duty_id.distinct())
    columns = [tables.messages.c[name] for name in ("trigger", "person", "level")]
    query = select(*columns, counts).outerjoin(tables.flips, tables.flips.c.message == tables.messages.c.id)
    with ledger.engine.connect() as connection:
        rows = connection.execute(query.group_by(tables.messages.c.id).order_by(tables.messages.c.id)).all()
    return [tuple(row) for row in rows]


def test_cases_that_turn_at_one_instant_share_a_message(ledger: Ledger, tmp_path: Path) -> None:
    hotline_midnight(ledger, Folder(tmp_path))
    assert told(ledger) == [
        ("at 2023-12-05T16:00Z", "case-supervisor", "breached", 30),
        ("at 2023-12-06T16:00Z", "case-supervisor", "cured", 2),
        ("at 2023-12-05T16:00Z", "hotline-office", "breached", 0),  # repeats what the first message tells
    ]


def test_a_case_that_turns_alone_has_a_message_of_its_own(ledger: Ledger, tmp_path: Path) -> None:
    first, second = local("2023-12-06T00:00"), local("2023-12-06T06:00")
    turned(ledger, first, range(1, 2), "breached.open", "breached")
    turned(ledger, second, range(2, 4), "breached.open", "breached")
    tell(ledger.engine, ledger.terms, second, Folder(tmp_path))
    assert told(ledger) == [
        ("S-1204-01@2023-12-04T01:01Z", "case-supervisor", "breached", 1),
        ("at 2023-12-05T22:00Z", "case-supervisor", "breached", 2),
    ]


def test_no_case_is_told_twice_and_none_is_lost(ledger: Ledger, tmp_path: Path) -> None:
    """A later round finds nothing; more cases of the same instant join the message; an answer ends it for all."""
    now, folder = local("2023-12-06T00:00"), Folder(tmp_path)
    turned(ledger, now, range(1, 11), "breached.open", "breached")
    assert tell(ledger.engine, ledger.terms, now, folder).changes == 10
    assert str(tell(ledger.engine, ledger.terms, now, folder)) == "nothing to tell"
    turned(ledger, now, range(11, 15), "breached.open", "breached")
    again = tell(ledger.engine, ledger.terms, now, folder)
    assert (again.changes, again.opened, again.revised) == (4, 0, 1)
    assert told(ledger) == [("at 2023-12-05T16:00Z", "case-supervisor", "breached", 14)]
    with ledger.engine.begin() as connection:
        answers.record_answer(connection, 1, "case-supervisor", "acknowledged", "", now)
    assert str(tell(ledger.engine, ledger.terms, now + DAY, folder)) == "nothing to tell"
    with ledger.engine.connect() as connection:
        untold = select(func.count()).select_from(tables.flips).where(tables.flips.c.message.is_(None))
        assert connection.execute(untold).scalar_one() == 0


def test_of_cases_that_one_person_need_not_hear_others_do(ledger: Ledger, tmp_path: Path) -> None:
    """Messages are a person's: cases of one instant under two obligations, or two persons, are not mixed."""
    now = local("2023-12-06T00:00")
    turned(ledger, now, range(1, 4), "breached.open", "breached")
    turned(ledger, now, range(4, 7), "breached.open", "breached", person="hotline-supervisor")
    turned(ledger, now, range(1, 4), "breached.open", "breached", obligation="close")
    tell(ledger.engine, ledger.terms, now, Folder(tmp_path))
    assert sorted((person, duties) for _, person, _, duties in told(ledger)) == [
        ("case-supervisor", 3),
        ("case-supervisor", 3),
        ("hotline-supervisor", 3),
    ]
