"""HTTP as it is: errors that pass, halves, circles, log-in pages, servers that never end and clocks set wrong."""

from __future__ import annotations

import gzip
import logging
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote_plus

import pytest

from dutywatch.errors import DeliveryRefused, SourceFailed, SourceUnreachable
from dutywatch.ledger.deliveries import Answer
from dutywatch.receive.web import exchange, patience
from tests.receive.polls import arrived, poll, source, stopped_by
from tests.receive.site import Asked, Site, serving, stamp

HEADER = b"time,kind\n"
SECRET = "hush/+&"  # noqa: S105 - the tests' own
ROW = b"2025-01-05T10:00:00Z,snowfall\n"


@pytest.fixture(autouse=True)
def _no_long_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "_FIRST_PAUSE", 0.01)


def http(site: Site, path: str = "/log.csv", form: str = "csv", **word: Any) -> Any:
    return source("http", {"url": site.address + path, **word}, form)


def test_one_answer_is_one_delivery_that_completes_its_poll() -> None:
    modified = "Sun, 05 Jan 2025 10:00:00 GMT"
    with serving(lambda asked: asked.reply(HEADER + ROW, ETag='"1"', Last_Modified=modified)) as site:
        told = poll()
        [one] = arrived(http(site), told)
    assert one.read() == HEADER + ROW and one.polled_at == told.at and not one.quiet and one.refused is None
    assert one.answer == Answer(f"{site.address}/log.csv", '"1"', modified)


def test_what_did_not_change_is_asked_for_by_its_validators_and_is_still_a_poll() -> None:
    def answer(asked: Asked) -> None:
        asked.reply(status=304 if asked.headers.get("if-none-match") == '"1"' else 200, ETag='"1"', Content_Length=None)

    with serving(answer) as site:
        url = f"{site.address}/log.csv"
        [one] = arrived(http(site), poll(answers={url: Answer(url, '"1"', "Sun, 05 Jan 2025 10:00:00 GMT")}))
    assert one.quiet and one.polled_at and one.read() == b"" and one.answer and one.answer.etag == '"1"'
    assert site.asked[0].headers["if-modified-since"] == "Sun, 05 Jan 2025 10:00:00 GMT"


def test_no_content_is_an_empty_success_and_a_poll() -> None:
    with serving(lambda asked: asked.reply(status=204, Content_Length=None)) as site:
        [one] = arrived(http(site))
    assert one.quiet and one.polled_at


def test_a_header_alone_is_an_empty_success_whose_bytes_are_kept() -> None:
    with serving(lambda asked: asked.reply(HEADER)) as site:
        [one] = arrived(http(site))
    assert not one.quiet and one.polled_at and one.read() == HEADER


def test_too_many_requests_is_waited_for_as_long_as_the_server_asks() -> None:
    def answer(asked: Asked) -> None:
        if asked.number == 1:
            asked.reply(b"slower", 429, Retry_After="1")
        else:
            asked.reply(HEADER + ROW)

    began = time.monotonic()
    with serving(answer) as site:
        assert len(arrived(http(site))) == 1
    assert len(site.asked) == 2 and time.monotonic() - began >= 1


def test_a_retry_after_that_is_an_instant_counts_from_the_servers_own_clock() -> None:
    """A server three hours slow asks for one second; ours would wait for nothing, or for three hours."""
    slow = datetime.now(UTC) - timedelta(hours=3)

    def answer(asked: Asked) -> None:
        if asked.number == 1:
            asked.reply(b"", 503, Date=stamp(slow), Retry_After=stamp(slow + timedelta(seconds=1)))
        else:
            asked.reply(HEADER + ROW)

    began = time.monotonic()
    with serving(answer) as site:
        arrived(http(site))
    assert 0.9 <= time.monotonic() - began < 5


def test_a_pause_longer_than_our_patience_ends_the_poll_at_once() -> None:
    with serving(lambda asked: asked.reply(b"", 429, Retry_After="3600")) as site:
        given = http(site)
        with stopped_by(given, SourceFailed) as found:
            assert found == [f"{site.address}/log.csv: answers 429, come back in 3600 s; asked again then"]
    assert len(site.asked) == 1


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408])
def test_a_servers_passing_state_is_asked_again_and_then_named(status: int) -> None:
    with serving(lambda asked: asked.reply(b"", status)) as site:
        given = http(site)
        with stopped_by(given, SourceFailed) as found:
            assert found[-1].endswith(f"answers {status} (3 attempts)")
    assert len(site.asked) == 3


