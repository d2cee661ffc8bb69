"""The pattern *recur* beside its chapter: quarantined rows, doubtful times, dates, measures, when sheets wake.

The tables of tests/spec/chapters/recur.py tell the rules; here is what no table of one street shows.
How events are written here stands in tests/spec/town.py.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dutywatch.ledger.decisions import Decision
from dutywatch.terms.units import Unit
from tests.judge.bench import sheet
from tests.judge.oracle import Unreadable
from tests.spec.town import at, bench, contract, daily, row, seen, sources, verdicts


def sweep(**words: Any) -> dict[str, Any]:
    return {"pattern": "recur", "period": "week", "action": {"stream": "service", "kind": "sweep"}, **words}


def judged(folder: Path, words: dict[str, Any], logs: str, acts: str, as_of: str) -> dict[str, Any]:
    files = daily("log", logs, [row(one) for one in acts.split()])
    return verdicts(bench(folder, contract({"sweep": words}), files), as_of)["U1/2024-W02"]


def test_a_break_cites_the_act_that_it_follows_and_none_that_came_after_the_lapse(tmp_path: Path) -> None:
    """Swept at 10:00 on Thursday, three days after the week began: it lapsed on Wednesday at midnight, of no act's doing."""
    words = sweep(max_gap="PT72H")
    late = judged(tmp_path / "late", words, "8-14", "11T10:00", "15T05:00")
    assert (late["lapsed_at"], late["evidence"]) == (at("11T00:00"), "")
    first = judged(tmp_path / "first", words, "8-14", "8T10:00 11T12:00", "15T05:00")
    assert (first["lapsed_at"], first["evidence"]) == (at("11T10:00"), "log log/8:2")


def test_a_row_that_cannot_be_read_may_be_the_act_of_its_unit(tmp_path: Path) -> None:
    files = daily("log", "8", [], [Unreadable("U1", at("8T09:00"), "sweep")])
    found = verdicts(bench(tmp_path, contract({"sweep": sweep(period="day", times=1)}), files), "9T07:00")
    assert (found["U1/2024-01-08"]["standing"], found["U2/2024-01-08"]["standing"]) == ("unproven", "breached.open")
    assert found["U1/2024-01-08"]["reason"] == "the evidence is incomplete: quarantined row log log/8:2"


def test_a_doubtful_time_is_within_the_day_where_both_readings_are(tmp_path: Path) -> None:
    acts = [row("8T00:30,earlier=7T23:30"), row("8T09:00,unit=U2,earlier=8T08:00")]
    files = daily("log", "7-8", acts)
    found = verdicts(bench(tmp_path, contract({"sweep": sweep(period="day", times=1)}), files), "9T07:00")
    assert found["U1/2024-01-08"]["standing"] == "unproven"
    assert found["U2/2024-01-08"]["standing"] == "met"


def test_a_doubtful_act_on_no_unit_hides_none_on_any(tmp_path: Path) -> None:
    files = daily("log", "8", [row("8T09:00,earlier=8T08:00,unit=")])
    found = verdicts(bench(tmp_path, contract({"sweep": sweep(period="day", times=1)}), files), "9T07:00")
    assert found["U1/2024-01-08"]["standing"] == "breached.open"


def test_a_log_that_outranks_the_inspection_is_believed_at_either_reading(tmp_path: Path) -> None:
    """Swept at 08:00 or 09:00, and said to be dirty at 08:30: by the city's inspector, whom the log outranks or not."""
    refuted = sweep(period="day", times=1, refuted_by={"stream": "inspection", "kind": "dirty"})
    files = [*daily("log", "8", [row("8T09:00,earlier=8T08:00")]), *seen("8T08:30,kind=dirty")]
    for rank, standing in ((1, "unproven"), (3, "met")):
        terms = contract({"sweep": refuted}, sources=sources(log={"rank": rank}))
        found = verdicts(bench(tmp_path / standing, terms, files), "9T07:00")
        assert found["U1/2024-01-08"]["standing"] == standing


def test_periods_are_owed_whole_and_start_within_the_term(tmp_path: Path) -> None:
    """The term begins on Tuesday the 2nd and ends on Wednesday the 31st: the first week is not owed, the last is."""
    found = verdicts(bench(tmp_path, contract({"sweep": sweep(times=1)}), ()), "31T12:00")
    assert sorted(duty for duty in found if duty.startswith("U1")) == [f"U1/2024-W0{n}" for n in (2, 3, 4, 5)]


