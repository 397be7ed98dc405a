"""Works that cite a work, as records.db keeps what a snapshot of Crossref knows: a JSON list."""

import json
from collections.abc import Iterable
from typing import Final

from library.work import CitingWork

NAME: Final = "citing-json"
_FIELDS: Final = ("doi", "title", "first_author", "year", "container_title", "type")


def write(works: Iterable[CitingWork]) -> str:
    """Return the works as JSON, in their order."""
    found = [{name: getattr(one, name) for name in _FIELDS} for one in works]
    return json.dumps(found, ensure_ascii=False)


def read(text: str) -> tuple[CitingWork, ...]:
    """Return the works that `write` wrote down."""
    return tuple(CitingWork(**one) for one in json.loads(text))
