"""Whether web addresses still lead somewhere: asked gently, one host at a time.

A request is a GET that is broken off behind the first kilobyte: HEAD is refused or answered
wrongly by so many servers that a second request would follow anyway.
"""

import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, Literal
from urllib.parse import urldefrag, urlsplit

from library.errors import LibraryError
from library.sources.errors import NoAnswerError
from library.sources.http import Client
from library.sources.pacing import Pace
from library.sources.parallel import in_parallel

_HOSTS: Final = 8  # asked at once, one request each
_FIRST: Final = 1000  # bytes of an answer that are read
_OK: Final = range(200, 300)
_GONE: Final = frozenset({404, 410})
_NO_NAME: Final = "is not known"  # as the client says it of a host's name


@dataclass(frozen=True, slots=True)
class Link:
    """What came of asking for one address."""

    url: str  # as it was given
    state: Literal["good", "moved", "dead", "untold"]
    detail: str = ""  # for people: "HTTP 404", "no answer in time"
    target: str | None = None  # where it has moved to for good


def ask(urls: Iterable[str], client: Client, interval: float = 1.0) -> Iterator[Link]:
    """Yield what came of each address, once each, as it comes.

    Args:
        urls: http and https addresses; others are passed over.
        client: that asks.
        interval: seconds between two requests to one host.

    "untold" is what may be so for the moment, or for programs only: refused, too busy, silent.
    A name that is not known is "dead" only where another host answered: else there is no network.
    """
    by_host: defaultdict[str, list[str]] = defaultdict(list)
    for url in dict.fromkeys(urls):
        host = _host(url)
        if host:
            by_host[host].append(url)
    nameless: list[Link] = []
    has_network = False
    jobs = list(by_host.values())
    for job, result in in_parallel(partial(_ask_host, client, interval), jobs, _HOSTS):
        if isinstance(result, Exception):
            yield from (Link(url, "untold", str(result)) for url in job)
            continue
        for link in result:
            if link.state == "dead" and link.detail.endswith(_NO_NAME):
                nameless.append(link)
            else:
                has_network = has_network or link.state != "untold"
                yield link
    for link in nameless:
        yield link if has_network else Link(link.url, "untold", link.detail)


def _host(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        return parts.netloc.lower() if parts.scheme in {"http", "https"} else None
    except ValueError:
        return None


def _ask_host(
    client: Client, interval: float, urls: Sequence[str], stop: threading.Event
) -> list[Link]:
    """Ask for the addresses of one host, one after the other."""
    host = _host(urls[0]) or ""
    pace = Pace(host, limit=1, interval=interval, concurrency=1, stop_on_403=False)
    return [_ask(client, url, pace, stop) for url in urls]


def _ask(client: Client, url: str, pace: Pace, stop: threading.Event) -> Link:
    try:
        answer = client.get(
            urldefrag(url).url,
            pace=pace,
            accept="text/html, application/pdf, */*",
            expect="any",
            max_bytes=_FIRST,
            cut=True,
            guarded=True,
            stop=stop,
        )
    except NoAnswerError as error:
        is_nameless = error.cause.endswith(_NO_NAME)
        return Link(url, "dead" if is_nameless else "untold", error.cause)
    except LibraryError as error:
        return Link(url, "untold", str(error))
    if answer.status in _GONE:
        return Link(url, "dead", f"HTTP {answer.status}")
    if answer.status not in _OK:
        return Link(url, "untold", f"HTTP {answer.status}")
    if answer.moved_to is not None:
        return Link(url, "moved", target=answer.moved_to)
    return Link(url, "good")
