"""A twin of DataCite's REST API: /dois/{doi}."""

from typing import Any

from .messages import Reply, Request


class DataCite:
    """Answers from `records`: DOI in lower case -> attributes."""

    def __init__(self, records: dict[str, dict[str, Any]]) -> None:
        self.records = records

    def pool(self, request: Request) -> str:
        """All requests count alike."""
        del request
        return "single"

    def answer(self, request: Request) -> Reply:
        """Answer one request."""
        doi = "/".join(request.segments[1:]).lower()
        attributes = self.records.get(doi)
        if request.segments[0] != "dois" or attributes is None:
            error = {"status": "404", "title": "The resource you are looking for doesn't exist."}
            return Reply.json({"errors": [error]}, 404)
        data = {"id": doi, "type": "dois", "attributes": attributes, "relationships": {}}
        return Reply.json({"data": data})
