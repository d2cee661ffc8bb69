"""Verdict rows depend neither on the order of arrival nor on how often one judged, nor on the machine's threads.

DESIGN section 6, "replaying is free": a contract that is judged at every arrival must end with the rows of one that
is judged once, at the end, with all evidence before it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dutywatch.clock import midnight
from dutywatch.judge import Judgement, judgement
from dutywatch.judge.coverage import END
from dutywatch.lake import connect
from dutywatch.ledger.evaluations import Sheet
from dutywatch.terms.contract import Contract
from dutywatch.terms.units import Unit
from tests.judge import test_letter as letter
from tests.judge import test_oracle_windows, window_traces
from tests.judge.bench import Bench, set_up, sheet
from tests.judge.oracle import File, Row, Trace, Unreadable
from tests.judge.oracle_windows import Entry
from tests.judge.test_letter import POLLED, at, file, part
from tests.judge.test_oracle import CASES, SAME, turning_points
from tests.judge.test_oracle_tables import contract, hour, recur
from tests.judge.traces import DAYS, HOUR, around, dated, sha, source, traces

WEATHER = source("condition", "weather-service", "{part}.csv", redelivery="append")
PATTERNS = ("respond", "recur", "attain", "keep")
Digests = dict[tuple[str, date], str]
NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"  # SHA-256 of no rows


def digests(judged: Judgement) -> Digests:
    """The canonical digest of every sheet that a judgement judged."""
    return {(one.obligation, one.date): one.digest for one in judged.judged}


def replayed(bench: Bench, moments: Sequence[datetime]) -> Digests:
    """Judge at every one of `moments`, each time upon the sheets recorded before; the digests at the end."""
    recorded: dict[tuple[str, date], Sheet] = {}
    for as_of in moments:
        found = bench.judge(as_of, list(recorded.values()))
        recorded |= {(one.obligation, one.date): sheet(one) for one in found.judged}
    return {key: one.digest for key, one in recorded.items() if one.digest != NOTHING}


def drawn(data: st.DataObject, pattern: str) -> tuple[Trace, list[datetime]]:
    """A trace of some pattern in which every file says when it arrived, and the instants at which verdicts may turn."""
    if pattern == "respond":
        trace = dated(data.draw(traces()))
        return trace, turning_points(trace)
    trace = dated(data.draw(window_traces.traces(pattern)))  # type: ignore[arg-type]
    return trace, test_oracle_windows.turning_points(pattern, trace)  # type: ignore[arg-type]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_any_order_of_arrival_gives_the_same_digests(pattern: str) -> None:
    @settings(max_examples=CASES // 10, derandomize=SAME, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def alike(data: st.DataObject) -> None:
        trace, points = drawn(data, pattern)
        as_of = data.draw(st.sampled_from(points))
        with tempfile.TemporaryDirectory() as folder:
            bench = set_up(Path(folder), trace)
            shuffled = data.draw(st.permutations(bench.accepted))
            first, second = bench.judge(as_of), bench.judge(as_of, accepted=shuffled)
            assert digests(first) == digests(second)
            assert [one.inputs for one in first.judged] == [one.inputs for one in second.judged]

    alike()


@pytest.mark.parametrize("pattern", PATTERNS)
def test_many_evaluations_end_where_one_would(pattern: str) -> None:
    @settings(max_examples=CASES // 10, derandomize=SAME, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def alike(data: st.DataObject) -> None:
        trace, found = drawn(data, pattern)
        points = sorted(set(found))
        start = data.draw(st.integers(0, len(points) - 1))
        moments = sorted({data.draw(around(point)) for point in points[start : start + 5]})
        with tempfile.TemporaryDirectory() as folder:
            bench = set_up(Path(folder), trace)
            once = {key: found for key, found in digests(bench.judge(moments[-1])).items() if found != NOTHING}
            assert replayed(bench, moments) == once

    alike()


def a_town(units: int, rng: Random) -> Trace:
    """A town large enough that DuckDB shares its work among threads: every unit plowed, inspected and mistyped."""
    daily = {"from": "2024-01-10", "due": "06:00 next day"}
    measured = {"at": "at", "kind": "kind", "depth": "depth"}
    contract = Contract.model_validate(
        {
            "contract": "town",
            "title": {"en": "Town"},
            "authority": {"id": "city", "name": {"en": "City"}},
            "contractors": [{"id": "firm", "name": {"en": "Firm"}}],
            "term": {"from": "2024-01-10", "to": "2024-12-31"},
            "timezone": "Asia/Shanghai",
            "people": {"desk": {"name": {"en": "Desk"}}},
            "units": {"file": "units.csv", "key": "id"},
            "sources": {
                "weather": source("condition", "weather-service", "{service_date}.csv", columns=measured, **daily),
                "log-0": source("service", "firm", "{service_date}.csv", rank=1, **daily),
                "log-1": source("service", "city", "{service_date}.csv", rank=1, **daily),
                "seen-0": source("inspection", "city", "{part}.csv", rank=1, redelivery="append"),
            },
            "obligations": {
                "clear": {
                    "title": {"en": "Cleared"},
                    "clause": "§1",
                    "party": "firm",
                    "pattern": "respond",
                    "trigger": {"stream": "condition", "kind": "snow", "merge_gap": "PT4H"},
                    "clock": {"from": "trigger.end", "early": "PT4H"},
                    "action": {"stream": "service", "kind": {"all": ["plow", "haul"]}},
                    "refuted_by": {"stream": "inspection", "kind": "covered"},
                    "within": "PT18H",
                    "supervisor": "desk",
                }
            },
        }
    )
    register = tuple(Unit(f"U{n:05}", "A", "W1", 100.0) for n in range(units))
    return Trace(contract, register, tuple(_files(contract, register, rng)))


def _files(contract: Contract, register: Sequence[Unit], rng: Random) -> Iterator[File]:
    first = midnight(date(2024, 1, 10), contract.zone)
    for index in range(DAYS):
        start, end = first + index * 24 * HOUR, first + (index + 1) * 24 * HOUR
        day = date(2024, 1, 10) + timedelta(days=index)
        snow = (Row(start + 2 * HOUR, None, "snow"), Row(start + 5 * HOUR, None, "snow"))
        yield File("weather", f"weather/{day}.csv", sha("w", day), day, end + HOUR, snow)
        for name in ("log-0", "log-1"):
            acts = tuple(Row(start + rng.randrange(24) * HOUR, u.id, rng.choice(["plow", "haul"])) for u in register)
            bad = tuple(Unreadable(u.id, None, None) for u in rng.sample(register, len(register) // 20))
            yield File(name, f"{name}/{day}.csv", sha(name, day), day, end + HOUR, acts, bad)
        seen = tuple(Row(start + rng.randrange(24) * HOUR, u.id, "covered") for u in rng.sample(register, 200))
        yield File("seen-0", f"seen-0/{day}.csv", sha("s", day), None, end + HOUR, seen)


def test_threads_and_arrival_do_not_show_in_a_large_judgement(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = Random(1)  # noqa: S311 - test data
    bench = set_up(tmp_path, a_town(3000, rng))
    as_of = datetime.fromisoformat("2024-01-15T00:00:00+08:00")
    found = []
    for threads in (1, 2, 2):
        monkeypatch.setattr(judgement, "connect", partial(connect, threads=threads))
        accepted = rng.sample(bench.accepted, len(bench.accepted))
        found.append(digests(bench.judge(as_of, accepted=accepted)))
    assert found[0] == found[1] == found[2]
    assert len(found[0]) == DAYS + 3 * (DAYS + 2)  # and of each dated source, every day that has begun


def test_a_poll_that_shows_nothing_new_settles_what_was_unproven(tmp_path: Path) -> None:
    """Its rows are older than every window, but that nothing newer stands in it is evidence."""
    terms = letter.contract({"weather": WEATHER, "log": source("service", "firm", "{part}.csv", **POLLED)})
    old = Row(at(10, 8), "U0", "plow")
    files = (
        part("weather", at(11, 1), Row(at(11, 1), None, "snow")),
        part("log", at(10, 10), replace(old, seen_at=at(10, 10))),
        part("log", at(12, 0), replace(old, seen_at=at(11, 23))),
    )
    bench = set_up(tmp_path, Trace(terms, (Unit("U0", None, None, 1.0),), files))
    moments = [at(11, 22), at(12, 0)]
    once = bench.judge(moments[1])
    assert replayed(bench, moments) == digests(once)
    assert {row["verdict"] for row in bench.rows(once).values()} == {"breached"}


def test_an_earlier_poll_that_comes_late_settles_what_was_unproven(tmp_path: Path) -> None:
    """It shows nothing of the clock's time, but that the source was asked before: nothing is missing from then on."""
    terms = letter.contract({"weather": WEATHER, "log": source("service", "firm", "{part}.csv", **POLLED)})
    old = Row(at(9, 8), "U0", "plow")
    early = replace(part("log", at(10, 10), replace(old, seen_at=at(10, 10))), received_at=at(13, 0))
    files = (
        part("weather", at(11, 1), Row(at(11, 1), None, "snow")),
        part("log", at(11, 5), replace(old, seen_at=at(11, 5))),
        part("log", at(12, 0), replace(old, seen_at=at(11, 23))),
        early,
    )
    bench = set_up(tmp_path, Trace(terms, (Unit("U0", None, None, 1.0),), files))
    moments = [at(12, 23), at(13, 0)]
    once = bench.judge(moments[1])
    assert replayed(bench, moments) == digests(once)
    assert {row["verdict"] for row in bench.rows(once).values()} == {"breached"}


