"""Citizens' requests from a server of our own that speaks GeoReport v2, with and without its common extensions."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from dutywatch.errors import SourceFailed
from tests.receive.polls import arrived, poll, source, stopped_by
from tests.receive.site import Asked, serving

NOW = datetime(2025, 6, 30, 12, tzinfo=UTC)
JSON = "application/json; charset=utf-8"


@dataclass(frozen=True)
class City:
    """A city's endpoint: `cases` are (id, opened, updated); at most `most` are given in one answer."""

    cases: tuple[tuple[str, datetime, datetime], ...]
    most: int = 1000
    pages: bool = True
    updates: bool = True

    def answer(self, asked: Asked) -> None:
        """GET /requests.json of the standard: a span over 90 days, or none, is a fault of the client."""
        query = asked.query
        by_update = "updated_after" in query
        if asked.path != "/v2/requests.json" or query.get("jurisdiction_id") != "city.example":
            self._fault(asked, 404, "no such jurisdiction or resource")
            return
        after, before = (
            (query["updated_after"], query["updated_before"]) if by_update else (query["start_date"], query["end_date"])
        )
        start, end = datetime.fromisoformat(after), datetime.fromisoformat(before)
        if end - start > timedelta(days=90):
            self._fault(asked, 400, "a span is 90 days at most")
            return
        which = 2 if by_update and self.updates else 1
        found = [case for case in self.cases if start <= case[which] < end]
        begin = (int(query.get("page", "1")) - 1) * self.most if self.pages else 0
        shown = [self._shown(case) for case in found[begin : begin + self.most]]
        asked.reply(json.dumps(shown).encode(), Content_Type=JSON)

    def _shown(self, case: tuple[str, datetime, datetime]) -> dict[str, Any]:
        name, opened, updated = case
        return {
            "service_request_id": name,
            "status": "open",
            "service_code": "snow",
            "requested_datetime": opened.isoformat(),
            "updated_datetime": updated.isoformat(),
        }

    def _fault(self, asked: Asked, status: int, why: str) -> None:
        asked.reply(json.dumps([{"code": status, "description": why}]).encode(), status, Content_Type=JSON)


def cases(count: int, step: timedelta = timedelta(hours=1)) -> tuple[tuple[str, datetime, datetime], ...]:
    """`count` cases, one every `step` before NOW, each updated half an hour after it was opened."""
    opened = [NOW - step * (n + 1) for n in range(count)]
    return tuple((f"c{n}", at, at + timedelta(minutes=30)) for n, at in enumerate(opened))


def ids(found: list[Any]) -> set[str]:
    return {case["service_request_id"] for one in found for case in json.loads(one.read())}


def asked_of(answer: Callable[[Asked], None], since: datetime, **word: Any) -> tuple[list[Any], list[Asked]]:
    told = poll(at=NOW, since=since, simulated=True)
    with serving(answer) as site:
        given = source("open311", {"url": f"{site.address}/v2", "jurisdiction": "city.example", **word}, "json")
        return arrived(given, told), site.asked


def test_requests_updated_since_the_last_poll_are_asked_for_page_by_page() -> None:
    city = City(cases(60), most=10)
    found, asked = asked_of(city.answer, NOW - timedelta(hours=30), updated=True)
    want = {name for name, _, updated in city.cases if updated >= NOW - timedelta(hours=30, minutes=10)}
    assert ids(found) == want and len(want) == 30
    assert {"updated_after", "updated_before"} <= set(asked[0].query)
    assert asked[0].query["updated_after"] == "2025-06-29T05:50:00Z"  # max_lag before the last poll
    assert [one.polled_at for one in found] == [None, None, None, NOW]


def test_a_long_time_is_asked_for_in_windows_of_ninety_days() -> None:
    city = City(cases(400, timedelta(days=1)), most=1000)
    found, asked = asked_of(city.answer, NOW - timedelta(days=400), again=timedelta(0))
    names = ("start_date", "end_date")
    windows = sorted({tuple(datetime.fromisoformat(one.query[name]) for name in names) for one in asked})
    assert ids(found) == {name for name, _, _ in city.cases} and len(windows) == 5
    assert all(end - start <= timedelta(days=90) for start, end in windows)
    assert windows[0][0] == NOW - timedelta(days=400) and windows[-1][1] == NOW
    assert all(earlier[1] == later[0] for earlier, later in pairwise(windows))


def test_without_updates_the_last_weeks_are_asked_for_anew_as_cases_change() -> None:
    found, asked = asked_of(City(cases(48)).answer, NOW - timedelta(hours=1), again=timedelta(days=2))
    assert asked[0].query["start_date"] == "2025-06-28T11:00:00Z" and len(ids(found)) == 48


def test_an_endpoint_without_pages_whose_answer_may_be_cut_is_asked_for_halves() -> None:
    city = City(cases(100), most=10, pages=False)
    found, _ = asked_of(city.answer, NOW - timedelta(hours=100), again=timedelta(0), pages=False, most=10)
    assert ids(found) == {name for name, _, _ in city.cases}
    assert found[-1].polled_at == NOW and all(one.polled_at is None for one in found[:-1])


def test_more_requests_in_a_second_than_one_answer_holds_are_named() -> None:
    same = tuple((f"c{n}", NOW - timedelta(hours=1), NOW) for n in range(20))
    city = City(same, most=10, pages=False)
    with serving(city.answer) as site:
        word = {"url": f"{site.address}/v2", "jurisdiction": "city.example", "pages": False, "most": 10}
        given = source("open311", word, "json")
        with stopped_by(given, SourceFailed, poll(at=NOW, simulated=True)) as found:
            assert "10 requests within a second: the answer may be cut" in found[-1]
            assert all(one.polled_at is None for one in found[:-1])


def test_an_endpoint_that_ignores_pages_repeats_its_first_one_and_is_named() -> None:
    city = City(cases(5), most=10, pages=False)
    with serving(city.answer) as site:
        given = source("open311", {"url": f"{site.address}/v2", "jurisdiction": "city.example"}, "json")
        with stopped_by(given, SourceFailed, poll(at=NOW, simulated=True)) as found:
            assert "page 2 repeats page 1" in found[-1] and len(found) == 2


def test_a_quiet_day_is_an_empty_success_that_completes_its_poll() -> None:
    found, _ = asked_of(City(()).answer, NOW - timedelta(days=1))
    assert [(one.read(), one.polled_at) for one in found] == [(b"[]", NOW)]


@pytest.mark.parametrize("body", [b'{"error": "try later"}', b'[{"service_request_id": "c1"', b""])
def test_a_success_that_is_no_list_of_requests_is_kept_and_named(body: bytes) -> None:
    with serving(lambda asked: asked.reply(body, Content_Type=JSON)) as site:
        given = source("open311", {"url": site.address}, "json")
        with stopped_by(given, SourceFailed) as found:
            assert [one.read() for one in found[:-1]] == [body] and found[0].polled_at is None


def test_a_page_of_html_is_kept_and_refused() -> None:
    with serving(lambda asked: asked.reply(b"<html>", Content_Type="text/html")) as site:
        [one] = arrived(source("open311", {"url": site.address}, "json"))
    assert one.refused and one.read() == b"<html>" and one.polled_at is None
