"""What every request runs in: an open session with the sources, and a word when a build fails."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from library.errors import WorldError
from library.settings import Settings
from library.sources.http import Client
from library.sources.records import Freshness, Records
from library.sources.session import Services, Session
from library.sources.snapshot import open_snapshot

Progress = Callable[[int, int], None]  # (done, in all)


@contextmanager
def session(settings: Settings, *, refresh: bool = False) -> Iterator[Session]:
    """Open what sources need: the polite client, the store of records, the services' addresses."""
    services = Services.from_environment(
        os.environ, **{**settings.source_urls, "crossref": settings.crossref_url}
    )
    snapshot = open_snapshot(settings.snapshot_folder) if settings.source == "snapshot" else None
    age = timedelta(days=settings.record_age_days) if settings.record_age_days else None
    with (
        Records(settings.records) as records,
        Client(
            mailto=settings.mailto,
            plus_token=os.environ.get("CROSSREF_PLUS_TOKEN"),
            plus_base=services.crossref,
            private_pages=bool(os.environ.get("LIBRARY_PRIVATE_PAGES")),
        ) as client,
    ):
        freshness = Freshness(refresh=refresh, max_age=age)
        yield Session(client, records, services, freshness, snapshot)


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
