"""One request and its answer, whatever the server does: bounded in time and size, repeated where that helps.

Nothing here knows what an answer says. A half answer is none: a body that ends too early, or never, is asked
for again and then named. Redirects are followed by hand, so that no request and no secret goes to a host
that the contract does not declare. A secret is added last and stands in no message.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import unquote, unquote_plus, urljoin, urlsplit

import aiohttp
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt
from yarl import URL

import dutywatch
from dutywatch.errors import DeliveryRefused, SourceFailed, SourceUnreachable
from dutywatch.ledger.deliveries import Answer as Remembered
from dutywatch.receive.arrival import Poll
from dutywatch.receive.web.answer import MISSING, PASSING, REDIRECTS, WHOLE, Answer, Request
from dutywatch.receive.web.coding import ACCEPTED, coding
from dutywatch.receive.web.patience import Passing, pause, retry_after, timeout
from dutywatch.receive.web.skew import skew
from dutywatch.terms.connector import SecretPlace, Web

_MOST_REDIRECTS = 5
_CHUNK = 1 << 16
_TOLD_EVERY = 2.0  # seconds between two words on a long transfer


@dataclass(frozen=True)
class Exchange:
    """How one source is talked to; `headers` go with every request."""

    home: str  # an address at the source's own host
    web: Web
    poll: Poll
    headers: Mapping[str, str] = field(default_factory=dict)

    def get(self, request: Request, known: Remembered | None = None) -> Answer:
        """The answer to `request`, conditional where the last answer is `known`; 404 and 410 are answers, too.

        Raises SourceUnreachable (the operator acts), SourceFailed or DeliveryRefused (who runs the source).
        """
        patience = self.web.patience
        attempts = Retrying(
            stop=stop_after_attempt(patience.attempts),
            wait=pause,
            retry=retry_if_exception_type(Passing),
            before_sleep=self._say,
            reraise=True,
        )
        try:
            return attempts(self._once, request, known)
        except Passing as error:
            tries = f" ({patience.attempts} attempts)" if error.after is None else ""
            raise SourceFailed(f"{request.shown}: {error}{tries}") from None

    def _say(self, state: RetryCallState) -> None:
        reason = state.outcome.exception() if state.outcome else ""
        self.poll.progress(f"attempt {state.attempt_number} failed, asking again: {reason}")

    def _once(self, request: Request, known: Remembered | None) -> Answer:
        asked = request
        for _ in range(_MOST_REDIRECTS + 1):
            answer = asyncio.run(self._exchange(asked, known))
            if answer.status not in REDIRECTS:
                whole = Answer(request, asked.url, answer.status, answer.headers, answer.body)
                return self._checked(whole, conditional=known is not None)
            to = urljoin(asked.shown, answer.headers.get("location", ""))
            asked = Request(self.allowed(to, f"{asked.shown} redirects to"))
        raise SourceFailed(f"{request.shown}: redirects more than {_MOST_REDIRECTS} times")

    def allowed(self, url: str, what: str) -> str:
        """`url`, where the contract lets it be asked, without a secret that the server wrote into it.

        Raises SourceUnreachable for another host, or less safety.
        """
        url = self._without_secret(url)
        own, other = urlsplit(self.home), urlsplit(url)
        if other.netloc.lower() not in {own.netloc.lower(), *(host.lower() for host in self.web.hosts)}:
            raise SourceUnreachable(
                f"{what} another host, {other.hostname or url}: if that is right, add it to the source's `hosts`"
            )
        if other.scheme != own.scheme and other.scheme != "https":
            raise SourceUnreachable(
                f"{what} {other.scheme}, away from {own.scheme}: ask who runs it for a safe address"
            )
        return url

    def _without_secret(self, url: str) -> str:
        """A server's link as it may be shown and recorded: many repeat the whole query that they were asked."""
        if (name := self.web.secret_in.query) and name in URL(url).query:
            url = str(URL(url).without_query_params(name))
        if self.poll.secret and any(self.poll.secret in text for text in (url, unquote(url), unquote_plus(url))):
            raise SourceFailed(f"{self.home}: names an address that holds the secret")
        return url

    def _checked(self, answer: Answer, *, conditional: bool) -> Answer:
        where = answer.request.shown
        if answer.status in PASSING:
            after = retry_after(answer.headers.get("retry-after"), answer.headers.get("date"))
            wait = self.web.patience.wait.total_seconds()
            if after is not None and after > wait:
                raise SourceFailed(f"{where}: answers {answer.status}, come back in {after:.0f} s; asked again then")
            raise Passing(f"answers {answer.status}", after)
        if answer.status in (401, 403):
            raise SourceUnreachable(f"{where}: answers {answer.status}: is the secret right, and may it read this?")
        if answer.status not in (WHOLE | MISSING | ({304} if conditional else set())):
            raise SourceFailed(f"{where}: answers {answer.status}")
        return answer

    async def _exchange(self, request: Request, known: Remembered | None) -> Answer:
        patience = self.web.patience
        url, headers = self._with_secret(request)
        if known and known.etag:
            headers["If-None-Match"] = known.etag
        if known and known.last_modified:
            headers["If-Modified-Since"] = known.last_modified
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout(patience), auto_decompress=False) as session,
                session.get(url, headers=headers, allow_redirects=False) as response,
            ):
                self._clock(response.headers.get("Date"))
                body = await self._body(response, request)
                return Answer(
                    request,
                    request.url,
                    response.status,
                    {name.lower(): ", ".join(response.headers.getall(name)) for name in response.headers},
                    body,
                )
        except aiohttp.ClientConnectorCertificateError:
            raise SourceUnreachable(f"{request.shown}: its certificate is not valid for it") from None
        except aiohttp.ClientConnectorDNSError:
            raise SourceUnreachable(f"{request.shown}: no such host: is the address right?") from None
        except aiohttp.ConnectionTimeoutError:
            raise Passing(f"no connection within {_seconds(patience.connect)}") from None
        except aiohttp.SocketTimeoutError:
            raise Passing(f"silent for {_seconds(patience.read)}") from None
        except TimeoutError:
            raise Passing(f"not complete within {_seconds(patience.total)}") from None
        except aiohttp.ClientPayloadError:
            raise Passing("the body ends before its declared end") from None
        except aiohttp.ClientConnectorError as error:
            raise Passing(f"no connection: {error.os_error.strerror or 'refused'}") from None
        except ValueError as error:
            raise Passing(f"the packed body is broken: {error}") from None
        except (aiohttp.ClientError, OSError) as error:
            raise Passing(f"not an answer: {type(error).__name__}") from None

    async def _body(self, response: aiohttp.ClientResponse, request: Request) -> bytes:
        """The body to its end. Raises DeliveryRefused as soon as it is too large."""
        most, told = self.web.largest_mb << 20, time.monotonic()
        length = response.content_length
        body, arrived = bytearray(), 0
        packed = coding(response.headers.get("Content-Encoding", ""))
        while chunk := await self._piece(response):
            arrived += len(chunk)
            for piece in packed.unpack(chunk):
                body += piece
                if len(body) > most:
                    limit = f"larger than {self.web.largest_mb} MB: send it in parts, or raise `largest_mb`"
                    raise DeliveryRefused(f"{request.shown}: {limit}")
            if time.monotonic() - told > _TOLD_EVERY:
                told = time.monotonic()
                self.poll.progress(f"{request.shown}: {_megabytes(arrived)} of {_megabytes(length)}")
        if not packed.whole():
            raise ValueError("ends before its end")
        return bytes(body)

    async def _piece(self, response: aiohttp.ClientResponse) -> bytes:
        """The next bytes; none at the end. The library's own time-out does not see chunks that break off midway."""
        silent = asyncio.timeout(self.web.patience.read.total_seconds())
        try:
            async with silent:
                return await response.content.read(_CHUNK)
        except TimeoutError:
            if silent.expired():
                raise aiohttp.SocketTimeoutError from None
            raise  # the time for the whole answer is up

    def _with_secret(self, request: Request) -> tuple[URL, dict[str, str]]:
        """Address and headers as they are sent; the secret goes to the source's own host only."""
        headers = {"User-Agent": f"dutywatch/{dutywatch.__version__}", "Accept-Encoding": ACCEPTED, **self.headers}
        url = URL(request.shown)
        if self.poll.secret and urlsplit(request.url).netloc == urlsplit(self.home).netloc:
            place: SecretPlace = self.web.secret_in
            text = place.as_.replace("{}", self.poll.secret)
            if place.header:
                headers[place.header] = text
            elif place.query:
                url = url.extend_query({place.query: text})
        return url, headers

    def _clock(self, date: str | None) -> None:
        if not self.poll.simulated and (said := skew(date, self.poll.now())):
            self.poll.noticed(f"{urlsplit(self.home).netloc}: {said}")


def _seconds(length: timedelta) -> str:
    return f"{length.total_seconds():g} s"


def _megabytes(size: int | None) -> str:
    return "unknown size" if size is None else f"{size / (1 << 20):.1f} MB"
