"""What alerting promises: every untold flip is told once, in one message a group and level."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from dutywatch.alert import Alerted, answer, channel, escalation_due, next_escalation, tell, untold
from dutywatch.alert.channels import Channel, Found
from dutywatch.alert.folder import Folder
from dutywatch.alert.letter import Envelope, Letter
from dutywatch.errors import MessageNotSent, SettingsError
from dutywatch.ledger import decisions, messages, tables
from dutywatch.ledger.decisions import Decision
from dutywatch.ledger.tables import flips
from tests.alert.conftest import AWAITED, SNOW, Ledger

T = datetime(2023, 12, 19, 21, 40, tzinfo=UTC)  # 20 December 05:40 in Shanghai
HOUR = timedelta(hours=1)
MOVED = ("2023-12-14T08:00Z", "2023-12-14T09:00Z")


class Counting:
    """A channel that counts, and can be told to crash after a send or to fail for some people."""

    def __init__(self, inner: Channel) -> None:
        self.inner = inner
        self.sent: list[tuple[str, int]] = []
        self.crash_after = 1000
        self.fails: dict[str, MessageNotSent] = {}

    def look_up(self, envelope: Envelope) -> Found | None:
        return self.inner.look_up(envelope)

    def send(self, letter: Letter) -> str:
        if letter.envelope.person in self.fails:
            raise self.fails[letter.envelope.person]
        reference = self.inner.send(letter)
        self.sent.append((letter.envelope.name, letter.envelope.revision))
        if len(self.sent) >= self.crash_after:
            raise KeyboardInterrupt
        return reference


@pytest.fixture
def folder(tmp_path: Path) -> Counting:
    return Counting(channel(tmp_path, None, None))


def waiting(ledger: Ledger) -> int:
    with ledger.engine.connect() as connection:
        return untold(connection, ledger.terms.id)


def letter(root: Path, name: str) -> str:
    """A message as the folder shows it now."""
    return next(root.rglob(f"{name}.md")).read_text("utf-8")


def test_one_message_for_a_group_and_level(ledger: Ledger, folder: Counting) -> None:
    ledger.judge(T, ["A-1", "A-2"], "pending.overdue", "overdue", before="pending.at_risk", reason=AWAITED)
    ledger.breach(T, ["A-3", "A-4", "A-5"])
    ledger.judge(T, ["A-6"], "met", None, before="pending.running", reason="done in time")
    assert waiting(ledger) == 5
    done = tell(ledger.engine, ledger.terms, T, folder)
    assert done == Alerted(changes=5, opened=2, sent=2)
    assert str(done) == "5 changes in 2 new and 0 revised messages, 2 sent"
    assert folder.sent == [
        ("2023-12-20T0540_clear-class-a_breached_street-supervisor", 1),
        ("2023-12-20T0540_clear-class-a_overdue_street-supervisor", 1),
    ]
    assert waiting(ledger) == 0


def test_telling_again_tells_nothing(ledger: Ledger, folder: Counting) -> None:
    ledger.breach(T, ["A-1"])
    tell(ledger.engine, ledger.terms, T, folder)
    assert str(tell(ledger.engine, ledger.terms, T + HOUR, folder)) == "nothing to tell"
    assert len(folder.sent) == 1


def test_later_flips_of_the_group_revise_its_message(ledger: Ledger, folder: Counting) -> None:
    ledger.breach(T, ["A-1", "A-2"])
    tell(ledger.engine, ledger.terms, T, folder)
    ledger.breach(T + HOUR, ["A-3"])
    done = tell(ledger.engine, ledger.terms, T + HOUR, folder)
    assert (done.opened, done.revised, done.sent) == (0, 1, 1)
    assert ledger.messages() == [("breached", "street-supervisor", 2, 2)]
    with ledger.engine.connect() as connection:
        history = messages.history(connection, 1)
    assert [(state.revision, state.at, state.duties) for state in history] == [(1, T, 2), (2, T + HOUR, 1)]


def test_another_level_trigger_or_person_is_another_message(ledger: Ledger, folder: Counting) -> None:
    ledger.breach(T, ["A-1"])
    ledger.breach(T, ["A-1"], trigger="2023-12-20T07:00Z")
    ledger.breach(T, ["A-2"], person="weather-desk")
    ledger.cure(T, ["A-1"])
    assert tell(ledger.engine, ledger.terms, T, folder).opened == 4
    names = [name for name, _ in folder.sent]
    assert sorted(names) == [
        "2023-12-20T0540_clear-class-a_breached_street-supervisor",
        "2023-12-20T0540_clear-class-a_breached_street-supervisor_2",
        "2023-12-20T0540_clear-class-a_breached_weather-desk",
        "2023-12-20T0540_clear-class-a_cured_street-supervisor",
    ]


def test_a_crash_before_the_send_loses_nothing(ledger: Ledger, folder: Counting) -> None:
    ledger.breach(T, ["A-1"])
    with ledger.engine.begin() as connection:
        messages.claim(connection, ledger.terms.id, T)
    assert waiting(ledger) == 1
    assert tell(ledger.engine, ledger.terms, T, folder) == Alerted(sent=1)


def test_a_crash_after_the_send_tells_nothing_twice(ledger: Ledger, folder: Counting) -> None:
    ledger.breach(T, ["A-1"])
    ledger.judge(T, ["A-2"], "pending.overdue", "overdue", reason=AWAITED)
    folder.crash_after = 1
    with pytest.raises(KeyboardInterrupt):
        tell(ledger.engine, ledger.terms, T, folder)
    assert [told for *_, told in ledger.messages()] == [0, 0]
    folder.crash_after = 1000
    assert tell(ledger.engine, ledger.terms, T, folder) == Alerted(recalled=1, sent=1)
    assert len(folder.sent) == len(set(folder.sent)) == 2


def test_a_revision_lost_in_a_crash_is_not_told_twice(ledger: Ledger, folder: Counting) -> None:
    ledger.breach(T, ["A-1"])
    tell(ledger.engine, ledger.terms, T, folder)
    ledger.breach(T + HOUR, ["A-2"])
    folder.crash_after = 2
    with pytest.raises(KeyboardInterrupt):
        tell(ledger.engine, ledger.terms, T + HOUR, folder)
    folder.crash_after = 1000
    assert tell(ledger.engine, ledger.terms, T + HOUR, folder) == Alerted(recalled=1)
    assert folder.sent == [(folder.sent[0][0], 1), (folder.sent[0][0], 2)]


def test_two_at_once_claim_and_send_once(ledger: Ledger, folder: Counting) -> None:
    ledger.breach(T, [f"A-{n}" for n in range(200)])
    ledger.judge(T, ["A-900"], "unproven", "unproven", reason="the evidence is incomplete: plow-log of 2023-12-19")
    start = threading.Barrier(4)
    done: list[Alerted] = []

    def run() -> None:
        start.wait()
        done.append(tell(ledger.engine, ledger.terms, T, folder))

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one.changes for one in done) == [0, 0, 0, 201]
    assert len(folder.sent) == 2


def test_two_claims_at_once_share_no_flip(ledger: Ledger) -> None:
    """Even if the place that `alone` keeps were lost, the conditional update would hold."""
    ledger.breach(T, ["A-1", "A-2"])
    first = ledger.engine.connect()
    begun = first.begin()
    assert messages.claim(first, ledger.terms.id, T).flips == 2
    second: list[int] = []

    def run() -> None:
        with ledger.engine.begin() as connection:
            second.append(messages.claim(connection, ledger.terms.id, T).flips)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(0.2)
    assert thread.is_alive()
    begun.commit()
    first.close()
    thread.join()
    assert second == [0]
    assert ledger.messages() == [("breached", "street-supervisor", 1, 0)]


def test_escalates_in_time_and_once(ledger: Ledger, folder: Counting) -> None:
    ledger.breach(T, ["A-1", "A-2"])
    tell(ledger.engine, ledger.terms, T, folder)
    with ledger.engine.connect() as connection:
        assert next_escalation(connection, ledger.terms, T) == T + 2 * HOUR
        assert not escalation_due(connection, ledger.terms, T + 2 * HOUR - timedelta(seconds=1))
        assert escalation_due(connection, ledger.terms, T + 2 * HOUR)
    assert tell(ledger.engine, ledger.terms, T + HOUR, folder).escalated == 0
    assert tell(ledger.engine, ledger.terms, T + 2 * HOUR, folder) == Alerted(escalated=1, sent=1)
    assert tell(ledger.engine, ledger.terms, T + 3 * HOUR, folder) == Alerted()
    with ledger.engine.connect() as connection:
        assert next_escalation(connection, ledger.terms, T + 2 * HOUR) == T + 24 * HOUR
        assert not escalation_due(connection, ledger.terms, T + 3 * HOUR)
    assert tell(ledger.engine, ledger.terms, T + 24 * HOUR, folder) == Alerted(escalated=1, sent=1)
    with ledger.engine.connect() as connection:
        assert next_escalation(connection, ledger.terms, T) is None
    assert [person for _, person, _, _ in ledger.messages()] == ["street-supervisor", "bureau-head", "district-office"]


def test_after_a_long_sleep_both_steps_are_taken(ledger: Ledger, folder: Counting) -> None:
    ledger.breach(T, ["A-1"])
    tell(ledger.engine, ledger.terms, T, folder)
    assert tell(ledger.engine, ledger.terms, T + 30 * HOUR, folder).escalated == 2


def test_later_breaches_revise_the_escalated_message_too(ledger: Ledger, folder: Counting) -> None:
    ledger.breach(T, ["A-1"])
    tell(ledger.engine, ledger.terms, T, folder)
    tell(ledger.engine, ledger.terms, T + 2 * HOUR, folder)
    ledger.breach(T + 3 * HOUR, ["A-2"])
    assert tell(ledger.engine, ledger.terms, T + 3 * HOUR, folder) == Alerted(changes=1, revised=2, sent=2)
    assert ledger.messages() == [
        ("breached", "street-supervisor", 2, 2),
        ("breached", "bureau-head", 2, 2),
    ]


@pytest.mark.parametrize("answering", ["street-supervisor", "weather-desk"])
def test_an_answer_ends_the_escalation(ledger: Ledger, folder: Counting, answering: str) -> None:
    ledger.breach(T, ["A-1"])
    tell(ledger.engine, ledger.terms, T, folder)
    name = folder.sent[0][0]
    answer(ledger.engine, ledger.terms, name, answering, "acknowledged", "on our way", T + HOUR)
    with ledger.engine.connect() as connection:
        assert next_escalation(connection, ledger.terms, T) is None
    assert tell(ledger.engine, ledger.terms, T + 30 * HOUR, folder) == Alerted()


def test_an_answer_is_about_what_was_told_by_then(ledger: Ledger, folder: Counting, tmp_path: Path) -> None:
    ledger.breach(T, ["A-1"])
    tell(ledger.engine, ledger.terms, T, folder)
    name = folder.sent[0][0]
    answer(ledger.engine, ledger.terms, name, "street-supervisor", "acknowledged", "on our way", T + HOUR)
    ledger.breach(T + 3 * HOUR, ["A-2"])
    tell(ledger.engine, ledger.terms, T + 3 * HOUR, folder)
    with ledger.engine.connect() as connection:
        assert next_escalation(connection, ledger.terms, T) == T + 5 * HOUR
    assert "and acknowledge this message" in letter(tmp_path, name)
    assert tell(ledger.engine, ledger.terms, T + 5 * HOUR, folder).escalated == 1
    above = letter(tmp_path, folder.sent[-1][0])
    assert "; nobody has answered" not in above
    assert "Nobody has answered yet for 1 of these." in above
    answer(ledger.engine, ledger.terms, name, "street-supervisor", "acknowledged", "there too", T + 6 * HOUR)
    with ledger.engine.connect() as connection:
        assert next_escalation(connection, ledger.terms, T) is None


def test_a_breach_that_comes_back_has_not_been_answered(ledger: Ledger, folder: Counting) -> None:
    ledger.breach(T, ["A-1"])
    tell(ledger.engine, ledger.terms, T, folder)
    answer(ledger.engine, ledger.terms, folder.sent[0][0], "street-supervisor", "disputed", "it is done", T + HOUR)
    ledger.judge(T + HOUR, ["A-1"], "met", "withdrawn", before="breached.open", reason="done in time")
    ledger.breach(T + 2 * HOUR, ["A-1"], before="met")
    tell(ledger.engine, ledger.terms, T + 2 * HOUR, folder)
    with ledger.engine.connect() as connection:
        assert next_escalation(connection, ledger.terms, T) == T + 4 * HOUR


def test_an_answer_ends_no_other_message_s_escalation(ledger: Ledger, folder: Counting) -> None:
    ledger.breach(T, ["A-1"])
    ledger.breach(T, ["A-1"], trigger=MOVED[0])
    tell(ledger.engine, ledger.terms, T, folder)
    answer(ledger.engine, ledger.terms, folder.sent[0][0], "street-supervisor", "acknowledged", "on our way", T + HOUR)
    assert tell(ledger.engine, ledger.terms, T + 2 * HOUR, folder).escalated == 1


def test_an_answer_from_above_ends_it_too(ledger: Ledger, folder: Counting) -> None:
    ledger.breach(T, ["A-1"])
    tell(ledger.engine, ledger.terms, T, folder)
    tell(ledger.engine, ledger.terms, T + 2 * HOUR, folder)
    above = folder.sent[1][0]
    assert above == "2023-12-20T0740_clear-class-a_breached_bureau-head"
    answer(ledger.engine, ledger.terms, f"{ledger.terms.id}/{above}", "bureau-head", "disputed", "", T + 3 * HOUR)
    assert tell(ledger.engine, ledger.terms, T + 30 * HOUR, folder) == Alerted()


def test_answers_name_people_and_messages_that_exist(ledger: Ledger) -> None:
    with pytest.raises(SettingsError, match="nobody under `people`"):
        answer(ledger.engine, ledger.terms, "x", "a-stranger", "acknowledged", "", T)
    with pytest.raises(SettingsError, match="there is no message x"):
        answer(ledger.engine, ledger.terms, "x", "bureau-head", "acknowledged", "", T)


def test_what_is_cured_or_withdrawn_is_not_escalated(ledger: Ledger, folder: Counting) -> None:
    ledger.breach(T, ["A-1", "A-2"])
    tell(ledger.engine, ledger.terms, T, folder)
    ledger.cure(T + HOUR, ["A-1"])
    tell(ledger.engine, ledger.terms, T + HOUR, folder)
    with ledger.engine.connect() as connection:
        assert next_escalation(connection, ledger.terms, T) == T + 2 * HOUR
    ledger.judge(T + HOUR, ["A-2"], "met", "withdrawn", before="breached.open", reason="done in time")
    done = tell(ledger.engine, ledger.terms, T + 2 * HOUR, folder)  # the withdrawal comes just in time
    assert (done.opened, done.escalated) == (1, 0)
    with ledger.engine.connect() as connection:
        assert next_escalation(connection, ledger.terms, T) is None


def waive(ledger: Ledger, unit: str | None, trigger: str | None = SNOW) -> None:
    """The bureau's head waives lapses of class A."""
    one = Decision("waive", "clear-class-a", unit, trigger, "road works", "bureau-head", None, T, published="board")
    with ledger.engine.begin() as connection:
        decisions.record(connection, ledger.terms.id, one)


