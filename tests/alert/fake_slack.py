"""A Slack that speaks the part of the Web API that alerting uses, over HTTP on the loopback interface.

It holds what it is given against Slack's limits and answers as Slack does: 200 with `ok: false` for a
refusal, 429 with Retry-After where it is asked to be busy.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

TOKEN = "xoxb-a-secret"  # noqa: S105 - of a fake
Answer = dict[str, Any]


class FakeSlack:
    """`posts` are all messages in order of posting; `calls` the names of the methods called."""

    def __init__(self) -> None:
        self.posts: list[Answer] = []
        self.calls: list[str] = []
        self.busy: set[str] = set()  # methods that answer 429 once
        self.broken: dict[str, int] = {}  # methods that answer so many times with 503, having done nothing
        self.refuses: dict[str, str] = {}  # member or channel id: error
        self.loses: set[str] = set()  # methods that do their work once, and whose answer is lost
        self._ts = 1_700_000_000
        self._lock = threading.Lock()

    def __enter__(self) -> FakeSlack:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        """The base address, in the form of https://slack.com/api/."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/api/"

    def top(self) -> list[Answer]:
        """The messages that are no replies."""
        return [post for post in self.posts if "thread_ts" not in post]

    def replies(self) -> list[Answer]:
        """The replies in threads."""
        return [post for post in self.posts if "thread_ts" in post]

    def answer(self, method: str, token: str, given: Answer) -> tuple[int, Answer, bool]:
        """HTTP status, body, and whether the body ever reaches the caller."""
        with self._lock:
            self.calls.append(method)
            if method in self.busy:
                self.busy.remove(method)
                return 429, {"ok": False, "error": "ratelimited"}, True
            if self.broken.get(method, 0):
                self.broken[method] -= 1
                return 503, {"ok": False, "error": "service_unavailable"}, True
            if token != f"Bearer {TOKEN}":
                return 200, {"ok": False, "error": "invalid_auth"}, True
            for key in ("users", "channel"):
                if given.get(key) in self.refuses:
                    return 200, {"ok": False, "error": self.refuses[given[key]]}, True
            known: dict[str, Callable[[Answer], Answer]] = {
                "auth.test": lambda _: {"bot_id": "B1"},
                "conversations.open": lambda g: {"channel": {"id": "D" + g["users"][1:]}},
                "chat.postMessage": self._post,
                "chat.update": self._update,
                "conversations.history": self._history,
                "conversations.replies": self._replies,
            }
            body = known[method](given)
            lost = method in self.loses
            self.loses.discard(method)
            return 200, {"ok": "error" not in body, **body}, not lost

    def _post(self, given: Answer) -> Answer:
        if error := _too_long(given):
            return {"error": error}
        self._ts += 1
        post = {**given, "ts": f"{self._ts}.000100"}
        self.posts.append(post)
        return {"channel": given["channel"], "ts": post["ts"]}

    def _update(self, given: Answer) -> Answer:
        if error := _too_long(given):
            return {"error": error}
        for post in self.posts:
            if (post["channel"], post["ts"]) == (given["channel"], given["ts"]):
                post.update(given)
                return {"channel": given["channel"], "ts": given["ts"]}
        return {"error": "message_not_found"}

    def _history(self, given: Answer) -> Answer:
        posts = [p for p in self.posts if p["channel"] == given["channel"] and p["ts"] >= given["oldest"]]
        shown = [p for p in posts if "thread_ts" not in p or p.get("reply_broadcast")]
        return _page([_shown(post, given) for post in reversed(shown)], given)

    def _replies(self, given: Answer) -> Answer:
        posts = [p for p in self.posts if given["ts"] in (p["ts"], p.get("thread_ts"))]
        if not posts:
            return {"error": "thread_not_found"}
        return _page([_shown(post, given) for post in posts], given)


def _page(posts: list[Answer], given: Answer) -> Answer:
    """Pages of one message, so that paging is always exercised."""
    start = int(given.get("cursor") or 0)
    following = str(start + 1) if start + 1 < len(posts) else ""
    return {"messages": posts[start : start + 1], "response_metadata": {"next_cursor": following}}


def _shown(post: Answer, given: Answer) -> Answer:
    hidden = set() if given.get("include_all_metadata") in ("1", "true", "True") else {"metadata"}
    return {key: value for key, value in post.items() if key not in hidden}


def _too_long(given: Answer) -> str | None:
    blocks = given.get("blocks", [])
    if len(blocks) > 50 or len(json.dumps(blocks, ensure_ascii=False)) > 13_200:
        return "msg_blocks_too_long"
    for block in blocks:
        limit = {"header": 150, "section": 3000}.get(block["type"])
        if limit and not 1 <= len(block["text"]["text"]) <= limit:
            return "invalid_blocks"
    return None


def _handler(slack: FakeSlack) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"])).decode()
            given = json.loads(raw) if "json" in self.headers["Content-Type"] else dict(parse_qsl(raw))
            method = self.path.rsplit("/", 1)[1]
            status, body, reaches = slack.answer(method, self.headers["Authorization"], given)
            if not reaches:
                self.close_connection = True
                return
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            if status == 429:
                self.send_header("Retry-After", "0")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    return Handler
