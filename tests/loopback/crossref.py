"""A twin of Crossref's REST API, as far as the library asks it.

Source: the API's own documentation, and answers of it kept in test data of several projects.
"""

import base64
import binascii
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from .messages import Reply, Request
from .works import Message, Works

URL_BYTES = 4092  # behind the host; longer addresses are refused
MOST_ROWS = 1000
MOST_OFFSET = 10_000
SELECTABLE = frozenset(
    [
        "DOI",
        "ISBN",
        "ISSN",
        "URL",
        "abstract",
        "accepted",
        "alternative-id",
        "approved",
        "archive",
        "article-number",
        "assertion",
        "author",
        "chair",
        "clinical-trial-number",
        "container-title",
        "content-created",
        "content-domain",
        "contributor",
        "created",
        "degree",
        "deposited",
        "editor",
        "event",
        "funder",
        "group-title",
        "indexed",
        "is-referenced-by-count",
        "issn-type",
        "issue",
        "issued",
        "license",
        "link",
        "member",
        "original-title",
        "page",
        "posted",
        "prefix",
        "published",
        "published-online",
        "published-print",
        "publisher",
        "publisher-location",
        "reference",
        "references-count",
        "relation",
        "resource",
        "score",
        "short-container-title",
        "short-title",
        "standards-body",
        "subject",
        "subtitle",
        "title",
        "translator",
        "type",
        "update-policy",
        "update-to",
        "updated-by",
        "volume",
    ]
)
FILTERS = frozenset(
    {"doi", "type", "from-index-date", "until-index-date", "has-abstract", "isbn", "issn"}
)


class Crossref:
    """Answers from `works`. All attributes may be changed while it runs.

    Attributes:
        aliases: DOIs that lead to another record; both in lower case.
        redirects: whether an alias is answered by a redirect, instead of the other's record.
        agencies: DOIs that are registered elsewhere, and where: {"10.5061/x": "DataCite"}.
        wrong: DOIs for which the record of another DOI is sent, by mistake.
    """

    def __init__(self, works: Works) -> None:
        self.works = works
        self.aliases: dict[str, str] = {}
        self.redirects = False
        self.agencies: dict[str, str] = {}
        self.wrong: dict[str, str] = {}

    def pool(self, request: Request) -> str:
        """Single DOIs and everything else are counted apart."""
        return "list" if request.path.rstrip("/") == "/works" else "single"

    def answer(self, request: Request) -> Reply:
        """Answer one request."""
        if len(request.target) > URL_BYTES:
            return Reply.text("<h1>414 Request-URI Too Large</h1>", 414, "text/html")
        if request.path.rstrip("/") == "/works":
            return self._list(request.query)
        if not request.path.startswith("/works/"):
            return _not_found()
        name = "/".join(request.segments[1:])
        if name.endswith("/agency"):
            return self._agency(name.removesuffix("/agency").lower())
        return self._work(name.lower(), request)

    def _work(self, doi: str, request: Request) -> Reply:
        prime = self.aliases.get(doi)
        if prime and self.redirects:
            place = request.target.partition("/works/")[0] + "/works/" + quote(prime, safe="")
            return Reply(301, b"", headers={"Location": place})
        message = self.works.get(self.wrong.get(doi) or prime or doi)
        if message is None:
            return _not_found()
        reply = Reply.json(_envelope("work", message))
        reply.headers["ETag"] = f'"{message.get("indexed", {}).get("timestamp", 0)}"'
        return reply

    def _agency(self, doi: str) -> Reply:
        label = "Crossref" if self.works.get(doi) or doi in self.aliases else self.agencies.get(doi)
        if label is None:
            return _not_found()
        agency = {"id": label.lower(), "label": label}
        return Reply.json(_envelope("work-agency", {"DOI": doi, "agency": agency}))

    def _list(self, query: dict[str, str]) -> Reply:
        problem = _problem(query)
        if problem:
            return _refused(*problem)
        rows = int(query.get("rows", 20))
        start = int(query.get("offset", 0))
        if query.get("cursor", "*") != "*":
            start = int(base64.b64decode(query["cursor"]))
        text = query.get("query.bibliographic") or query.get("query")
        ranked: list[tuple[Message, float]]
        if text:
            ranked = self.works.search(text, MOST_ROWS)
        else:
            ranked = [(message, 1.0) for message in self._candidates(query)]
        kept = [(message, score) for message, score in ranked if _passes(message, query)]
        shown = kept[start : start + rows]
        items = [_selected(message, score, query.get("select")) for message, score in shown]
        answer: dict[str, Any] = {
            "facets": {},
            "total-results": len(kept),
            "items": items,
            "items-per-page": rows,
            "query": {"start-index": start, "search-terms": text},
        }
        if "cursor" in query:
            answer["next-cursor"] = base64.b64encode(str(start + rows).encode()).decode()
        return Reply.json(_envelope("work-list", answer))

    def _candidates(self, query: dict[str, str]) -> list[Message]:
        """Return what the doi: filters name, or everything."""
        dois = _filters(query).get("doi")
        if dois is None:
            return sorted(self.works, key=lambda message: str(message["DOI"]).lower())
        found = {doi.lower(): self.works.get(doi) for doi in dois}
        return [message for message in found.values() if message is not None]