def test_a_row_that_nobody_can_read_speaks_of_later_days_too_when_it_comes_late(tmp_path: Path) -> None:
    """It stands in the log of the 9th, which came on the 13th: it may tell of an act that was done on the 11th."""
    columns = {"at": "at", "unit": "unit", "kind": "kind", "done_at": "done_at"}
    action = {"stream": "service", "kind": "plow", "at": "done_at"}
    log = source("service", "firm", "{service_date}.csv", columns=columns, **letter.DAILY)
    torn = file("log", 9, bad=[Unreadable("U0", at(9, 5), "plow")], received=at(13, 12))
    snow = part("weather", at(11, 2), Row(at(11, 1), None, "snow"))
    files = (snow, *(file("log", day) for day in (10, 11, 12)), torn)
    terms = letter.contract({"weather": WEATHER, "log": log}, action=action)
    bench = set_up(tmp_path, Trace(terms, (Unit("U0", None, None, 1.0),), files))
    moments = [at(13, 10), at(13, 12)]
    once = bench.judge(moments[1])
    assert replayed(bench, moments) == digests(once)
    assert {row["verdict"] for row in bench.rows(once).values()} == {"unproven"}


def test_what_is_done_after_a_reset_is_no_evidence_of_the_duty_that_was_reset(tmp_path: Path) -> None:
    """It snowed on the 10th and anew on the 11th; it was plowed on the 14th, when the first sheet was settled."""
    snow = part("weather", at(11, 22), Row(at(10, 20), None, "snow"), Row(at(11, 5), None, "snow"))
    logs = [*(file("log", day) for day in (10, 11, 12, 13)), file("log", 14, [Row(at(14, 9), "U0", "plow")])]
    terms = letter.contract({"weather": WEATHER, "log": letter.LOG}, reset={"at_most": "PT72H"})
    bench = set_up(tmp_path, Trace(terms, (Unit("U0", None, None, 1.0),), (snow, *logs)))
    moments = [at(13, 6), at(15, 6)]
    once = bench.judge(moments[1])
    assert replayed(bench, moments) == digests(once)
    assert [row["standing"] for row in bench.rows(once).values()] == ["void.reset", "breached.cured"]