@pytest.mark.parametrize("status", [400, 404, 410, 418, 202, 206, 304])
def test_a_refusal_a_promise_a_part_or_an_unasked_304_is_no_answer_and_not_asked_again(status: int) -> None:
    with serving(lambda asked: asked.reply(b"", status)) as site:
        given = http(site)
        with stopped_by(given, SourceFailed) as found:
            assert f"answers {status}" in found[-1]
    assert len(site.asked) == 1


def test_a_wrong_secret_is_the_operators() -> None:
    with serving(lambda asked: asked.reply(b"", 401)) as site:
        given = http(site)
        with stopped_by(given, SourceUnreachable) as found:
            assert "is the secret right" in found[-1]


def test_half_a_body_is_asked_for_again_and_only_the_whole_one_counts() -> None:
    def answer(asked: Asked) -> None:
        asked.reply(HEADER + ROW[: 5 if asked.number == 1 else None], Content_Length=str(len(HEADER + ROW)))

    with serving(answer) as site:
        [one] = arrived(http(site))
    assert one.read() == HEADER + ROW and len(site.asked) == 2


def test_a_body_that_stays_half_is_no_delivery() -> None:
    with serving(lambda asked: asked.reply(HEADER, Content_Length="1000")) as site:
        given = http(site)
        with stopped_by(given, SourceFailed) as found:
            assert found[0].endswith("the body ends before its declared end (3 attempts)") and len(found) == 1


@pytest.mark.parametrize("chunks", [b"a\r\ntime,kind\n\r\n", b"a\r\ntime,kind\n\r\nzz\r\n", b"-1\r\n"])
def test_chunks_that_break_off_are_no_delivery(chunks: bytes) -> None:
    def answer(asked: Asked) -> None:
        asked.head(200, Content_Type="text/csv", Transfer_Encoding="chunked")
        asked.line.write(chunks)

    with serving(answer) as site:
        given = http(site, patience={"attempts": 1, "read": timedelta(seconds=1)})
        with stopped_by(given, SourceFailed) as found:
            assert len(found) == 1


def test_a_compressed_body_that_breaks_off_is_no_delivery() -> None:
    packed = gzip.compress(HEADER + ROW * 1000)[:-20]
    with serving(lambda asked: asked.reply(packed, Content_Encoding="gzip")) as site:
        given = http(site)
        with stopped_by(given, SourceFailed) as found:
            assert len(found) == 1


def test_a_log_in_page_that_comes_as_success_is_kept_and_refused_and_completes_nothing() -> None:
    with serving(lambda asked: asked.reply(b"<html>log in</html>", Content_Type="text/html; charset=utf-8")) as site:
        [one] = arrived(http(site))
    assert one.refused == "the answer declares itself text/html, and csv was asked for"
    assert one.read() == b"<html>log in</html>" and one.polled_at is None


def test_a_content_type_that_the_contract_declares_is_taken() -> None:
    with serving(lambda asked: asked.reply(HEADER, Content_Type="application/x-log")) as site:
        [one] = arrived(http(site, content_type=["application/x-log"]))
    assert one.refused is None


def test_a_packed_file_keeps_its_ending_by_which_it_is_unpacked_unless_the_transfer_was_packed() -> None:
    packed = gzip.compress(HEADER + ROW)
    with serving(lambda asked: asked.reply(packed, Content_Type="application/gzip")) as site:
        [one] = arrived(http(site, "/log.csv.gz"))
    assert one.name.endswith("-0001.gz") and one.refused is None and one.read() == packed
    with serving(lambda asked: asked.reply(packed, Content_Encoding="gzip")) as site:
        [one] = arrived(http(site, "/log.csv.gz"))
    assert one.name.endswith("-0001") and one.read() == HEADER + ROW
    with serving(lambda asked: asked.reply(packed, Content_Type="application/gzip")) as site:
        [one] = arrived(http(site, "/log.csv"))
    assert one.refused == "the answer declares itself application/gzip, and csv was asked for"


