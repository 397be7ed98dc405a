"""What every request runs in: an open session with the sources, and a word when a build fails."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

from library.errors import WorldError
from library.settings import Settings
from library.sources.http import Client, Retries, Timeouts
from library.sources.records import Freshness, Records
from library.sources.session import Services, Session
from library.sources.snapshot import open_snapshot

_USUAL_RETRIES: Final = Retries()
_USUAL_TIMES: Final = Timeouts()
Progress = Callable[[int, int], None]  # (done, in all)


@contextmanager
def session(settings: Settings, *, refresh: bool = False) -> Iterator[Session]:
    """Open what sources need: the polite client, the store of records, the services' addresses."""
    snapshot = open_snapshot(settings.snapshot_folder) if settings.source == "snapshot" else None
    age = timedelta(days=settings.record_age_days) if settings.record_age_days else None
    with Records(settings.records) as records, polite_client(settings) as client:
        freshness = Freshness(refresh=refresh, max_age=age)
        yield Session(client, records, _services(settings), freshness, snapshot)


@contextmanager
def polite_client(
    settings: Settings, retries: Retries = _USUAL_RETRIES, timeouts: Timeouts = _USUAL_TIMES
) -> Iterator[Client]:
    """Open the client that says who is asking."""
    with Client(
        mailto=settings.mailto,
        plus_token=os.environ.get("CROSSREF_PLUS_TOKEN"),
        plus_base=_services(settings).crossref,
        private_pages=bool(os.environ.get("LIBRARY_PRIVATE_PAGES")),
        retries=retries,
        timeouts=timeouts,
    ) as client:
        yield client


def _services(settings: Settings) -> Services:
    return Services.from_environment(
        os.environ, **{**settings.source_urls, "crossref": settings.crossref_url}
    )


@contextmanager
def behind_the_file(settings: Settings) -> Iterator[None]:
    """Say of a failure that the file itself is saved: nobody should do the same again."""
    try:
        yield
    except WorldError as error:
        raise WorldError(
            f"{settings.bib.name} is saved as you asked, but the databases are not up to date: "
            f"{error} `library build` brings them up to date when that is mended."
        ) from error
