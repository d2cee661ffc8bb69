"""Deliveries, found by the times of which they say anything: every sheet of a long season asks for its own."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate

from dutywatch.judge.coverage import BEGINNING, END
from dutywatch.ledger.deliveries import Accepted

Interval = tuple[datetime, datetime]


@dataclass(frozen=True)
class Timeline:
    """Some deliveries with the stretches of time of which each speaks.

    `order` are their numbers in order of `begins`; `ends`: until when one or any before it speaks. `anytime`: the
    numbers of those that may speak of any.
    """

    given: Sequence[Accepted]
    spans: Sequence[Sequence[Interval]]
    order: Sequence[int]
    begins: Sequence[datetime]
    ends: Sequence[datetime]
    anytime: frozenset[int]

    @classmethod
    def of(cls, given: Sequence[Accepted], stated: Callable[[Accepted], Iterable[Interval]] = lambda _: ()) -> Timeline:
        """Of these deliveries, in any order; `stated` are further stretches of which one's rows speak."""
        spans = [[*_times(one), *stated(one)] for one in given]
        edges = sorted(
            (min(start for start, _ in some), max(stop for _, stop in some), number)
            for number, some in enumerate(spans)
            if some
        )
        begins, order = [start for start, _, _ in edges], [number for _, _, number in edges]
        ends = list(accumulate((stop for _, stop, _ in edges), max))
        anytime = frozenset(number for number, one in enumerate(given) if _of_any_time(one))
        return cls(given, spans, order, begins, ends, anytime)

    def touching(self, begins: datetime, ends: datetime | None) -> Iterator[Accepted]:
        """Those that say anything about [begins, ends), in the order given."""
        first = bisect_left(self.ends, begins)
        last = len(self.begins) if ends is None else bisect_right(self.begins, ends)
        some = (number for number in self.order[first:last] if _meet(self.spans[number], begins, ends))
        return (self.given[number] for number in sorted({*some, *self.anytime}))


def touches(one: Accepted, begins: datetime, ends: datetime | None) -> bool:
    """Whether a delivery says anything about [begins, ends): by what it covers, or by what its rows name."""
    return _of_any_time(one) or _meet(_times(one), begins, ends)


def spoken_of(one: Accepted) -> Interval:
    """The time of which a delivery speaks; any, where it does not say."""
    return one.covers_from or BEGINNING, one.covers_to or END


def told_of(one: Accepted) -> Interval:
    """When what a row tells in another column than `at` may have been: as `spoken_of`, and until the delivery came."""
    first, last = spoken_of(one)
    return first, max(last, one.received_at or END)


def _of_any_time(one: Accepted) -> bool:
    """Whether a row without a readable time may speak of any."""
    return bool(one.quarantined) and one.covers_from is None


def _times(one: Accepted) -> list[Interval]:
    """From when until when a delivery speaks: by what it covers, and by what its rows name."""
    pairs = ((one.covers_from, one.covers_to), (one.first_at, one.last_at))
    return [(start, stop) for start, stop in pairs if start is not None and stop is not None]


def _meet(spans: Iterable[Interval], begins: datetime, ends: datetime | None) -> bool:
    return any(stop >= begins and (ends is None or start <= ends) for start, stop in spans)
