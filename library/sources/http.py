"""The one HTTP client: pooled connections, paced requests, retries, limits of time and size.

Every source asks through `Client.get`; habanero's calls are carried by it too (`stand_in`).
"""

import re
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from importlib import metadata
from types import TracebackType
from typing import Self
from urllib.parse import quote, urljoin, urlsplit

import httpx2

from library.errors import SettingsError
from library.sources.addresses import public_address
from library.sources.answers import Answer, Expect, Shape, UnusableError, check, words
from library.sources.errors import BlockedError, BusyError, NoAnswerError, TooLargeError
from library.sources.pacing import Limiter, Pace, backoff, http_date, retry_after

MEGABYTE = 1_000_000
_MAX_REDIRECTS = 5
_TRY_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_SLOW_DOWN = frozenset({429, 503})
_REDIRECT = frozenset({301, 302, 303, 307, 308})
_FOR_GOOD = frozenset({301, 308})
_MAIL = re.compile(r"[^\s@<>()\[\],;:\\\"\x00-\x1f\x7f]+@[^\s@<>()\[\],;:\\\"\x00-\x1f\x7f]+")

StatusError = httpx2.HTTPStatusError  # what habanero raises for an answer that is not 2xx


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Limits of time for one try, in seconds."""

    connect: float = 10.0
    read: float = 30.0  # of silence between two pieces of the answer
    total: float = 120.0  # for the whole answer


@dataclass(frozen=True, slots=True)
class Retries:
    """How patiently a request is tried again."""

    tries: int = 5  # in all, where the service answers with an error or nonsense
    silent_tries: int = 2  # in all, where it does not answer within the limits of time
    base: float = 1.0  # seconds before the second try; doubles, with jitter
    longest: float = 60.0  # seconds between two tries that we choose ourselves
    patience: float = 300.0  # seconds of Retry-After that we are willing to wait

    def allowed(self, error: "UnusableError") -> int:
        """Return how many tries such an error is worth."""
        if error.final:
            return 1
        return self.silent_tries if error.silent else self.tries


@dataclass(frozen=True, slots=True)
class _Wanted:
    """One request, as `Client.get` was given it."""

    url: str
    accept: str
    max_bytes: int
    cut: bool  # read no further than `max_bytes`, instead of refusing more
    guarded: bool


class _GuardedTransport(httpx2.HTTPTransport):
    """Connects to the very address that was looked at, so that a name cannot change in between."""

    def __init__(self, trust: ssl.SSLContext, *, allow_private: bool) -> None:
        # No connection is kept: two hosts on one address must not share one.
        super().__init__(verify=trust, limits=httpx2.Limits(max_keepalive_connections=0))
        self._allow_private = allow_private

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        host = request.url.host
        try:
            number = public_address(str(request.url), allow_private=self._allow_private)
        except OSError as error:
            raise httpx2.ConnectError(f"the name {host} is not known") from error
        request.extensions = {**request.extensions, "sni_hostname": host}
        request.url = request.url.copy_with(host=number)  # the Host header keeps the name
        return super().handle_request(request)


class Client:
    """Asks services on behalf of one run. Safe under threads; close it, or use it with `with`.

    Args:
        mailto: where a service can reach the person who runs this; sent in the User-Agent only.
        plus_token: Crossref's Metadata Plus token; sent to `plus_base` and nowhere else.
        plus_base: the base address of the Crossref API in use.
        private_pages: whether `get(…, guarded=True)` may open addresses in private networks
            (tests do; a service that strangers can reach must not).
    """

    def __init__(
        self,
        *,
        mailto: str | None = None,
        plus_token: str | None = None,
        plus_base: str | None = None,
        timeouts: Timeouts = Timeouts(),
        retries: Retries = Retries(),
        private_pages: bool = False,
    ) -> None:
        self.mailto = _checked_mail(mailto)
        self.limiter = Limiter(retries.patience)
        self._plus = (plus_base, plus_token) if plus_base and plus_token else None
        self._timeouts = timeouts
        self._retries = retries
        limits = httpx2.Timeout(timeouts.read, connect=timeouts.connect)
        trust = httpx2.create_ssl_context()  # takes 20 ms: made once
        self._open = httpx2.Client(timeout=limits, follow_redirects=False, verify=trust)
        self._guarded = httpx2.Client(
            timeout=limits,
            follow_redirects=False,
            transport=_GuardedTransport(trust, allow_private=private_pages),
        )
        self.user_agent = _user_agent(self.mailto)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def has_plus_token(self) -> bool:
        """Whether requests to Crossref carry a Metadata Plus token."""
        return self._plus is not None

    def close(self) -> None:
        """Close the pooled connections."""
        self._open.close()
        self._guarded.close()

    def get(
        self,
        url: str,
        *,
        pace: Pace,
        params: Mapping[str, str] | None = None,
        accept: str = "application/json",
        expect: Expect = "json",
        shape: Shape | None = None,
        max_bytes: int = 64 * MEGABYTE,
        cut: bool = False,
        guarded: bool = False,
        stop: threading.Event | None = None,
    ) -> Answer:
        """Ask for `url` in its turn, again where that may help, and return the answer.

        Answers with status 200 are known to hold what is expected (JSON, XML). Others come back
        as they are, apart from those that are tried again and 403 of an API.

        Raises:
            NoAnswerError: no usable answer after all tries.
            BusyError: the service wants us to wait longer than `Retries.patience`.
            BlockedError: HTTP 403, now or before.
            PrivateAddressError: `guarded`, and the address is in a private network.
            TooLargeError: the answer is larger than `max_bytes`, and may not be `cut` there.
            StoppedError: `stop` was set while the request waited for its turn.
        """
        full = str(httpx2.URL(url, params=dict(params))) if params else url
        wanted = _Wanted(full, accept, max_bytes, cut=cut, guarded=guarded)
        origin = _origin(full)
        tries = 0
        while True:
            tries += 1
            cause, allowed, wait = "", self._retries.tries, None
            with self.limiter.turn(origin, pace, stop) as left:
                try:
                    answer = self._once(wanted, left)
                    self.limiter.learn(origin, pace, answer.headers)
                    if answer.status not in _TRY_AGAIN:
                        self._refuse_403(origin, pace, answer)
                        check(answer, expect, shape)
                        self.limiter.succeeded(origin, pace)
                        return answer
                    cause = f"HTTP {answer.status}"
                    wait = self._wait_asked_for(origin, pace, answer, tries)
                except UnusableError as error:
                    cause, allowed = error.cause, self._retries.allowed(error)
            if tries >= allowed:
                self.limiter.failed(origin, pace)
                raise NoAnswerError(pace.service, cause, tries)
            if wait is None:
                _sleep(backoff(tries, self._retries.base, self._retries.longest), stop)

    def _wait_asked_for(self, origin: str, pace: Pace, answer: Answer, tries: int) -> float | None:
        """Make everybody wait where the service says so; None where it says nothing about it."""
        its_time = http_date(answer.headers.get("date"))
        asked = retry_after(answer.headers.get("retry-after"), its_time)
        if asked is not None and asked > self._retries.patience:
            self.limiter.slow_down(origin, pace, asked)
            raise BusyError(pace.service, asked)
        if asked is None and answer.status in _SLOW_DOWN:
            asked = backoff(tries, self._retries.base, self._retries.longest)
        if asked is not None:
            self.limiter.slow_down(origin, pace, asked)
        return asked

    def _refuse_403(self, origin: str, pace: Pace, answer: Answer) -> None:
        if answer.status == 403 and pace.stop_on_403:  # noqa: PLR2004 - Forbidden
            detail = " ".join(answer.text[:200].split())
            self.limiter.block(origin, pace, detail)
            raise BlockedError(pace.service, detail)

    def _once(self, wanted: _Wanted, left: Callable[[], None]) -> Answer:
        """Ask once, following redirects."""
        client = self._guarded if wanted.guarded else self._open
        url = wanted.url
        deadline = time.monotonic() + self._timeouts.total
        came_by: list[str] = []
        moved_to: str | None = None
        is_for_good = True

        def trace(event: str, _: object) -> None:
            if event == "http11.send_request_headers.complete":
                left()

        while True:
            headers = {"User-Agent": self.user_agent, "Accept": wanted.accept, **self._token(url)}
            try:
                with client.stream(
                    "GET", url, headers=headers, extensions={"trace": trace}
                ) as response:
                    body = _read(response, wanted.max_bytes, deadline, cut=wanted.cut)
            except httpx2.TimeoutException as error:
                raise UnusableError("no answer in time", silent=True) from error
            except (httpx2.TransportError, httpx2.DecodingError) as error:
                raise UnusableError(words(error)) from error
            except (httpx2.InvalidURL, ValueError) as error:
                raise UnusableError(f"{url[:200]!r} is no address", final=True) from error
            location = response.headers.get("location")
            if response.status_code not in _REDIRECT or not location:
                names = {name.lower(): value for name, value in response.headers.items()}
                return Answer(response.status_code, url, names, body, tuple(came_by), moved_to)
            came_by.append(url)
            url = _next_address(url, location, len(came_by))
            # As far as every step until there is for good.
            is_for_good = is_for_good and response.status_code in _FOR_GOOD
            if is_for_good:
                moved_to = url

    def _token(self, url: str) -> dict[str, str]:
        if self._plus is None:
            return {}
        base, token = self._plus
        same_place = _origin(url) == _origin(base) and urlsplit(url).path.startswith(
            urlsplit(base).path
        )
        return {"Crossref-Plus-API-Token": f"Bearer {token}"} if same_place else {}


# habanero asks through a module of its own; `sources.crossref` puts `stand_in` in that place.


@dataclass(slots=True)
class Carrier:
    """What a library's call in this thread is carried by, and the last answer it got."""

    client: Client
    pace: Pace
    shape: Shape
    stop: threading.Event | None = None
    answer: Answer | None = None


