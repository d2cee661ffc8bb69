"""What was delivered about a stretch of time: found without asking every delivery, and none is missed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from dutywatch.judge.coverage import BEGINNING
from dutywatch.judge.timeline import Timeline, touches
from dutywatch.ledger.deliveries import Accepted

NOON = datetime(2024, 1, 15, 12, tzinfo=UTC)
Span = tuple[datetime | None, datetime | None]
HOURS = st.integers(0, 12).map(lambda hours: NOON + timedelta(hours=hours))
SPANS: st.SearchStrategy[Span] = st.one_of(
    st.just((None, None)), st.tuples(HOURS, HOURS).map(lambda both: (min(both), max(both)))
)


def delivery(number: int, covers: Span, named: Span = (None, None), quarantined: int = 0) -> Accepted:
    """A delivery that covers one stretch of time, and whose rows name another."""
    return Accepted(
        id=number,
        source="log",
        name=f"{number}.csv",
        sha256=f"{number:064x}",
        service_date=None,
        received_at=None,
        accepted=1,
        quarantined=quarantined,
        accepted_file="",
        quarantine_file="",
        refused=None,
        covers_from=covers[0],
        covers_to=covers[1],
        first_at=named[0],
        last_at=named[1],
        rules="",
    )


@st.composite
def deliveries(draw: st.DrawFn, number: int) -> Accepted:
    """One that covers a stretch, or none, and whose rows name some times, or none."""
    return delivery(number, draw(SPANS), draw(SPANS), draw(st.integers(0, 1)))


@given(st.data(), st.integers(0, 8), st.one_of(st.just(BEGINNING), HOURS), st.one_of(st.none(), HOURS))
def test_whatever_touches_a_stretch_is_found_in_the_order_given(
    data: st.DataObject, count: int, begins: datetime, ends: datetime | None
) -> None:
    received = [data.draw(deliveries(number)) for number in range(count)]
    found = list(Timeline.of(received).touching(begins, ends))
    assert found == [one for one in received if touches(one, begins, ends)]


def test_a_stretch_touches_what_begins_and_ends_with_it_and_no_more() -> None:
    """By hand: a delivery of [12:00, 13:00], one of [14:00, 15:00], asked for [13:00, 14:00) and for an hour more."""
    hour = timedelta(hours=1)
    first, second = (delivery(n, (NOON + n * hour, NOON + (n + 1) * hour)) for n in (0, 2))
    timeline = Timeline.of([second, first])
    assert list(timeline.touching(NOON + hour, NOON + hour)) == [first]
    assert list(timeline.touching(NOON + hour, NOON + 2 * hour)) == [second, first]
    assert list(timeline.touching(NOON + 4 * hour, None)) == []
    # one that covers [12:00, 13:00], and whose rows name times from 17:00 to 18:00, says nothing of what lies between
    around = delivery(4, (NOON, NOON + hour), (NOON + 5 * hour, NOON + 6 * hour))
    assert list(Timeline.of([around]).touching(NOON + 2 * hour, NOON + 3 * hour)) == []
    assert list(Timeline.of([around]).touching(NOON + 2 * hour, NOON + 5 * hour)) == [around]
    # one that covers [12:00, 13:00], and whose rows name times from 17:00 to 18:00, says nothing of what lies between
    around = delivery(4, (NOON, NOON + hour), (NOON + 5 * hour, NOON + 6 * hour))
    assert list(Timeline.of([around]).touching(NOON + 2 * hour, NOON + 3 * hour)) == []
    assert list(Timeline.of([around]).touching(NOON + 2 * hour, NOON + 5 * hour)) == [around]
