"""PubMed: records of PMIDs as XML, and what a PMCID stands for.

Source: NCBI E-utilities (efetch), PMC ID Converter API; three requests a second without a key.
"""

import json
import threading
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from xml.etree import ElementTree as ET

from library.errors import IdentifierError
from library.sources import asking
from library.sources.answers import Answer
from library.sources.errors import SourceError
from library.sources.pacing import Pace
from library.sources.records import Record, encode
from library.sources.session import Session
from library.values.identifiers import normalise_doi

NAME = "PubMed"
SOURCE = "pubmed"
PMC = "pmc"
BATCH = 100  # ids in one request: 100 PMIDs make an address of about 1,000 bytes
_PACE = Pace(NAME, limit=3, interval=1.0, concurrency=2)
_OK = 200
_BAD_REQUEST = 400


def fetch(pmids: Iterable[str], session: Session) -> Iterator[Record]:
    """Yield PubMed's record of each PMID, stored ones first.

    A record's body is one <PubmedArticle> or <PubmedBookArticle>, format "pubmed-xml".
    """
    return asking.fetch(asking.Asking(SOURCE, "pmid", _ask, BATCH), pmids, session)


def convert(pmcids: Iterable[str], session: Session) -> Iterator[Record]:
    """Yield what PubMed Central says that each PMCID stands for.

    A record's body is JSON, format "pmc-ids-json": {"pmcid": …, "pmid": …, "doi": …}.
    """
    return asking.fetch(asking.Asking(PMC, "pmcid", _convert, BATCH), pmcids, session)


def doi_of(record: Record) -> str | None:
    """Return the DOI that a record of this module names, or None."""
    if record.format == "pmc-ids-json":
        return _doi(record.json().get("doi"))
    article = ET.fromstring(record.body or "<none/>")  # noqa: S314 - expat refuses entity bombs
    for path in ("PubmedData/ArticleIdList/ArticleId", "PubmedBookData/ArticleIdList/ArticleId"):
        for item in article.findall(path):
            if item.get("IdType") == "doi" and (doi := _doi(item.text)):
                return doi
    for item in article.iter("ELocationID"):
        if item.get("EIdType") == "doi" and item.get("ValidYN") != "N" and (doi := _doi(item.text)):
            return doi
    return None


def pmid_of(record: Record) -> str | None:
    """Return the PMID in PubMed Central's answer about a PMCID, or None."""
    value = str(record.json().get("pmid") or "")
    return value if value.isdigit() else None


def _ask(session: Session, batch: Sequence[str], stop: threading.Event) -> list[Record]:
    params = {"db": "pubmed", "id": ",".join(batch), "retmode": "xml", **_who(session)}
    url = f"{session.services.pubmed}/efetch.fcgi"
    answer = session.client.get(
        url, params=params, pace=_PACE, accept="application/xml", expect="xml", stop=stop
    )
    # With no valid id among those asked for, efetch answers 400 instead of an empty set.
    if answer.status == _BAD_REQUEST:
        sent: dict[str, ET.Element] = {}
    else:
        _expect_ok(answer)
        sent = _articles(ET.fromstring(answer.body))  # noqa: S314 - expat refuses entity bombs
    return session.records.put_many(_record(pmid, sent.get(pmid)) for pmid in batch)


def _articles(root: ET.Element) -> dict[str, ET.Element]:
    """Return the articles of an answer by PMID."""
    found: dict[str, ET.Element] = {}
    for article in root:
        for path in ("MedlineCitation/PMID", "BookDocument/PMID"):
            pmid = article.findtext(path)
            if pmid:
                found[pmid.strip()] = article
    return found


def _record(pmid: str, article: ET.Element | None) -> Record:
    if article is None:
        reason = "PubMed does not know this PMID."
        return Record(SOURCE, "pmid", pmid, "not-found", reason=reason)
    article.tail = None
    body = ET.tostring(article, encoding="unicode")
    return Record(SOURCE, "pmid", pmid, "found", "pubmed-xml", body)


def _convert(session: Session, batch: Sequence[str], stop: threading.Event) -> list[Record]:
    params = {"ids": ",".join(batch), "format": "json", **_who(session)}
    url = f"{session.services.pmc}/articles/"
    answer = session.client.get(url, params=params, pace=_PACE, shape=_is_conversion, stop=stop)
    sent: dict[str, dict[str, Any]] = {}
    if answer.status != _BAD_REQUEST:
        _expect_ok(answer)
        for item in json.loads(answer.body)["records"]:
            asked = str(item.get("requested-id") or item.get("pmcid") or "").upper()
            if item.get("status") != "error" and (item.get("doi") or item.get("pmid")):
                sent[asked.partition(".")[0]] = item
    records = []
    for pmcid in batch:
        if pmcid in sent:
            body = encode(sent[pmcid])
            records.append(Record(PMC, "pmcid", pmcid, "found", "pmc-ids-json", body))
        else:
            reason = "PubMed Central does not know this PMCID, or neither a DOI nor a PMID for it."
            records.append(Record(PMC, "pmcid", pmcid, "not-found", reason=reason))
    return session.records.put_many(records)


def _expect_ok(answer: Answer) -> None:
    if answer.status != _OK:
        raise SourceError(NAME, f"{NAME} answers HTTP {answer.status}; nothing was changed.")


def _who(session: Session) -> dict[str, str]:
    """Return the parameters by which NCBI wants to know a program and whom to write to."""
    who = {"tool": "library"}
    if session.client.mailto:
        who["email"] = session.client.mailto
    return who


def _doi(text: str | None) -> str | None:
    try:
        return normalise_doi(text or "")
    except IdentifierError:
        return None


def _is_conversion(parsed: Any) -> bool:  # noqa: ANN401 - whatever was sent
    records = parsed.get("records") if isinstance(parsed, dict) else None
    return isinstance(records, list) and all(isinstance(item, dict) for item in records)
