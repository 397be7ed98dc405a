"""What `library check` may change: records that are asked for again, and safe mending."""

from collections.abc import Collection

from library.bibfile import BibFile
from library.build import build
from library.care import manners
from library.care.checking import Rules
from library.formats.bibtex.read import read
from library.settings import Settings
from library.sources import dois
from library.tasks.running import Progress, behind_the_file, session


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


def fix(settings: Settings, only: Collection[str] = (), skip: Collection[str] = ()) -> str:
    """Mend in references.bib what can be mended safely; return what changed, as a diff.

    Raises:
        UsageError: a name is no check.
        LibraryError: the file or a database cannot be used; nothing was changed.
    """
    rules = Rules.of(settings, only, skip)
    bib = BibFile.open(settings.bib)
    waived = {key for key, _ in rules.waived}
    entries = [entry for entry in bib.entries if entry.key not in waived]
    bib.apply(manners.fixes(entries, rules.wanted))
    diff = bib.diff()
    if bib.save():
        with behind_the_file(settings):
            build(settings)
    return diff
