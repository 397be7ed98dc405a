"""Which reader understands what a source sent: by the format's name in records.db."""

import json
from collections.abc import Callable
from typing import Literal

from library.formats import (
    arxiv_atom,
    crossref_json,
    csl_json,
    datacite_json,
    openlibrary_json,
    pubmed,
)
from library.formats.reading import RecordReading

Event = Literal["print", "online", "earliest"]


def _csl(body: str, event: Event) -> RecordReading:
    del event
    work, findings = csl_json.read_item(json.loads(body))
    return RecordReading(work, findings=tuple(findings))


_READERS: dict[str, Callable[[str, Event], RecordReading]] = {
    "crossref-json": lambda body, event: crossref_json.read_record(json.loads(body), event=event),
    "csl-json": _csl,
    "datacite-json": lambda body, _: datacite_json.read_record(json.loads(body)),
    "arxiv-atom": lambda body, _: arxiv_atom.read_record(body),
    "openlibrary-json": lambda body, _: openlibrary_json.read_record(json.loads(body)),
    "pubmed-xml": lambda body, event: pubmed.read_record(body, event=event),
}


def read_record(form: str, body: str, *, event: Event = "print") -> RecordReading | None:
    """Return what the record says; None where its format describes no work ("pmc-ids-json").

    Args:
        form: the record's format as records.db names it.
        body: the record as the source sent it.
        event: which publication event gives year, volume, issue and pages.
    """
    reader = _READERS.get(form)
    return None if reader is None else reader(body, event)