def test_what_is_waived_is_not_escalated(ledger: Ledger, folder: Counting) -> None:
    ledger.breach(T, ["A-1", "A-2"])
    tell(ledger.engine, ledger.terms, T, folder)
    waive(ledger, "A-1")
    waive(ledger, "A-2", "2023-12-20T07:00Z")  # another storm's
    with ledger.engine.connect() as connection:
        assert next_escalation(connection, ledger.terms, T) == T + 2 * HOUR
    waive(ledger, "A-2")
    assert tell(ledger.engine, ledger.terms, T + 30 * HOUR, folder) == Alerted()


def move(ledger: Ledger, trigger: str, successor: str) -> None:
    """Revised data make the duty of `trigger` on A-1 void; that of `successor` takes its place."""
    ledger.judge(T, ["A-1"], "void", None, before="breached.open", trigger=trigger)
    heir = f"{ledger.terms.id}/clear-class-a/A-1/{successor}"
    with ledger.engine.begin() as connection:
        gone = flips.c.to_standing == "void", flips.c.trigger == trigger
        connection.execute(update(flips).where(*gone).values(successor=heir))


def test_a_waiver_moves_with_the_lapse_however_often(ledger: Ledger, folder: Counting) -> None:
    ledger.breach(T, ["A-1"], trigger=MOVED[-1])
    tell(ledger.engine, ledger.terms, T, folder)
    waive(ledger, "A-1")
    with ledger.engine.connect() as connection:
        assert next_escalation(connection, ledger.terms, T) == T + 2 * HOUR
    move(ledger, SNOW, MOVED[0])
    with ledger.engine.connect() as connection:
        assert next_escalation(connection, ledger.terms, T) == T + 2 * HOUR
    move(ledger, *MOVED)
    assert tell(ledger.engine, ledger.terms, T + 30 * HOUR, folder).escalated == 0


