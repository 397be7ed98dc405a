"""A twin of arXiv's API: /query?id_list=…, an Atom feed."""

import re

from .messages import Reply, Request

_FEED = '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'


class Arxiv:
    """Answers from `entries`: id without version -> <entry> as text."""

    def __init__(self, entries: dict[str, str]) -> None:
        self.entries = entries

    def pool(self, request: Request) -> str:
        """All requests count alike."""
        del request
        return "list"

    def answer(self, request: Request) -> Reply:
        """Answer one request; ids that are unknown are absent, malformed ones are an error."""
        wanted = [part for part in request.query.get("id_list", "").split(",") if part]
        if any(not re.fullmatch(r"[\w.-]+(?:/\d+)?(?:v\d+)?", one) for one in wanted):
            error = "<entry><id>http://arxiv.org/api/errors#incorrect_id_format</id></entry>"
            return Reply.text(_FEED + error + "</feed>", 400, "application/atom+xml")
        found = []
        for one in wanted:
            bare, _, version = one.partition("v")
            entry = self.entries.get(bare)
            if entry is not None and (not version or f"{bare}v{version}</id>" in entry):
                found.append(entry)
        most = int(request.query.get("max_results", "10"))
        return Reply.text(_FEED + "".join(found[:most]) + "</feed>", 200, "application/atom+xml")