def test_a_poll_after_a_duty_is_settled_tells_that_nothing_is_missing(tmp_path: Path) -> None:
    """It was asked at 05:00 and at 20:00; all that the second poll shows is younger than the duty, due at 19:00."""
    log = source("service", "firm", "{part}.csv", **{**POLLED, "polls": {"max_lag": "PT1H", "shows": "all"}})
    rows = [Row(at(10, 21), "U0", "plow", seen_at=at(10, 22)), Row(at(11, 4), "U0", "plow", seen_at=at(11, 5))]
    rows.append(Row(at(11, 19.5), "U0", "plow", seen_at=at(11, 20.5)))
    polls = [part("log", row.seen_at, row) for row in rows if row.seen_at]
    snow = part("weather", at(11, 2), Row(at(11, 1), None, "snow"))
    terms = letter.contract({"weather": WEATHER, "log": log})
    bench = set_up(tmp_path, Trace(terms, (Unit("U0", None, None, 1.0),), (snow, *polls)))
    moments = [at(11, 20), at(11, 21)]
    once = bench.judge(moments[1])
    assert replayed(bench, moments) == digests(once)
    assert [(row["verdict"], row["coverage"]) for row in bench.rows(once).values()] == [("met", 1.0)]


@pytest.mark.parametrize("done", [True, False])
def test_coverage_does_not_show_when_one_judged(done: bool, tmp_path: Path) -> None:
    """A log that came in the middle of the day covers half of it; the other half passes without new evidence."""
    acts = [Row(at(11, 2), "U0", "plow")] if done else []
    files = (part("weather", at(11, 1), Row(at(11, 1), None, "snow")), file("log", 11, acts, received=at(11, 5)))
    log = source("service", "firm", "{service_date}.csv")
    terms = letter.contract({"weather": WEATHER, "log": log})
    bench = set_up(tmp_path, Trace(terms, (Unit("U0", None, None, 1.0),), files))
    moments = [at(11, 6), at(11, 9)]
    assert replayed(bench, moments) == digests(bench.judge(moments[1]))