def test_a_waiver_returns_with_the_duty_that_it_was_of(ledger: Ledger, folder: Counting) -> None:
    ledger.breach(T, ["A-1"], trigger=MOVED[0])
    tell(ledger.engine, ledger.terms, T, folder)
    waive(ledger, "A-1")
    move(ledger, SNOW, MOVED[0])
    ledger.judge(T, ["A-1"], "met", None, before="void")  # it was no mistake: both storms were
    assert tell(ledger.engine, ledger.terms, T + 30 * HOUR, folder).escalated == 2


def test_a_waiver_that_moved_is_of_its_own_lapse_alone(ledger: Ledger, folder: Counting) -> None:
    ledger.breach(T, ["A-1"], trigger=MOVED[0])
    ledger.breach(T, ["A-1"], trigger="2023-12-20T07:00Z")
    tell(ledger.engine, ledger.terms, T, folder)
    waive(ledger, "A-1")
    move(ledger, SNOW, MOVED[0])
    assert tell(ledger.engine, ledger.terms, T + 2 * HOUR, folder).escalated == 1


def test_only_breaches_escalate(ledger: Ledger, folder: Counting) -> None:
    ledger.judge(T, ["A-1"], "unproven", "unproven", reason="the evidence is incomplete: plow-log of 2023-12-19")
    tell(ledger.engine, ledger.terms, T, folder)
    assert tell(ledger.engine, ledger.terms, T + 48 * HOUR, folder) == Alerted()