def test_a_redirect_to_another_host_is_refused_and_the_secret_does_not_go_there() -> None:
    with serving(lambda asked: asked.reply(HEADER)) as other:
        with serving(lambda asked: asked.reply(b"", 302, Location=f"{other.address}/x.csv")) as site:
            given, told = http(site), poll(secret=SECRET)
            with stopped_by(given, SourceUnreachable, told) as found:
                assert "redirects to another host" in found[-1] and "add it to the source's `hosts`" in found[-1]
            assert other.asked == []
            [one] = arrived(http(site, hosts=[other.address.removeprefix("http://")]), told)
        assert one.read() == HEADER and "authorization" not in other.asked[0].headers
    assert site.asked[0].headers["authorization"] == f"Bearer {SECRET}"


def test_a_redirect_on_the_same_host_is_followed_and_a_circle_of_them_ends() -> None:
    def answer(asked: Asked) -> None:
        asked.reply(HEADER) if asked.path == "/new" else asked.reply(b"", 301, Location="/new")

    with serving(answer) as site:
        [one] = arrived(http(site))
    assert one.read() == HEADER
    with serving(lambda asked: asked.reply(b"", 307, Location="/log.csv")) as site:
        given = http(site)
        with stopped_by(given, SourceFailed) as found:
            assert found[-1].endswith("redirects more than 5 times")


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://127.0.0.1/x"])
def test_a_redirect_away_from_the_web_is_refused(location: str) -> None:
    with serving(lambda asked: asked.reply(b"", 302, Location=location)) as site:
        given = http(site)
        with stopped_by(given, SourceUnreachable) as found:
            assert "another host" in found[-1]


def test_a_body_without_end_is_cut_at_the_size_limit() -> None:
    def answer(asked: Asked) -> None:
        asked.head(200, Content_Type="text/csv")
        asked.drip(b"x" * 65536, 0)

    with serving(answer) as site:
        given = http(site, largest_mb=2, patience={"total": timedelta(seconds=30)})
        with stopped_by(given, DeliveryRefused) as found:
            assert found == [f"{site.address}/log.csv: larger than 2 MB: send it in parts, or raise `largest_mb`"]
    assert len(site.asked) == 1


def test_a_small_body_that_unpacks_to_a_large_one_is_cut_too() -> None:
    packed = gzip.compress(b"0" * (30 << 20))
    with serving(lambda asked: asked.reply(packed, Content_Encoding="gzip")) as site:
        given = http(site, largest_mb=2)
        with stopped_by(given, DeliveryRefused) as found:
            assert "larger than 2 MB" in found[-1]


@pytest.mark.parametrize("part", ["head", "body"])
def test_a_server_that_drips_ends_at_the_deadline_though_it_is_never_silent(part: str) -> None:
    def answer(asked: Asked) -> None:
        if part == "head":
            asked.line.write(b"HTTP/1.1 200 OK\r\n")
            asked.drip(b"X-Padding: more\r\n", 0.05)
        else:
            asked.head(200, Content_Type="text/csv", Content_Length="1000000")
            asked.drip(b"x", 0.05)

    with serving(answer) as site:
        given = http(site, patience={"attempts": 1, "read": timedelta(seconds=1), "total": timedelta(seconds=0.6)})
        began = time.monotonic()
        with stopped_by(given, SourceFailed) as found:
            assert "not complete within 0.6 s" in found[-1]
        assert time.monotonic() - began < 3


def test_a_server_that_falls_silent_is_given_up() -> None:
    def answer(asked: Asked) -> None:
        asked.head(200, Content_Type="text/csv", Content_Length="100")
        asked.line.flush()
        asked.stopped.wait(5)

    with serving(answer) as site:
        given = http(site, patience={"attempts": 1, "read": timedelta(seconds=0.2), "total": timedelta(seconds=5)})
        with stopped_by(given, SourceFailed) as found:
            assert "silent for 0.2 s" in found[-1]


