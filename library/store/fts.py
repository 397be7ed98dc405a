"""What people type into a search box, as an FTS5 expression that cannot fail.

Words must all occur; "words in quotes" stand side by side; word* is a beginning; -word must not
occur; title:word, author:word, abstract:word, venue:word and keyword:word look in one place;
OR between words means either. Everything else is text: FTS5's own syntax is quoted away.
"""

import re
from typing import Final

_COLUMNS: Final = {
    "title": "title",
    "author": "names",
    "name": "names",
    "abstract": "abstract",
    "venue": "venue",
    "journal": "venue",
    "keyword": "keywords",
}
_TERM: Final = re.compile(
    r'(?P<minus>-)?(?:(?P<column>[a-z]+):)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))(?P<star>\*)?',
    re.IGNORECASE,
)
# Scripts without blanks between words: the tokenizer takes a run for one word, so a search finds
# only how runs begin.
_RUNS: Final = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uf900-\ufaff]")
_MOST_TERMS: Final = 64


def expression(text: str) -> str | None:
    """Return the FTS5 expression for `text`; None where it holds no word to search for."""
    wanted: list[str] = []
    unwanted: list[str] = []
    either = False
    for match in list(_TERM.finditer(text.replace("\x00", " ")))[:_MOST_TERMS]:
        if match["word"] == "OR" and not match["column"] and not match["minus"]:
            either = bool(wanted)
            continue
        term = _term(match)
        if term is None:
            continue
        if match["minus"]:
            unwanted.append(term)
        elif either:
            wanted[-1] = f"{wanted[-1]} OR {term}"
        else:
            wanted.append(term)
        either = False
    if not wanted:
        return None
    found = " AND ".join(f"({term})" if " OR " in term else term for term in wanted)
    return f"({found}) NOT ({' OR '.join(unwanted)})" if unwanted else found


def _term(match: re.Match[str]) -> str | None:
    column = _COLUMNS.get((match["column"] or "").lower())
    body = match["phrase"] if match["phrase"] is not None else match["word"]
    star = bool(match["star"])
    if match["column"] and column is None:
        body = f"{match['column']}:{body}"
    if match["phrase"] is None and body.endswith("*"):
        body, star = body.rstrip("*"), True
    if not any(char.isalnum() for char in body):
        return None
    star = star or (match["phrase"] is None and bool(_RUNS.search(body)))
    quoted = '"' + body.replace('"', " ") + '"' + (" *" if star else "")
    return f"{column} : {quoted}" if column else quoted