def test_a_person_of_the_escalation_who_is_accountable_is_told_once(ledger: Ledger, folder: Counting) -> None:
    ledger.breach(T, ["A-1"], person="bureau-head")
    tell(ledger.engine, ledger.terms, T, folder)
    tell(ledger.engine, ledger.terms, T + 30 * HOUR, folder)
    assert [person for _, person, _, _ in ledger.messages()] == ["bureau-head", "district-office"]


def test_one_failure_does_not_stop_the_others(ledger: Ledger, folder: Counting) -> None:
    ledger.breach(T, ["A-1"], person="weather-desk")
    ledger.breach(T, ["A-2"])
    folder.fails["weather-desk"] = MessageNotSent("no such person", permanent=True)
    with pytest.raises(MessageNotSent, match=r"1 sent, 1 NOT sent\n.*weather-desk: no such person") as raised:
        tell(ledger.engine, ledger.terms, T, folder)
    assert raised.value.permanent
    assert [person for name, _ in folder.sent for person in [name.rsplit("_", 1)[1]]] == ["street-supervisor"]
    assert waiting(ledger) == 0  # the sweep need not ring for what only a person can mend
    with pytest.raises(MessageNotSent):  # but no run is green before that
        tell(ledger.engine, ledger.terms, T, folder)
    folder.fails.clear()
    assert tell(ledger.engine, ledger.terms, T, folder) == Alerted(sent=1)
    with ledger.engine.connect() as connection:
        failed = select(func.count()).where(tables.messages.c.failure.is_not(None))
        assert connection.execute(failed).scalar_one() == 0