def test_a_port_where_nobody_listens_is_named_after_its_attempts() -> None:
    with serving(lambda asked: asked.reply()) as site:
        given = http(site)
    with stopped_by(given, SourceFailed) as found:
        assert "no connection" in found[-1] and "3 attempts" in found[-1]


@pytest.mark.parametrize(
    ("off", "said"),
    [
        (timedelta(hours=5), "5 whole hours ahead of ours: a time zone is set wrong there"),
        (-timedelta(hours=8, seconds=30), "8 whole hours behind ours"),
        (timedelta(minutes=40), "minutes ahead of ours: its stamps are in doubt"),
    ],
)
def test_a_servers_clock_that_is_off_is_named_once_and_the_answer_still_taken(off: timedelta, said: str) -> None:
    noticed: list[str] = []
    with serving(lambda asked: asked.reply(HEADER, Date=stamp(datetime.now(UTC) + off))) as site:
        assert len(arrived(http(site), poll(noticed=noticed.append))) == 1
        assert len(noticed) == 1 and said in noticed[0]
        arrived(http(site), poll(noticed=noticed.append, simulated=True))
    assert len(noticed) == 1


def test_a_date_that_is_none_is_named() -> None:
    noticed: list[str] = []
    with serving(lambda asked: asked.reply(HEADER, Date="yesterday")) as site:
        arrived(http(site), poll(noticed=noticed.append))
    assert "'yesterday', is none" in noticed[0]


def test_pages_by_link_are_followed_to_the_last_which_alone_completes_the_poll() -> None:
    def answer(asked: Asked) -> None:
        number = int(asked.query.get("page", "1"))
        link = f'</log.csv?page=1>; rel="first", </log.csv?page={number + 1}>; rel="next"' if number < 3 else None
        asked.reply(HEADER + b"%d\n" % number, Link=link)

    with serving(answer) as site:
        told = poll()
        found = arrived(http(site, pages={"by": "link"}), told)
    assert [one.read() for one in found] == [HEADER + b"%d\n" % number for number in (1, 2, 3)]
    assert [one.polled_at for one in found] == [None, None, told.at]
    assert [one.name[-5:] for one in found] == ["-0001", "-0002", "-0003"]


def test_pages_by_number_are_asked_for_until_one_is_empty() -> None:
    rows = {"1": b"x\n", "2": b"y\n"}
    with serving(lambda asked: asked.reply(HEADER + rows.get(asked.query["page"], b""))) as site:
        found = arrived(http(site, pages={"by": "number", "parameter": "page"}))
    assert [asked.query["page"] for asked in site.asked] == ["1", "2", "3"] and found[-1].polled_at


@pytest.mark.parametrize("body", [b"[]", b'{"items": [], "total": 0}'])
def test_a_first_page_of_json_without_items_is_an_empty_success(body: bytes) -> None:
    with serving(lambda asked: asked.reply(body, Content_Type="application/json")) as site:
        [one] = arrived(http(site, form="json", pages={"by": "number", "parameter": "page"}))
    assert one.polled_at and one.read() == body


def test_pages_by_cursor_end_where_the_answer_names_none() -> None:
    def answer(asked: Asked) -> None:
        following = {"": "b", "b": "c"}.get(asked.query.get("cursor", ""))
        asked.reply(f'{{"meta": {{"next": "{following or ""}"}}}}'.encode(), Content_Type="application/json")

    with serving(answer) as site:
        arrived(http(site, form="json", pages={"by": "cursor", "parameter": "cursor", "next": "meta.next"}))
    assert [asked.query.get("cursor") for asked in site.asked] == [None, "b", "c"]


def test_a_page_that_repeats_is_named_and_what_came_before_is_kept_without_completing_the_poll() -> None:
    with serving(lambda asked: asked.reply(HEADER + (b"%d\n" % min(int(asked.query["page"]), 2)))) as site:
        given = http(site, pages={"by": "number", "parameter": "page"})
        with stopped_by(given, SourceFailed) as found:
            assert found[-1].endswith("?page=3: page 3 repeats page 2: its paging stands still")
            assert [one.polled_at for one in found[:-1]] == [None, None]