def test_a_plan_and_a_season_name_their_days(tmp_path: Path) -> None:
    plan = sweep(times=1, period={"plan": {"weekdays": ["mon"], "dates": ["2024-01-10"]}})
    season = sweep(times=1, period={"season": {"from": "01-05", "to": "02-10"}})
    found = verdicts(bench(tmp_path, contract({"plan": plan, "season": season}), ()), "10T12:00")
    assert sorted(duty for duty in found if duty.startswith("U1")) == [
        "U1/2024-01-05..2024-02-10",
        "U1/2024-01-08",
        "U1/2024-01-10",
    ]


def test_units_owe_it_while_they_exist(tmp_path: Path) -> None:
    units = (Unit("U1", "A", None, None, valid_to=at("9T00:00").date()), Unit("U2", "A", None, None))
    files = daily("log", "8-10", [])
    found = verdicts(bench(tmp_path, contract({"sweep": sweep(period="day", times=1)}), files, units), "10T12:00")
    assert "U1/2024-01-09" in found
    assert "U1/2024-01-10" not in found


def test_an_excuse_is_decided_before_the_period_ends(tmp_path: Path) -> None:
    one = bench(tmp_path, contract({"sweep": sweep(period="day", times=1)}), daily("log", "8", []))
    for recorded, standing in (("8T23:00", "excused"), ("9T00:00", "breached.open")):
        excuse = Decision("excuse", "sweep", "U1", "2024-01-08", "a parade", "desk", None, at(recorded))
        rows = one.rows(one.judge(at("9T05:00"), decisions=[excuse]))
        assert rows["town/sweep/U1/2024-01-08"]["standing"] == standing


def test_an_excuse_that_came_too_late_takes_no_evidence_from_another_party(tmp_path: Path) -> None:
    """The firm's own days were too few since the 10th; with the other's, of which the last is the 13th, they are six."""
    acts = [row(f"{day}T09:00{'' if day in (11, 12) else ',actor=others'}") for day in range(8, 14)]
    one = bench(tmp_path, contract({"sweep": sweep(on_days=6)}), daily("log", "8-14", acts))
    excuse = Decision("excuse", "sweep", "U1", None, "a parade", "desk", None, at("11T12:00"))
    found = one.rows(one.judge(at("15T05:00"), decisions=[excuse]))["town/sweep/U1/2024-W02"]
    assert (found["verdict"], found["evidence"]) == ("excused", "log log/13:2")
    assert found["reason"] == "done in time by another party, not to be paid: other"


def test_what_was_measured_and_its_range(tmp_path: Path) -> None:
    """Acts, days, or the longest break in seconds: as known, at least, and at most (None: nobody knows)."""
    hour = 3600.0
    acts = "8T12:00 9T12:00 11T12:00"
    ranges = {}
    for name, words in {"times": sweep(times=5), "days": sweep(on_days=5), "gap": sweep(max_gap="PT24H")}.items():
        for logs in ("8-14", "8-9 11-14"):
            found = judged(tmp_path / f"{name}{len(logs)}", words, logs, acts, "16T12:00")
            ranges[name, logs] = tuple(found[c] for c in ("measured", "measured_low", "measured_high"))
    assert ranges == {
        ("times", "8-14"): (3, 3, 3),
        ("times", "8-9 11-14"): (3, 3, None),
        ("days", "8-14"): (3, 3, 3),
        ("days", "8-9 11-14"): (3, 3, 4),
        ("gap", "8-14"): (84 * hour, 84 * hour, 84 * hour),
        ("gap", "8-9 11-14"): (84 * hour, 84 * hour, 84 * hour),
    }


def test_a_day_that_still_runs_may_yet_be_one_of_them(tmp_path: Path) -> None:
    """Three days are left on the fifth, until it is over. An archive's files cover their days whole, also that one."""
    files = [replace(one, received_at=None) for one in daily("log", "8-14", [])]
    one = bench(tmp_path, contract({"sweep": sweep(on_days=3)}), files)
    running, over = (verdicts(one, as_of)["U1/2024-W02"] for as_of in ("12T18:00", "13T00:00"))
    assert (running["standing"], running["wake_at"]) == ("pending.running", at("13T00:00"))
    assert (over["standing"], over["lapsed_at"]) == ("breached.open", at("13T00:00"))