def test_a_passing_failure_is_tried_again(ledger: Ledger, folder: Counting) -> None:
    ledger.breach(T, ["A-1"])
    folder.fails["street-supervisor"] = MessageNotSent("Slack is away", permanent=False)
    with pytest.raises(MessageNotSent) as raised:
        tell(ledger.engine, ledger.terms, T, folder)
    assert not raised.value.permanent
    assert waiting(ledger) == 1
    folder.fails.clear()
    assert tell(ledger.engine, ledger.terms, T, folder) == Alerted(sent=1)


def test_an_undelivered_breach_escalates_all_the_same(ledger: Ledger, folder: Counting) -> None:
    ledger.breach(T, ["A-1"], person="weather-desk")
    folder.fails["weather-desk"] = MessageNotSent("no such person", permanent=True)
    for now in (T, T + 2 * HOUR):
        with pytest.raises(MessageNotSent):
            tell(ledger.engine, ledger.terms, now, folder)
    assert folder.sent == [("2023-12-20T0740_clear-class-a_breached_bureau-head", 1)]


def test_the_same_rounds_write_the_same_files(ledger: Ledger, tmp_path: Path) -> None:
    ledger.breach(T, ["A-1"])
    for name in ("once", "again"):
        with ledger.engine.begin() as connection:
            connection.execute(tables.messages.update().values(told=0))
        tell(ledger.engine, ledger.terms, T, Folder(tmp_path / name))
    first, again = ([p.read_bytes() for p in sorted((tmp_path / n).rglob("*.*"))] for n in ("once", "again"))
    assert len(first) == 2
    assert first == again