_carrier: ContextVar[Carrier | None] = ContextVar("carrier", default=None)


@contextmanager
def carried(
    client: Client, pace: Pace, shape: Shape, stop: threading.Event | None = None
) -> Iterator[Carrier]:
    """Let `client` carry the calls that a library makes inside this block, in this thread."""
    carrier = Carrier(client, pace, shape, stop)
    token = _carrier.set(carrier)
    try:
        yield carrier
    finally:
        _carrier.reset(token)


class StandIn:
    """Takes the place of the module `httpx2` inside habanero; everything goes to our client.

    Its own headers and time limit are left out: ours say the same and more.
    """

    __version__ = httpx2.__version__
    HTTPError = httpx2.HTTPError
    HTTPStatusError = httpx2.HTTPStatusError
    ConnectTimeout = httpx2.ConnectTimeout

    @staticmethod
    def get(
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> httpx2.Response:
        """Carry one call: `httpx2.get`, by the client of the `carried` block around it."""
        del headers, timeout
        carrier = _carrier.get()
        if carrier is None:
            msg = "habanero was called outside of http.carried(): no client would carry it"
            raise RuntimeError(msg)
        answer = carrier.client.get(
            url, params=params, pace=carrier.pace, shape=carrier.shape, stop=carrier.stop
        )
        carrier.answer = answer
        return httpx2.Response(
            answer.status,
            headers=_decoded(answer.headers),
            content=answer.body,
            request=httpx2.Request("GET", answer.url),
        )


stand_in = StandIn()


def quoted(text: str) -> str:
    """Return `text` as one segment of a path, every special character encoded."""
    return quote(text, safe="")


def address(url: str, params: Mapping[str, str]) -> str:
    """Return the address as it will be sent, with `params` encoded."""
    return str(httpx2.URL(url, params=dict(params)))


def _read(response: httpx2.Response, max_bytes: int, deadline: float, *, cut: bool) -> bytes:
    chunks: list[bytes] = []
    size = 0
    for chunk in response.iter_bytes():
        size += len(chunk)
        if size > max_bytes and cut:
            chunks.append(chunk[: max_bytes - size])
            break
        if size > max_bytes:
            raise TooLargeError(str(response.url), max_bytes)
        if time.monotonic() > deadline:
            raise UnusableError("the answer came too slowly", silent=True)
        chunks.append(chunk)
    return b"".join(chunks)


def _next_address(url: str, location: str, hops: int) -> str:
    """Return where a redirect leads, or refuse it."""
    try:
        target = urljoin(url, location)
        scheme = urlsplit(target).scheme
    except ValueError as error:
        raise UnusableError(f"a redirect to {location[:200]!r}", final=True) from error
    if hops > _MAX_REDIRECTS:
        raise UnusableError(f"more than {_MAX_REDIRECTS} redirects", final=True)
    if scheme not in {"http", "https"}:
        raise UnusableError(f"a redirect to {target[:200]!r}", final=True)
    return target


def _decoded(headers: Mapping[str, str]) -> dict[str, str]:
    """Drop what described the body on the wire: it is decoded now."""
    return {
        name: value
        for name, value in headers.items()
        if name not in {"content-encoding", "content-length", "transfer-encoding"}
    }


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def _sleep(seconds: float, stop: threading.Event | None) -> None:
    if stop is None:
        time.sleep(seconds)
    else:
        stop.wait(seconds)  # the next turn of the limiter notices that it is set


def _user_agent(mailto: str | None) -> str:
    """Name the program and, for the services' polite pools, whom to write to."""
    version = metadata.version("library")
    contact = f" (mailto:{mailto})" if mailto else ""
    return f"library/{version}{contact} habanero/{metadata.version('habanero')}"


def _checked_mail(mailto: str | None) -> str | None:
    text = (mailto or "").strip()
    if not text:
        return None
    if not _MAIL.fullmatch(text) or not text.isascii():
        raise SettingsError(
            f"{text!r} is not a mail address. Services are told it so that they can reach you; "
            "set mailto in metadata.yml, or LIBRARY_MAILTO, to one like name@example.org."
        )
    return text