def test_a_next_page_on_another_host_is_refused() -> None:
    with serving(lambda asked: asked.reply(HEADER, Link='<http://elsewhere.example/x>; rel="next"')) as site:
        given = http(site, pages={"by": "link"})
        with stopped_by(given, SourceUnreachable) as found:
            assert "continues on another host, elsewhere.example" in found[-1] and found[0].polled_at is None


def test_a_file_a_day_is_asked_for_by_date_and_a_day_without_one_is_no_fault() -> None:
    now = datetime(2025, 1, 5, 12, tzinfo=UTC)

    def answer(asked: Asked) -> None:
        asked.reply(b"", 404) if "01-04" in asked.path else asked.reply(HEADER, ETag='"e"')

    with serving(answer) as site:
        given = source("http", {"url": site.address + "/{service_date}.csv", "days": 3}, polls=None)
        found = arrived(given, poll(at=now, since=datetime(2025, 1, 1, tzinfo=UTC), simulated=True))
    assert [(one.name, str(one.service_date)) for one in found] == [
        ("2025-01-03.csv", "2025-01-03"),
        ("2025-01-05.csv", "2025-01-05"),
    ]
    assert all(one.polled_at is None for one in found)


def test_a_day_that_fails_stops_no_other_day() -> None:
    def answer(asked: Asked) -> None:
        asked.reply(b"", 500) if "01-04" in asked.path else asked.reply(HEADER)

    with serving(answer) as site:
        given = source("http", {"url": site.address + "/{service_date}.csv", "days": 2}, polls=None)
        told = poll(at=datetime(2025, 1, 5, 12, tzinfo=UTC), since=datetime(2025, 1, 1, tzinfo=UTC), simulated=True)
        with stopped_by(given, SourceFailed, told) as found:
            assert [one.name for one in found[:-1]] == ["2025-01-05.csv"] and "answers 500" in found[-1]


PLACES = [{"query": "api_key"}, {"header": "X-Key"}, {"header": "Authorization", "as": "Basic {}"}]


@pytest.mark.parametrize("place", PLACES)
def test_a_secret_travels_where_it_is_declared_and_stands_in_no_message_and_no_record(
    place: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    said: list[str] = []
    told = poll(secret=SECRET, progress=said.append, noticed=said.append)
    with serving(lambda asked: asked.reply(HEADER) if asked.number == 1 else asked.reply(b"", 500)) as site:
        given = http(site, secret_in=place)
        [one] = arrived(given, told)
        sent = (*site.asked[0].query.values(), *site.asked[0].headers.values())
        assert SECRET in [text.removeprefix("Basic ").removeprefix("Bearer ") for text in sent]
        with stopped_by(given, SourceFailed, told) as found:
            said.append(found[-1])
    said += [caplog.text, repr(told), repr(one)]
    assert not any("hush" in text for text in said)


def test_a_secret_that_the_server_writes_into_its_links_is_neither_shown_nor_recorded() -> None:
    def answer(asked: Asked) -> None:
        if asked.path == "/log.csv":
            asked.reply(b"", 302, Location=f"/moved?api_key={quote_plus(SECRET)}&page=1")
        elif asked.query["page"] == "1":
            asked.reply(HEADER, Link=f'</moved?page=2&api_key={quote_plus(SECRET)}>; rel="next"')
        else:
            asked.reply(b"", 500)

    told = poll(secret=SECRET)
    with serving(answer) as site:
        given = http(site, pages={"by": "link"}, secret_in={"query": "api_key"})
        with stopped_by(given, SourceFailed, told) as found:
            assert found[-1] == f"{site.address}/moved?page=2: answers 500 (3 attempts)"
            assert "hush" not in repr(found)
        assert all(asked.query["api_key"] == SECRET for asked in site.asked)
    with serving(lambda asked: asked.reply(b"", 302, Location=f"/{SECRET}/x")) as site:
        given = http(site)
        with stopped_by(given, SourceFailed, told) as found:
            assert found[-1].endswith("names an address that holds the secret")


def test_a_long_transfer_tells_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "_TOLD_EVERY", 0.0)
    said: list[str] = []
    with serving(lambda asked: asked.reply(HEADER * 200_000)) as site:
        arrived(http(site), poll(progress=said.append))
    assert said and said[-1].endswith("of 1.9 MB")