def test_thousands_of_units_in_one_message(ledger: Ledger, folder: Counting) -> None:
    ledger.breach(T, [f"A-{n:05}" for n in range(5000)])
    assert tell(ledger.engine, ledger.terms, T, folder).changes == 5000
    assert ledger.messages() == [("breached", "street-supervisor", 1, 1)]


def test_contracts_do_not_mix(ledger: Ledger, folder: Counting) -> None:
    ledger.breach(T, ["A-1"])
    with ledger.engine.begin() as connection:
        connection.execute(tables.flips.update().values(contract="another-city"))
    assert tell(ledger.engine, ledger.terms, T, folder) == Alerted()


def test_what_is_withdrawn_is_unsaid_to_all_who_were_told(ledger: Ledger, folder: Counting, tmp_path: Path) -> None:
    """The head was told in turn: the breach of one street, and then of the other, is none any more."""
    ledger.breach(T, ["A-1", "A-2"])
    tell(ledger.engine, ledger.terms, T, folder)
    tell(ledger.engine, ledger.terms, T + 2 * HOUR, folder)
    ledger.judge(T + 3 * HOUR, ["A-1"], "met", "withdrawn", before="breached.open", reason="done in time")
    assert tell(ledger.engine, ledger.terms, T + 3 * HOUR, folder) == Alerted(changes=1, opened=1, revised=1, sent=2)
    (letter,) = tmp_path.rglob("*_bureau-head.md")
    said = letter.read_text(encoding="utf-8")
    assert (
        "No longer breached: 1 that this message named before." in said
        and "\n2. 12月20日08:40 / 20 December 08:40\n" in said
    )
    ledger.judge(T + 4 * HOUR, ["A-2"], "met", "withdrawn", before="breached.open", reason="done in time")
    tell(ledger.engine, ledger.terms, T + 4 * HOUR, folder)
    said = letter.read_text(encoding="utf-8")
    assert "None of the 2 units that this message named is breached any more." in said
    assert "本消息所列2处均已不再认定为违约。" in said
    assert ledger.messages() == [
        ("breached", "street-supervisor", 1, 1),
        ("breached", "bureau-head", 3, 3),
        ("withdrawn", "street-supervisor", 2, 2),
    ]


