"""What a twin is asked and what it answers."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote


@dataclass(frozen=True, slots=True)
class Request:
    """One request as a twin sees it."""

    service: str  # "crossref"
    path: str  # behind the service, still percent-encoded: "/works/10.5555%2F12345678"
    query: dict[str, str]  # decoded; the last value of each name
    headers: Mapping[str, str]  # names in lower case
    target: str  # as it came over the wire, path and query

    @property
    def segments(self) -> list[str]:
        """The parts of the path, each decoded."""
        return [unquote(part) for part in self.path.strip("/").split("/")]


@dataclass(slots=True)
class Reply:
    """What a twin answers."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def json(cls, value: object, status: int = 200) -> "Reply":
        """Return `value` as JSON."""
        return cls(status, json.dumps(value).encode(), "application/json")

    @classmethod
    def text(cls, text: str, status: int = 200, content_type: str = "text/plain") -> "Reply":
        """Return text as UTF-8."""
        return cls(status, text.encode(), content_type)
