"""Twins of NCBI's services: efetch for PubMed, and PubMed Central's id converter."""

import re

from .messages import Reply, Request

_OPEN = '<?xml version="1.0" ?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle"'
_DTD = ' "https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">\n<PubmedArticleSet>\n'


class PubMed:
    """Answers efetch from `articles`: PMID -> <PubmedArticle> as text."""

    def __init__(self, articles: dict[str, str]) -> None:
        self.articles = articles

    def pool(self, request: Request) -> str:
        """All requests count alike."""
        del request
        return "list"

    def answer(self, request: Request) -> Reply:
        """Answer one request; without any valid id it is an error."""
        wanted = [part.strip() for part in request.query.get("id", "").split(",")]
        valid = [pmid for pmid in wanted if pmid.isdigit()]
        if request.segments != ["efetch.fcgi"] or not valid:
            said = '{"error":"ID list is empty! Possibly it has no correct IDs."}'
            return Reply.text(said, 400, "application/json")
        found = "".join(self.articles.get(pmid, "") for pmid in valid)
        text = _OPEN + _DTD + found + "</PubmedArticleSet>\n"
        return Reply.text(text, 200, "text/xml; charset=UTF-8")


class Converter:
    """Answers id conversions from `ids`: PMCID -> {"pmid": …, "doi": …}."""

    def __init__(self, ids: dict[str, dict[str, object]]) -> None:
        self.ids = ids

    def pool(self, request: Request) -> str:
        """All requests count alike."""
        del request
        return "list"

    def answer(self, request: Request) -> Reply:
        """Answer one request."""
        wanted = re.split(r"[,\s]+", request.query.get("ids", ""))
        if request.segments[0] != "articles" or not any(wanted):
            return Reply.json({"status": "error", "message": "no ids"}, 400)
        records = []
        for one in wanted:
            known = self.ids.get(one.upper())
            if known is None:
                error = {"status": "error", "errmsg": "Identifier not found in PMC"}
                records.append({"requested-id": one, "pmcid": one, **error})
            else:
                records.append({"requested-id": one, "pmcid": one.upper(), **known})
        return Reply.json({"status": "ok", "response-date": "2026-11-23", "records": records})