def test_a_delivery_that_was_in_time_is_unsaid_to_whom_it_was_escalated(
    ledger: Ledger, folder: Counting, tmp_path: Path
) -> None:
    about = {"obligation": "deliver:plow-log", "trigger": "2023-12-19", "unit_class": None}
    ledger.breach(T, ["plow-log"], reason="not delivered", **about)
    tell(ledger.engine, ledger.terms, T, folder)
    tell(ledger.engine, ledger.terms, T + 2 * HOUR, folder)
    ledger.judge(T + 3 * HOUR, ["plow-log"], "met", "withdrawn", before="breached.open", **about)
    tell(ledger.engine, ledger.terms, T + 3 * HOUR, folder)
    (letter,) = tmp_path.rglob("*_bureau-head.md")
    said = letter.read_text(encoding="utf-8")
    assert "is in breach no longer (due 19 December 16:00)." in said and "另一条消息" not in said


def test_what_is_withdrawn_is_unsaid_to_whoever_answered_before(ledger: Ledger, folder: Counting) -> None:
    """Since then the clause has another supervisor, who hears that it is none; so does the one before."""
    ledger.breach(T, ["A-1"])
    tell(ledger.engine, ledger.terms, T, folder)
    ledger.judge(T + HOUR, ["A-1"], "met", "withdrawn", before="breached.open", person="weather-desk")
    tell(ledger.engine, ledger.terms, T + HOUR, folder)
    assert ledger.messages() == [("breached", "street-supervisor", 2, 2), ("withdrawn", "weather-desk", 1, 1)]


def test_a_lapse_that_comes_back_escalates_from_then_on(ledger: Ledger, folder: Counting, tmp_path: Path) -> None:
    """Withdrawn before anybody had to answer, and back two days later."""
    ledger.breach(T, ["A-1"])
    tell(ledger.engine, ledger.terms, T, folder)
    ledger.judge(T + HOUR, ["A-1"], "met", "withdrawn", before="breached.open", reason="done in time")
    tell(ledger.engine, ledger.terms, T + HOUR, folder)
    back = T + 48 * HOUR
    ledger.breach(back, ["A-1"], before="met")
    assert tell(ledger.engine, ledger.terms, back, folder).escalated == 0
    with ledger.engine.connect() as connection:
        assert next_escalation(connection, ledger.terms, back) == back + 2 * HOUR
    assert tell(ledger.engine, ledger.terms, back + 2 * HOUR, folder).escalated == 1
    (letter,) = tmp_path.rglob("*_bureau-head.md")
    assert "was told on 22 December 05:40; nobody has answered." in letter.read_text(encoding="utf-8")