def test_a_namesake_that_comes_later_changes_how_a_delivery_is_cited_everywhere(tmp_path: Path) -> None:
    """Both logs are called alike and count side by side; the second says nothing about the day of the first."""
    log = source("service", "firm", "{part}.csv", redelivery="append")
    snow = part("weather", at(11, 2), Row(at(11, 1), None, "snow"))
    logs = [File("log", "log.csv", sha(day), None, at(day, 10), (Row(at(day, 9), "U0", "plow"),)) for day in (11, 13)]
    trace = Trace(letter.contract({"weather": WEATHER, "log": log}), (Unit("U0", None, None, 1.0),), (snow, *logs))
    bench = set_up(tmp_path, trace)
    moments = [at(12, 1), at(14, 1)]
    once = bench.judge(moments[1])
    assert replayed(bench, moments) == {key: one for key, one in digests(once).items() if one != NOTHING}
    (row,) = bench.rows(once).values()
    assert row["evidence"] == f"log log.csv@{logs[0].sha256[:12]}:2"


@pytest.mark.parametrize("worked", [False, True])
def test_what_a_row_measures_grows_with_evidence_not_with_time(worked: bool, tmp_path: Path) -> None:
    """Of a week that still runs: the longest stretch without an act, as far as logs came."""
    terms = contract(recur(period={"each": "week"}, max_gap="PT48H"))
    acts = (Entry(hour(30), unit="U0", kind="plow"),) if worked else ()
    files = tuple(
        File("log", f"{day}", f"{day}", hour(24 * day).date(), hour(24 * day + 28), acts if day == 1 else ())
        for day in range(3)
    )
    bench = set_up(tmp_path, Trace(terms, (Unit("U0", None, None, 1.0),), files))
    moments = [hour(at) for at in (76, 80, 160, 168, 200)]
    first = bench.judge(moments[0])
    (row,) = bench.rows(first).values()
    hours = row["measured"] / 3600, row["measured_low"] / 3600  # after the act logs came of 42 more
    assert (row["verdict"], *hours) == (("pending", 42, 42) if worked else ("breached", 72, 72))
    assert replayed(bench, moments[:2]) == digests(bench.judge(moments[1]))
    assert row["wake_at"] == hour(84 if worked else 168)  # at risk, or the end of the week
    assert replayed(bench, moments) == digests(bench.judge(moments[-1]))


def first_heard(trace: Trace, folder: Path, before: datetime, until: datetime) -> list[datetime]:
    """When the sheets that a judgement at `before` leaves ask to be judged again, each time upon those before."""
    bench = set_up(folder, trace)
    recorded: dict[tuple[str, date], Sheet] = {}
    now, heard = before, []
    while now <= until:
        found = bench.judge(now, list(recorded.values()), since=END)
        recorded |= {(one.obligation, one.date): sheet(one) for one in found.judged}
        heard.append(now)
        now = min((one.wake_at for one in recorded.values() if one.wake_at), default=END)
    fresh = {key: one for key, one in digests(bench.judge(until, since=END)).items() if one != NOTHING}
    assert {key: one.digest for key, one in recorded.items() if one.digest != NOTHING} == fresh
    return heard[1:]


def test_before_there_is_any_duty_the_first_period_is_noticed_as_it_begins(tmp_path: Path) -> None:
    """A contract that is judged two days before its term, in which the street is swept within every day."""
    terms = contract(recur(period={"each": "day"}, times=1))
    begins = midnight(terms.term.from_, terms.zone)
    trace = Trace(terms, (Unit("U0", None, None, 1.0),), ())
    heard = first_heard(trace, tmp_path, begins - timedelta(days=2), begins + timedelta(hours=1))
    assert heard == [begins]


def test_before_there_is_any_duty_other_words_are_noticed_as_they_are_recorded(tmp_path: Path) -> None:
    """A shower of sleet on the 11th is no snow, until an amendment that is recorded on the 13th says so."""
    change = {"trigger": {"stream": "condition", "kind": ["snow", "sleet"], "merge_gap": "PT4H"}}
    terms = letter.contract({"weather": WEATHER, "log": letter.LOG})
    amendment = {
        "obligation": "clear",
        "clause": "§9",
        "change": change,
        "from": "2024-01-11",
        "recorded": "2024-01-13",
    }
    people = ["desk", "head"]
    terms = Contract.model_validate(
        terms.model_dump(mode="json", by_alias=True, exclude_unset=True)
        | {"amendments": [amendment | {"by": people}], "people": {name: {"name": {"en": name}} for name in people}}
    )
    sleet = part("weather", at(11, 2), Row(at(11, 1), None, "sleet"))
    trace = Trace(terms, (Unit("U0", None, None, 1.0),), (sleet, *(file("log", day) for day in (10, 11, 12))))
    assert first_heard(trace, tmp_path, at(12, 12), at(13, 1)) == [at(13, 0)]
