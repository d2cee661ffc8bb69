"""Several messages about one trigger: of several persons, of lapses that moved, answered while some were unseen."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import text, update

from dutywatch.alert import Alerted, answer, next_escalation, tell
from dutywatch.alert.channels import Channel
from dutywatch.alert.folder import Folder
from dutywatch.errors import DecisionRefused, MessageNotSent
from dutywatch.ledger import evaluations, schema
from dutywatch.ledger.tables import flips
from tests.alert.conftest import SNOW, Ledger
from tests.alert.test_tell import HOUR, Counting, T, letter, waive

LATER = "2023-12-14T08:00Z"  # as which the snowfall is known from some time on
FIRST, SECOND = "street-supervisor", "weather-desk"


@pytest.fixture
def folder(tmp_path: Path) -> Counting:
    return Counting(Folder(tmp_path))


def told(ledger: Ledger, now: datetime, channel: Channel) -> list[tuple[str, str]]:
    """Tell; (level, person) of every message by now."""
    tell(ledger.engine, ledger.terms, now, channel)
    return [(level, person) for level, person, *_ in ledger.messages()]


def moved(ledger: Ledger, now: datetime, unit: str, standing: str) -> None:
    """The snowfall began later: the duty becomes void, and the later one goes on from its standing."""
    duty, heir = (f"{ledger.terms.id}/clear-class-a/{unit}/{trigger}" for trigger in (SNOW, LATER))
    ledger.judge(now, [unit], "void", None, before=standing)
    ledger.judge(now, [unit], standing, None, before=standing, trigger=LATER)
    with ledger.engine.begin() as connection:
        gone = flips.c.duty_id == duty, flips.c.to_standing == "void"
        connection.execute(update(flips).where(*gone).values(successor=heir))
        row = connection.execute(
            update(flips).where(flips.c.duty_id == heir).values(succeeds=duty).returning(flips.c.evaluation)
        ).one()
        evaluations._pass_on(connection, row.evaluation)


def next_at(ledger: Ledger, after: datetime = T) -> datetime | None:
    with ledger.engine.connect() as connection:
        return next_escalation(connection, ledger.terms, after)


def test_a_cure_of_a_moved_snowfall_says_what_is_open(ledger: Ledger, folder: Counting, tmp_path: Path) -> None:
    ledger.breach(T, ["A-1", "A-2"])
    tell(ledger.engine, ledger.terms, T, folder)
    for unit in ("A-1", "A-2"):
        moved(ledger, T + HOUR, unit, "breached.open")
    ledger.judge(T + HOUR, ["A-1"], "breached.cured", "cured", before="breached.open", trigger=LATER)
    tell(ledger.engine, ledger.terms, T + HOUR, folder)
    assert "Still open here: 1." in letter(tmp_path, folder.sent[-1][0])


def test_a_lapse_that_was_cured_and_moved_is_late_still(ledger: Ledger, folder: Counting, tmp_path: Path) -> None:
    ledger.breach(T, ["A-1", "A-2"])
    tell(ledger.engine, ledger.terms, T, folder)
    ledger.cure(T, ["A-1"])
    tell(ledger.engine, ledger.terms, T, folder)
    moved(ledger, T + HOUR, "A-1", "breached.cured")
    moved(ledger, T + HOUR, "A-2", "breached.open")
    tell(ledger.engine, ledger.terms, T + 2 * HOUR, folder)
    above = letter(tmp_path, folder.sent[-1][0])
    assert "Done since, too late: 1. Still open: 1." in above
    assert "No longer breached" not in above


def test_a_lapse_that_moved_went_and_came_back_is_one(ledger: Ledger, folder: Counting, tmp_path: Path) -> None:
    """The snowfall is known as a later one, as none, and as it was at first: there is one lapse, not two."""
    ledger.breach(T, ["A-1", "A-2"])
    tell(ledger.engine, ledger.terms, T, folder)
    for unit in ("A-1", "A-2"):
        moved(ledger, T + HOUR, unit, "breached.open")
    ledger.judge(T + HOUR, ["A-1", "A-2"], "void", "withdrawn", before="breached.open", trigger=LATER)
    tell(ledger.engine, ledger.terms, T + HOUR, folder)
    withdrawn = folder.sent[-1][0]
    ledger.judge(T + HOUR, ["A-1", "A-2"], "breached.open", "breached", before="void")
    tell(ledger.engine, ledger.terms, T + HOUR, folder)
    again = letter(tmp_path, folder.sent[-1][0])
    assert "2 units (class A) were due" in again and "A-1, A-2" in again
    assert "No longer breached" not in again and "Others" not in again
    ledger.judge(T + HOUR, ["A-3"], "breached.open", "breached", trigger=LATER)
    ledger.judge(T + HOUR, ["A-3"], "void", "withdrawn", before="breached.open", trigger=LATER)
    tell(ledger.engine, ledger.terms, T + HOUR, folder)
    acquitted, _, others = letter(tmp_path, withdrawn).partition("Others")
    assert "A-3" in acquitted and "A-1" not in acquitted and "A-1, A-2" in others


def test_a_firm_s_own_people_answer_what_is_told_to_them(ledger: Ledger, folder: Counting) -> None:
    """The head of the bureau and the weather desk work for the firm that owes the streets; the first is told next."""
    people = dict(ledger.terms.contract.people)
    for name in ("bureau-head", "weather-desk"):
        people[name] = people[name].model_copy(update={"works_for": "sweeping-firm"})
    contract = ledger.terms.contract.model_copy(update={"people": people})
    theirs = replace(ledger, terms=replace(ledger.terms, contract=contract))
    theirs.breach(T, ["A-1"], party="sweeping-firm")
    theirs.breach(T, ["B-1"], party="hill-firm", trigger=LATER)
    tell(theirs.engine, theirs.terms, T, folder)
    first, other = (name for name, *_ in folder.sent)
    for person in ("bureau-head", "weather-desk"):
        with pytest.raises(
            DecisionRefused, match=f"{person} works for sweeping-firm, which owes .* {FIRST} must answer"
        ):
            answer(theirs.engine, theirs.terms, first, person, "acknowledged", "ours", T)
    answer(theirs.engine, theirs.terms, other, "weather-desk", "acknowledged", "not ours", T)
    assert next_at(theirs) == T + 2 * HOUR
    tell(theirs.engine, theirs.terms, T + 2 * HOUR, folder)
    answer(theirs.engine, theirs.terms, folder.sent[-1][0], "bureau-head", "acknowledged", "we see to it", T + 2 * HOUR)
    assert next_at(theirs) is None


def test_the_reasons_of_a_message_add_up(ledger: Ledger, folder: Counting, tmp_path: Path) -> None:
    units = [f"A-{number}" for number in range(1, 8)]
    ledger.breach(T, units)
    reasons = (
        "done in time",
        "done in time",
        "not due yet",
        "not due yet",
        "excused by decision: steep",
        "odd",
        "strange",
    )
    for unit, reason in zip(units, reasons, strict=True):
        ledger.judge(T, [unit], "met", "withdrawn", before="breached.open", reason=reason)
    tell(ledger.engine, ledger.terms, T, folder)
    text = letter(tmp_path, next(name for name, *_ in folder.sent if "withdrawn" in name))
    assert "Why: done in time (2); not due yet (2); excused by decision (1); other reasons (2)." in text
    assert "其他原因（2" in text


def test_a_message_asks_nobody_to_answer_for_what_is_waived(ledger: Ledger, folder: Counting, tmp_path: Path) -> None:
    """The waiver of a lapse moves with it; the breach stays, and so does what is to be done."""
    ledger.breach(T, ["A-1"])
    tell(ledger.engine, ledger.terms, T, folder)
    name = folder.sent[0][0]
    waive(ledger, "A-1")
    moved(ledger, T + HOUR, "A-1", "breached.open")
    ledger.breach(T + HOUR, ["A-2"])
    tell(ledger.engine, ledger.terms, T + HOUR, folder)
    text = letter(tmp_path, name)
    assert "2 units (class A) were due" in text and "Waived: 1 of these" in text and "其中1" in text
    assert "and acknowledge this message" in text and "To acknowledge" in text
    waive(ledger, "A-2")
    ledger.breach(T + HOUR, ["A-3"])
    waive(ledger, "A-3")
    tell(ledger.engine, ledger.terms, T + HOUR, folder)
    text = letter(tmp_path, name)
    assert "Waived: 3 of these" in text and "Still open" not in text and "A-1, A-2, A-3" in text
    assert "acknowledge" not in text and "If nobody answers" not in text


def test_a_message_names_before_only_what_it_told(ledger: Ledger, folder: Counting, tmp_path: Path) -> None:
    """Who hears of a matter as it is escalated heard of nothing before."""
    ledger.breach(T, ["A-1", "A-2"])
    tell(ledger.engine, ledger.terms, T, folder)
    ledger.judge(T + HOUR, ["A-1"], "met", "withdrawn", before="breached.open", reason="done in time")
    tell(ledger.engine, ledger.terms, T + HOUR, folder)
    tell(ledger.engine, ledger.terms, T + 2 * HOUR, folder)
    above = letter(tmp_path, folder.sent[-1][0])
    assert "1 unit (class A) was due" in above
    assert "named before" not in above and "此前所列" not in above
    assert "07:40: 1 unit" in above and "07:40: 2 units" not in above


def test_an_answer_is_about_no_revision_that_did_not_go_out(ledger: Ledger, folder: Counting, tmp_path: Path) -> None:
    """The channel is away as A-2 joins; the person answers what the message showed by then."""
    ledger.breach(T, ["A-1"])
    tell(ledger.engine, ledger.terms, T, folder)
    name = folder.sent[0][0]
    ledger.breach(T + HOUR, ["A-2"])
    folder.fails[FIRST] = MessageNotSent("away", permanent=False)
    with pytest.raises(MessageNotSent):
        tell(ledger.engine, ledger.terms, T + HOUR, folder)
    answer(ledger.engine, ledger.terms, name, FIRST, "acknowledged", "on our way", T + 2 * HOUR)
    folder.fails.clear()
    tell(ledger.engine, ledger.terms, T + 2 * HOUR, folder)
    assert next_at(ledger) == T + 3 * HOUR
    assert "and acknowledge this message" in letter(tmp_path, name)
    answer(ledger.engine, ledger.terms, name, FIRST, "acknowledged", "there too", T + 2 * HOUR)
    assert next_at(ledger) is None


def test_an_answer_from_above_is_about_what_that_message_showed(ledger: Ledger, folder: Counting) -> None:
    ledger.breach(T, ["A-1"])
    tell(ledger.engine, ledger.terms, T, folder)
    tell(ledger.engine, ledger.terms, T + 2 * HOUR, folder)
    above = folder.sent[-1][0]
    ledger.breach(T + 3 * HOUR, ["A-2"])
    folder.fails["bureau-head"] = MessageNotSent("away", permanent=False)
    with pytest.raises(MessageNotSent):
        tell(ledger.engine, ledger.terms, T + 3 * HOUR, folder)
    answer(ledger.engine, ledger.terms, above, "bureau-head", "acknowledged", "seen", T + 4 * HOUR)
    assert next_at(ledger) == T + 27 * HOUR  # A-2 is unanswered, and the bureau's head was told of it
    folder.fails.clear()
    tell(ledger.engine, ledger.terms, T + 5 * HOUR, folder)
    answer(ledger.engine, ledger.terms, above, "bureau-head", "acknowledged", "seen", T + 5 * HOUR)
    assert next_at(ledger) is None


def test_who_follows_a_person_has_lapses_that_escalate(ledger: Ledger, folder: Counting, tmp_path: Path) -> None:
    """The supervisor left between two logs: of one snowfall each of two persons has a message."""
    ledger.breach(T, ["A-1"])
    tell(ledger.engine, ledger.terms, T, folder)
    tell(ledger.engine, ledger.terms, T + 2 * HOUR, folder)
    above = folder.sent[-1][0]
    answer(ledger.engine, ledger.terms, folder.sent[0][0], FIRST, "acknowledged", "on our way", T + 2 * HOUR)
    ledger.breach(T + 3 * HOUR, ["A-2"], person=SECOND)
    assert tell(ledger.engine, ledger.terms, T + 3 * HOUR, folder) == Alerted(changes=1, opened=1, revised=1, sent=2)
    assert "A-1, A-2" in letter(tmp_path, above)  # who was told once sees it at once
    assert next_at(ledger) == T + 27 * HOUR
    assert told(ledger, T + 27 * HOUR, folder)[-1] == ("breached", "district-office")
    assert "A-1, A-2" in letter(tmp_path, folder.sent[-1][0])


def test_an_answer_of_one_supervisor_is_not_one_of_the_other(ledger: Ledger, folder: Counting) -> None:
    ledger.breach(T, ["A-1"])
    ledger.breach(T, ["A-2"], person=SECOND)
    tell(ledger.engine, ledger.terms, T, folder)
    answer(ledger.engine, ledger.terms, folder.sent[0][0], FIRST, "acknowledged", "on our way", T)
    assert told(ledger, T + 2 * HOUR, folder)[2:] == [("breached", "bureau-head")]


def test_who_was_told_from_below_and_answers_now_has_lapses_that_escalate(ledger: Ledger, folder: Counting) -> None:
    """The head of the bureau, whom A-1 was escalated to, supervises from now on."""
    ledger.breach(T, ["A-1"])
    tell(ledger.engine, ledger.terms, T, folder)
    tell(ledger.engine, ledger.terms, T + 2 * HOUR, folder)
    answer(ledger.engine, ledger.terms, folder.sent[0][0], FIRST, "acknowledged", "on our way", T + 3 * HOUR)
    ledger.breach(T + 4 * HOUR, ["A-2"], person="bureau-head")
    tell(ledger.engine, ledger.terms, T + 4 * HOUR, folder)
    assert next_at(ledger) == T + 28 * HOUR
    assert told(ledger, T + 28 * HOUR, folder)[2:] == [("breached", "district-office")]


def test_of_what_is_escalated_also_a_supervisor_hears(ledger: Ledger, folder: Counting, tmp_path: Path) -> None:
    """The head of the bureau supervises some streets, and hears of the others if nobody answers for these."""
    ledger.breach(T, ["A-1"])
    ledger.breach(T, ["A-2"], person="bureau-head")
    tell(ledger.engine, ledger.terms, T, folder)
    own = next(name for name, _ in folder.sent if name.endswith("bureau-head"))
    assert "Units: A-2." in letter(tmp_path, own)
    answer(ledger.engine, ledger.terms, own, "bureau-head", "acknowledged", "we go", T + HOUR)
    assert tell(ledger.engine, ledger.terms, T + 2 * HOUR, folder).escalated == 1
    said = letter(tmp_path, own)
    assert "Escalated to you" in said and "Units: A-1, A-2." in said and "acknowledge this message" in said
    assert tell(ledger.engine, ledger.terms, T + 3 * HOUR, folder) == Alerted()
    answer(ledger.engine, ledger.terms, own, "bureau-head", "acknowledged", "we go there, too", T + 3 * HOUR)
    assert next_at(ledger) is None


def test_other_snowfalls_are_not_of_the_group(ledger: Ledger, folder: Counting, tmp_path: Path) -> None:
    ledger.breach(T, ["A-1"])
    ledger.breach(T, ["A-2"], trigger=LATER)
    ledger.breach(T, ["A-3"], obligation="deliver:plow-log", trigger="2023-12-19")
    tell(ledger.engine, ledger.terms, T, folder)
    for name, _ in folder.sent[1:]:
        answer(ledger.engine, ledger.terms, name, FIRST, "acknowledged", "", T)
    assert tell(ledger.engine, ledger.terms, T + 2 * HOUR, folder).escalated == 1
    left = {"clear-class-a": ("A-1", "A-2"), "deliver.plow-log": ()}[folder.sent[0][0].split("_")[1]]
    said = letter(tmp_path, folder.sent[-1][0])
    assert sum(f"Units: {unit}." in said for unit in left) == (1 if left else 0)


def test_of_older_answers_the_revision_is_that_of_their_time(ledger: Ledger, folder: Counting) -> None:
    """A ledger of before migration 0007 comes to it with what people answered."""
    ledger.breach(T, ["A-1"])
    tell(ledger.engine, ledger.terms, T, folder)
    tell(ledger.engine, ledger.terms, T + 2 * HOUR, folder)
    ledger.breach(T + 3 * HOUR, ["A-2"])
    tell(ledger.engine, ledger.terms, T + 3 * HOUR, folder)
    with ledger.engine.begin() as connection:
        connection.execute(text("ALTER TABLE messages DROP COLUMN escalated_in"))
        connection.execute(text("ALTER TABLE answers DROP COLUMN revision"))
        name = "uq_deliveries_contract_source_name_sha256"
        connection.execute(text(f"ALTER TABLE deliveries RENAME CONSTRAINT {name}_received_at TO {name}"))
        connection.execute(text("UPDATE ledger_version SET version_num = '0006'"))
        names, row = "message, person, kind, text, answered_at", ":m, 'x', 'disputed', '', :at"
        old = text(f"INSERT INTO answers ({names}) VALUES ({row})")
        for message, hours in ((1, 2), (1, 3), (2, 2), (2, 4), (2, 0)):
            connection.execute(old, {"m": message, "at": T + hours * HOUR})
    schema.migrate(ledger.engine, "replay", T)
    with ledger.engine.connect() as connection:
        assert connection.execute(text("SELECT revision FROM answers ORDER BY id")).scalars().all() == [1, 2, 1, 2, 1]
        assert connection.execute(text("SELECT escalated_in FROM messages ORDER BY id")).scalars().all() == [None, 1]