def test_a_duty_names_when_it_may_change_by_itself(tmp_path: Path) -> None:
    """At risk, due, the proof's due time; with a longest break, the instant after which that is certain."""
    wakes = {
        as_of: judged(tmp_path / as_of.replace(":", ""), sweep(times=1), "", "", as_of)["wake_at"]
        for as_of in ("12T00:00", "13T07:00", "15T00:00", "15T06:00")
    }
    assert wakes == {
        "12T00:00": at("13T06:00"),
        "13T07:00": at("15T00:00"),
        "15T00:00": at("15T06:00"),
        "15T06:00": None,
    }
    soon = judged(tmp_path / "gap", sweep(max_gap="PT1H"), "8@8T12:00", "8T11:30", "8T12:00")
    assert soon["standing"] == "breached.open"
    polled = judged(tmp_path / "days", sweep(on_days=7), "", "", "8T12:00")
    assert polled["wake_at"] == at("13T06:00")


def test_the_next_period_is_noticed(tmp_path: Path) -> None:
    """The newest sheet wakes the contract when the next period begins, even where nothing of it is open."""
    one = bench(
        tmp_path, contract({"sweep": sweep(period="day", times=1)}), daily("log", "8@8T12:00", [row("8T09:00")])
    )
    done = one.judge(at("8T12:00"))
    newest = max((j for j in done.judged if j.obligation == "sweep"), key=lambda j: j.date)
    assert newest.wake_at == datetime(2024, 1, 8, 10, tzinfo=UTC)  # U2 is at risk
    later = one.judge(at("31T23:00"))
    assert max((j for j in later.judged if j.obligation == "sweep"), key=lambda j: j.date).wake_at == at(
        "31T23:59"
    ).replace(day=1, month=2, hour=0, minute=0)
    again = one.judge(at("31T23:00"), [sheet(j) for j in later.judged])
    assert not [j for j in again.judged if j.obligation == "sweep"]


def test_periods_of_an_amendment_are_noticed_before_it_holds(tmp_path: Path) -> None:
    """From the 20th on it is owed by the week: on the 9th no week that begins before it is owed, nor is February."""
    change = {"obligation": "sweep", "clause": "§2", "from": "2024-01-20", "by": ["desk", "chief"]}
    people = {"desk": {"name": {"en": "Desk"}}, "chief": {"name": {"en": "Chief"}}}
    terms = contract(
        {"sweep": sweep(period="month", times=1)},
        term={"from": "2024-01-01", "to": "2024-03-31"},
        amendments=[{**change, "recorded": "2024-01-02", "change": {"period": "week"}}],
        people=people,
    )
    found = bench(tmp_path, terms, ()).judge(at("9T12:00"))
    assert [one.wake_at for one in found.judged if one.obligation == "sweep"] == [at("22T00:00")]


def test_the_log_of_a_month_is_not_overdue_while_the_month_lasts(tmp_path: Path) -> None:
    """No time is stated at which it is due: then it is when it is over, as a day's log is when the day is."""
    monthly = sources(log={"path": "{month}.csv", "due": None})
    terms = contract({"sweep": sweep(period="day", times=1, silence="breached")}, sources=monthly)
    one, february = bench(tmp_path, terms, ()), datetime(2024, 1, 31, 16, tzinfo=UTC)
    waiting = verdicts(one, "31T12:00")["U1/2024-01-08"]
    assert (waiting["standing"], waiting["wake_at"]) == ("pending.overdue", february)
    rows = one.rows(one.judge(february))
    assert rows["town/sweep/U1/2024-01-08"]["standing"] == "breached.open"


def test_silence_of_a_log_that_is_not_owed_yet_breaches_nothing(tmp_path: Path) -> None:
    """The log is owed from the 8th on, the sweeping from the 2nd."""
    terms = contract({"sweep": sweep(period="day", times=1, silence="breached")})
    found = verdicts(bench(tmp_path, terms, ()), "10T07:00")
    assert [found[f"U1/2024-01-0{day}"]["standing"] for day in (7, 8)] == ["unproven", "breached.open"]
    waiting = verdicts(bench(tmp_path / "early", terms, ()), "4T00:00")
    assert waiting["U1/2024-01-03"]["standing"] == "unproven"


def test_what_was_done_before_it_was_seen_undone_is_not_denied(tmp_path: Path) -> None:
    """Swept at 08:00, seen dirty at 12:00: the log shows an act, and none after that."""
    refuted = sweep(period="day", times=1, refuted_by={"stream": "inspection", "kind": "dirty"})
    files = [*daily("log", "8", [row("8T08:00")]), *seen("8T12:00,kind=dirty")]
    found = verdicts(bench(tmp_path, contract({"sweep": refuted}), files), "9T07:00")["U1/2024-01-08"]
    assert found["standing"] == "breached.open"
    assert found["reason"] == "seen undone, and complete logs show no later act in the period"
