"""What a library asks a snapshot of Crossref: its part of it, and who cites its works.

Apart from the other requests, since it needs the extra `snapshot`.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path

from library.bibfile import BibFile
from library.build import Summary, build
from library.formats.bibtex.read import read
from library.formats.crossref_types import csl_type
from library.settings import Settings
from library.snapshot import questions
from library.snapshot.clusters import connected
from library.snapshot.extracting import Extracted, extract
from library.snapshot.questions import Ask, Citing
from library.snapshot.reading import Snapshot
from library.sources.records import Records
from library.sources.snapshot import citing_record
from library.tasks.running import behind_the_file
from library.work import CitingWork


def own_dois(bib: Path) -> list[str]:
    """Return the DOIs of the works of a .bib file, in its order.

    Raises:
        WorldError: the file cannot be read.
    """
    works = read(BibFile.open(bib).content(), bib.name).works
    return list(dict.fromkeys(work.doi for work in works if work.doi))


def take_along(snapshot: Path, bib: Path, to: Path) -> Extracted:
    """Write the part of a snapshot that the library of `bib` needs, as a snapshot.

    Raises:
        UsageError: there is no snapshot, or `to` is not empty.
        WorldError: a file cannot be read or written.
    """
    return extract(Snapshot(snapshot), own_dois(bib), to)


@contextmanager
def asking(folder: Path, scheduler: str | None) -> Iterator[Ask]:
    """Lend what answers questions about a snapshot: DuckDB here, or a cluster's workers.

    Raises:
        UsageError: there is no snapshot, or the cluster does not fit.
        SnapshotError: the cluster cannot be reached.
    """
    snapshot = Snapshot(folder)
    if scheduler is None:
        yield questions.here(snapshot.folder, snapshot.manifest)
        return
    with connected(scheduler, None, "1GB", snapshot.folder) as client:
        yield questions.under_dask(client, snapshot.folder, snapshot.manifest)


def keep_citing(settings: Settings, folder: Path, found: Sequence[Citing]) -> Summary:
    """Keep in records.db who cites the library's works, and publish it as `citing_works`.

    Raises:
        LibraryError: a database cannot be used.
    """
    date = Snapshot(folder).date
    by_doi = {doi: list(each) for doi, each in groupby(found, lambda one: one.cited_doi)}
    with Records(settings.records) as records:
        # Those that nobody cites too: what an older snapshot said of them is out of date.
        records.put_many(
            citing_record(doi, map(_work, by_doi.get(doi, ())), date)
            for doi in own_dois(settings.bib)
        )
    with behind_the_file(settings):
        return build(settings)


def _work(one: Citing) -> CitingWork:
    return CitingWork(
        one.citing_doi, one.title, one.family, one.year, one.container, csl_type(one.type)
    )
