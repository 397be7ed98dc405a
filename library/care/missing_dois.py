"""Entries without a DOI whose DOI a search that is stored has found.

Nothing is asked for: `library match` and `library check --refresh` leave their searches' answers in
records.db.
"""

from collections.abc import Iterator
from pathlib import Path

from library.care.looking import Library
from library.care.registry import CHECKS
from library.findings import Finding
from library.formats import crossref_json
from library.judgement.match import choose, query_text
from library.sources import crossref
from library.sources.records import Records


def missing_dois(library: Library, records: Path) -> Iterator[Finding]:
    """Yield a finding for each entry whose DOI is known beyond doubt."""
    if not records.exists():
        return
    asked = {}
    for entry in library.entries:
        work = library.works.get(entry.key)
        if work is not None and not work.doi:
            asked[entry.key] = (entry, work, " ".join(query_text(work).split()))
    with Records(records, read_only=True) as store:
        texts = [text for _, _, text in asked.values() if text]
        answers = store.get_many(crossref.SOURCE, "query", texts)
    for entry, work, text in asked.values():
        answer = answers.get(text)
        if answer is None or answer.status != "found":
            continue
        choice = choose(work, [crossref_json.read_record(one).work for one in answer.json()])
        if choice.best is not None and choice.best.doi:
            message = f"{choice.best.doi} is this work: library match {entry.key} --apply"
            severity = CHECKS["missing-doi"].severity
            yield Finding(
                "missing-doi", message, severity, library.name, entry.line, entry.key, "doi"
            )
