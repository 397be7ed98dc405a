"""Asking the sources again about works that are here: `refresh`."""

from library.bibfile import BibFile
from library.formats.bibtex.read import read
from library.settings import Settings
from library.sources import dois
from library.tasks.running import Progress, session


def refresh(settings: Settings, progress: Progress | None = None) -> int:
    """Fetch the record of every DOI of the library anew; return how many were found.

    Nothing in references.bib changes; the next build reads the new records.

    Raises:
        LibraryError: the file cannot be read, or no source answers; what came until then is kept.
    """
    bib = BibFile.open(settings.bib)
    works = read(bib.content(), settings.bib.name).works
    wanted = list(dict.fromkeys(work.doi for work in works if work.doi))
    with session(settings, refresh=True) as open_session:
        return sum(
            record.status == "found" for record in dois.fetch(wanted, open_session, progress)
        )
