"""A twin of doi.org: handles, registration agencies, and content negotiation."""

from typing import Any

from .crossref import Crossref
from .messages import Reply, Request

CSL_JSON = "application/vnd.citationstyles.csl+json"


class DoiOrg:
    """Knows what the Crossref twin knows, and what it is given.

    Attributes:
        items: DOI in lower case -> CSL-JSON that content negotiation sends.
        agencies: DOI in lower case -> who registered it, besides those of Crossref.
    """

    def __init__(self, crossref: Crossref) -> None:
        self.crossref = crossref
        self.items: dict[str, dict[str, Any]] = {}
        self.agencies: dict[str, str] = {}

    def pool(self, request: Request) -> str:
        """All requests count alike."""
        del request
        return "single"

    def answer(self, request: Request) -> Reply:
        """Answer one request."""
        segments = request.segments
        if segments[:2] == ["api", "handles"]:
            return self._handle("/".join(segments[2:]).lower())
        if segments[0] == "ra":
            return self._agency("/".join(segments[1:]).lower())
        return self._negotiate("/".join(segments).lower(), request.headers.get("accept", ""))

    def _known(self, doi: str) -> bool:
        return bool(
            self.crossref.works.get(doi)
            or doi in self.crossref.aliases
            or doi in self.items
            or doi in self.agencies
            or doi in self.crossref.agencies
        )

    def _handle(self, doi: str) -> Reply:
        if not self._known(doi):
            return Reply.json({"responseCode": 100, "handle": doi}, 404)
        prime = self.crossref.aliases.get(doi)
        kind, value = ("HS_ALIAS", prime) if prime else ("URL", f"https://example.org/{doi}")
        values = [{"index": 1, "type": kind, "data": {"format": "string", "value": value}}]
        return Reply.json({"responseCode": 1, "handle": doi, "values": values})

    def _agency(self, doi: str) -> Reply:
        if not self._known(doi):
            return Reply.json([{"DOI": doi, "status": "DOI does not exist"}])
        label = self.agencies.get(doi) or self.crossref.agencies.get(doi) or "Crossref"
        return Reply.json([{"DOI": doi, "RA": label}])

    def _negotiate(self, doi: str, accept: str) -> Reply:
        if not self._known(doi):
            return Reply.text("<h1>DOI Not Found</h1>", 404, "text/html")
        if CSL_JSON not in accept:
            return Reply.text("<html><body>A publisher's page.</body></html>", 200, "text/html")
        item = self.items.get(doi) or self.crossref.works.get(doi)
        if item is None:
            return Reply.text("no such form", 406)
        reply = Reply.json(item)
        reply.content_type = CSL_JSON
        return reply
