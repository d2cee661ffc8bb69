"""The Slack channel, against a Slack that answers over HTTP."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dutywatch.alert import Alerted, Channel, channel, tell
from dutywatch.alert.blocks import HEADER, escape, fit, payload
from dutywatch.alert.letter import Envelope, Letter, Section, Text
from dutywatch.alert.slack import Slack
from dutywatch.errors import MessageNotSent
from tests.alert.conftest import DUE, Ledger
from tests.alert.fake_slack import TOKEN, FakeSlack

T = datetime(2023, 11, 14, 22, 20, tzinfo=UTC)  # a little after the fake's clock starts
HOUR = timedelta(hours=1)


@pytest.fixture
def sender(slack: FakeSlack, tmp_path: Path) -> Channel:
    return channel(tmp_path, TOKEN, slack.url)


class Crashing:
    """Slack, in a process that dies after a call."""

    def __init__(self, inner: Channel) -> None:
        self.inner = inner
        self.look_up = inner.look_up

    def send(self, letter: Letter) -> str:
        self.inner.send(letter)
        raise KeyboardInterrupt


def test_posts_to_the_persons_direct_messages(ledger: Ledger, slack: FakeSlack, sender: Channel) -> None:
    ledger.breach(T, ["A-1"])
    assert tell(ledger.engine, ledger.terms, T, sender) == Alerted(changes=1, opened=1, sent=1)
    assert slack.calls == ["conversations.open", "chat.postMessage"]
    (post,) = slack.posts
    assert post["channel"] == "D0000000001"
    assert [block["type"] for block in post["blocks"]] == [
        "header", "section", "divider", "header", "section", "context", "context",
    ]  # fmt: skip
    assert post["metadata"]["event_payload"]["message"].endswith("_clear-class-a_breached_street-supervisor")
    assert post["text"] == ("违约：A类街路雪后清除（1处） / Breached: Class A streets cleared after snowfall (1 unit)")


def test_a_revision_changes_the_message_and_says_so_in_its_thread(
    ledger: Ledger, slack: FakeSlack, sender: Channel
) -> None:
    ledger.breach(T, ["A-1"])
    tell(ledger.engine, ledger.terms, T, sender)
    ledger.breach(T + HOUR, ["A-2", "A-3"])
    tell(ledger.engine, ledger.terms, T + HOUR, sender)
    (post,) = slack.top()
    assert "3 units" in post["blocks"][3]["text"]["text"]
    (said,) = slack.replies()
    assert said["thread_ts"] == post["ts"]
    assert said["text"] == (
        "有更新：新增2处（A类）：A-2、A-3。现共3处，其中未完成3处。\n"
        "Updated: 2 units more (class A): A-2, A-3. Now 3 in all, 3 still open."
    )


def test_a_lapse_that_moved_before_it_was_told_is_new_to_who_is_told(
    ledger: Ledger, slack: FakeSlack, sender: Channel
) -> None:
    """It lapsed at another instant than was judged at first, as a late decision says (docs/decisions/0088)."""
    ledger.breach(T, ["A-1"])
    tell(ledger.engine, ledger.terms, T, sender)
    ledger.breach(T + HOUR, ["A-2"])
    ledger.breach(T + 2 * HOUR, ["A-2"], before="breached.open", due_at=DUE - HOUR)
    tell(ledger.engine, ledger.terms, T + 2 * HOUR, sender)
    (said,) = slack.replies()
    assert said["text"].endswith("Updated: 1 unit more (class A): A-2. Now 2 in all, 2 still open.")


def test_escalated_messages_go_to_the_next_person_and_are_revised(
    ledger: Ledger, slack: FakeSlack, sender: Channel
) -> None:
    ledger.breach(T, ["A-1", "A-2"])
    tell(ledger.engine, ledger.terms, T, sender)
    tell(ledger.engine, ledger.terms, T + 24 * HOUR, sender)
    assert [post["channel"] for post in slack.top()] == ["D0000000001", "D0000000002", "C0000000003"]
    ledger.breach(T + 25 * HOUR, ["A-3"])
    tell(ledger.engine, ledger.terms, T + 25 * HOUR, sender)
    assert len(slack.top()) == len(slack.replies()) == 3
    assert all("A-3" in reply["text"] and "A-1" not in reply["text"] for reply in slack.replies())


def test_a_crash_after_the_post_posts_nothing_twice(ledger: Ledger, slack: FakeSlack, sender: Channel) -> None:
    ledger.breach(T, ["A-1"])
    with pytest.raises(KeyboardInterrupt):
        tell(ledger.engine, ledger.terms, T, Crashing(sender))
    assert tell(ledger.engine, ledger.terms, T, sender) == Alerted(recalled=1)
    assert len(slack.posts) == 1
    ledger.breach(T + HOUR, ["A-2"])  # the reference was found, too: the same post is changed
    tell(ledger.engine, ledger.terms, T + HOUR, sender)
    assert len(slack.top()) == len(slack.replies()) == 1


def test_a_crash_after_a_revision_replies_nothing_twice(ledger: Ledger, slack: FakeSlack, sender: Channel) -> None:
    ledger.breach(T, ["A-1"])
    tell(ledger.engine, ledger.terms, T, sender)
    ledger.breach(T + HOUR, ["A-2"])
    with pytest.raises(KeyboardInterrupt):
        tell(ledger.engine, ledger.terms, T + HOUR, Crashing(sender))
    assert tell(ledger.engine, ledger.terms, T + HOUR, sender) == Alerted(recalled=1)
    assert len(slack.replies()) == 1


def test_a_crash_between_change_and_reply_still_replies(ledger: Ledger, slack: FakeSlack, sender: Channel) -> None:
    ledger.breach(T, ["A-1"])
    tell(ledger.engine, ledger.terms, T, sender)
    ledger.breach(T + HOUR, ["A-2"])
    slack.broken["chat.postMessage"] = 1
    with pytest.raises(MessageNotSent, match="503") as raised:
        tell(ledger.engine, ledger.terms, T + HOUR, sender)
    assert not raised.value.permanent
    assert (len(slack.top()), len(slack.replies())) == (1, 0)
    assert tell(ledger.engine, ledger.terms, T + HOUR, sender) == Alerted(sent=1)
    assert (len(slack.top()), len(slack.replies())) == (1, 1)


def test_a_lost_answer_is_looked_up_before_the_post_is_repeated(
    ledger: Ledger, slack: FakeSlack, sender: Channel
) -> None:
    ledger.breach(T, ["A-0"], person="bureau-head")
    ledger.breach(T, ["A-1"])
    slack.loses.add("chat.postMessage")
    with pytest.raises(MessageNotSent, match="cannot be reached") as raised:
        tell(ledger.engine, ledger.terms, T, sender)
    assert not raised.value.permanent
    assert len(slack.posts) == 2
    assert tell(ledger.engine, ledger.terms, T, sender) == Alerted(recalled=1)
    assert len(slack.posts) == 2


def test_waits_when_slack_says_so_and_tries_reads_again(
    ledger: Ledger, slack: FakeSlack, sender: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    slack.busy.add("chat.postMessage")
    slack.broken["conversations.open"] = 1
    ledger.breach(T, ["A-1"])
    assert tell(ledger.engine, ledger.terms, T, sender).sent == 1
    assert slack.calls == ["conversations.open"] * 2 + ["chat.postMessage"] * 2


def test_a_person_without_slack_is_named_to_who_can_help(ledger: Ledger, slack: FakeSlack, sender: Channel) -> None:
    ledger.breach(T, ["A-1"], person="weather-desk")
    ledger.breach(T, ["A-2"])
    with pytest.raises(MessageNotSent, match=r"the contract author adds `slack:` to people\.weather-desk") as raised:
        tell(ledger.engine, ledger.terms, T, sender)
    assert raised.value.permanent
    assert len(slack.posts) == 1


@pytest.mark.parametrize("error", ["user_not_found", "account_inactive", "missing_scope"])
def test_what_slack_refuses_is_permanent(ledger: Ledger, slack: FakeSlack, sender: Channel, error: str) -> None:
    slack.refuses["U0000000001"] = error
    ledger.breach(T, ["A-1"])
    with pytest.raises(MessageNotSent, match=f"Slack refuses: {error}") as raised:
        tell(ledger.engine, ledger.terms, T, sender)
    assert raised.value.permanent


def test_nothing_shows_the_token(ledger: Ledger, slack: FakeSlack, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    wrong = Slack("xoxb-another-secret", slack.url)
    ledger.breach(T, ["A-1"])
    with pytest.raises(MessageNotSent, match="invalid_auth") as raised:
        tell(ledger.engine, ledger.terms, T, wrong)
    shown = "".join([repr(wrong), repr(raised.value), caplog.text])
    assert "another-secret" not in shown


def test_a_deleted_message_is_posted_anew(ledger: Ledger, slack: FakeSlack, sender: Channel) -> None:
    ledger.breach(T, ["A-1"])
    tell(ledger.engine, ledger.terms, T, sender)
    slack.posts.clear()
    ledger.breach(T + HOUR, ["A-2"])
    assert tell(ledger.engine, ledger.terms, T + HOUR, sender).sent == 1
    assert len(slack.top()) == 1


def test_a_message_that_lies_in_the_folder_is_posted_when_slack_comes(
    ledger: Ledger, slack: FakeSlack, sender: Channel, tmp_path: Path
) -> None:
    ledger.breach(T, ["A-1"])
    tell(ledger.engine, ledger.terms, T, channel(tmp_path, None, None))
    ledger.breach(T + HOUR, ["A-2"])
    assert tell(ledger.engine, ledger.terms, T + HOUR, sender).sent == 1
    assert "2 units" in slack.top()[0]["text"]


def test_untrusted_text_stays_text_and_within_limits(ledger: Ledger, slack: FakeSlack, sender: Channel) -> None:
    names = [f"<!channel> & <@U1>\n{n:04} " + "x" * 400 for n in range(300)]
    ledger.breach(T, names, reason="<https://evil.example|click>" * 50, unit_class="<A>")
    assert tell(ledger.engine, ledger.terms, T, sender).sent == 1
    shown = str(slack.posts[0]["blocks"]) + slack.posts[0]["text"]
    assert "<!channel>" not in shown
    assert "<https" not in shown
    assert "&lt;!channel&gt; &amp; &lt;@U1&gt;" in shown


def test_cutting_never_halves_an_entity() -> None:
    assert escape("a&b<c>") == "a&amp;b&lt;c&gt;"
    assert fit("abc", 3) == "abc"
    assert fit("abcd", 3) == "ab…"
    assert fit("ab&cd", 6) == "ab…"
    assert fit("ab&cd", 9) == "ab&amp;cd"


def test_long_titles_fit_a_header() -> None:
    envelope = Envelope(1, "c/n", "c", "n", "p", None, T, 1, 0, None)
    nothing = Section("", ())
    letter = Letter(envelope, (Text("é&" * 200, ("x" * 9000,), ""),) * 2, "", "c", "", None, nothing, nothing, nothing)
    blocks = payload(letter, 1)["blocks"]
    assert isinstance(blocks, list)
    assert len(blocks[0]["text"]["text"]) <= HEADER
    assert len(str(blocks)) < 13_200
    alone = payload(replace(letter, texts=letter.texts[:1]), 1)["blocks"]
    assert isinstance(alone, list)
    assert len(alone[1]["text"]["text"]) <= 3000