def _filters(query: dict[str, str]) -> dict[str, list[str]]:
    parsed: dict[str, list[str]] = {}
    for part in filter(None, query.get("filter", "").split(",")):
        name, _, value = part.partition(":")
        parsed.setdefault(name, []).append(value)
    return parsed


def _problem(query: dict[str, str]) -> tuple[str, str, str] | None:
    """Return (kind, value, message) of what is wrong with a list request."""
    for name in _filters(query):
        if name not in FILTERS:  # also what follows a comma inside a DOI
            said = f"Filter {name} specified but there is no such filter for this route."
            return "filter-not-available", name, said
    for name, most in (("rows", MOST_ROWS), ("offset", MOST_OFFSET)):
        value = query.get(name, "0")
        if not value.isdigit() or int(value) > most:
            return "integer-not-valid", value, f"{name} must be an integer up to {most}."
    for name in filter(None, query.get("select", "").split(",")):
        if name not in SELECTABLE:
            return "parameter-not-allowed", name, f"Select name {name} does not exist."
    cursor = query.get("cursor", "*")
    try:
        if cursor != "*":
            int(base64.b64decode(cursor, validate=True))
    except (ValueError, binascii.Error):
        return "cursor-not-valid", cursor, "The cursor is not one that was given out."
    return None


def _passes(message: Message, query: dict[str, str]) -> bool:
    indexed = str(message.get("indexed", {}).get("date-time", ""))[:10]
    tests: dict[str, Callable[[list[str]], bool]] = {
        "doi": lambda values: message["DOI"].lower() in [value.lower() for value in values],
        "type": lambda values: message.get("type") in values,
        "issn": lambda values: bool(set(values) & set(message.get("ISSN") or [])),
        "isbn": lambda values: bool(
            set(values) & {str(isbn).rpartition("/")[2] for isbn in message.get("ISBN") or []}
        ),
        "from-index-date": lambda values: indexed >= min(values),
        "until-index-date": lambda values: indexed <= max(values),
        "has-abstract": lambda values: ("abstract" in message) == (values[-1] in {"1", "true"}),
    }
    return all(tests[name](values) for name, values in _filters(query).items())


def _selected(message: Message, score: float, select: str | None) -> Message:
    scored = {**message, "score": score}
    if not select:
        return scored
    return {name: scored[name] for name in select.split(",") if name in scored}


def _envelope(kind: str, message: object) -> dict[str, object]:
    return {"status": "ok", "message-type": kind, "message-version": "1.0.0", "message": message}


def _refused(kind: str, value: str, said: str) -> Reply:
    problem = [{"type": kind, "value": value, "message": said}]
    failed = {"status": "failed", "message-type": "validation-failure", "message": problem}
    return Reply.json(failed, 400)


def _not_found() -> Reply:
    return Reply.text("Resource not found.", 404)
