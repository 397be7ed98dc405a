"""Publisher, identifiers, addresses, language, state and notes of an entry."""

import re
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache

from library.errors import IdentifierError
from library.formats.bibtex.draft import Draft
from library.formats.bibtex.latex import decode, decode_cached
from library.formats.bibtex.names import split_names
from library.formats.bibtex.verbatim import unescaped
from library.formats.bibtex.vocabulary import (
    BIBLATEX_FIELDS,
    EPRINT_ARCHIVES,
    LANGIDS,
    LANGUAGE_CODES,
    LANGUAGE_NAMES,
    PLACES,
    PUBSTATES,
)
from library.formats.bibtex.wordlist import words
from library.values.identifiers import (
    normalise_arxiv,
    normalise_doi,
    normalise_isbn,
    normalise_issn,
    normalise_pmcid,
    normalise_pmid,
)

_PUBLISHERS = ("school", "institution", "organization", "publisher")
_ADDRESS = re.compile(r"(?:https?|ftp)://\S+", re.IGNORECASE)
_PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9:/.?=_#%&+~,;()@!*'-]+")
_PLAIN_DOI = re.compile(r"10\.[0-9]{4,9}/[a-z0-9._/-]*[a-z0-9]")
_URL_MACRO = re.compile(r"^\s*\{?\s*\\(?:url|path|nolinkurl|href)\s*\{([^{}]*)\}.*$", re.DOTALL)
_DOI_ADDRESS = re.compile(r"https?://(?:dx\.)?(?:www\.)?doi\.org/(10\.)", re.IGNORECASE)
_PUBMED_NOTE = re.compile(r"PMID:?\s*([1-9][0-9]{4,8})\.?")
_LANGUAGE_TAG = re.compile(r"([A-Za-z]{2,3})((?:[-_][A-Za-z0-9]{2,8})*)")


def read_publisher(draft: Draft) -> None:
    """Read who made the work public, and where."""
    left, values = draft.left, draft.values
    found = [field for field in _PUBLISHERS if field in left]
    if found:
        texts = [text for field in found if (text := _literal_list(draft, field))]
        if texts:
            several = len(texts) > 1
            values["publisher"] = "; ".join(dict.fromkeys(texts)) if several else texts[0]
    if "howpublished" in left:
        _how_published(draft)
    if "location" in left and "address" in left and "venue" not in left:
        # ACM's export: the conference's place, and the publisher's.
        left["venue"] = left["location"]
        left["location"] = left.pop("address")
    if "location" in left:
        place = _literal_list(draft, "location")
        if place:
            values["jurisdiction" if draft.type == "patent" else "publisher_place"] = place


def _literal_list(draft: Draft, field: str) -> str | None:
    """Read a field that biblatex takes as a list ("Paris and London"), BibTeX as a text.

    The "and" separates only in entries that are biblatex's beyond doubt.
    """
    raw = draft.left.pop(field)
    if " and " in raw and (draft.entry.fields.keys() & BIBLATEX_FIELDS):
        parts = [decode(part) for part in split_names(raw)]
        return "; ".join(PLACES.get(part, part) for part in parts if part) or None
    text = decode_cached(raw)
    return PLACES.get(text, text) or None


def _how_published(draft: Draft) -> None:
    """`howpublished` is an address, or words on who made the work public."""
    raw = draft.left["howpublished"]
    text = decode(raw)
    if _ADDRESS.fullmatch(text):
        if "url" not in draft.left:
            draft.left["url"] = draft.left.pop("howpublished")
        elif unescaped(draft.left["url"]) == text:
            del draft.left["howpublished"]
        return
    if text and "publisher" not in draft.values:
        draft.values["publisher"] = text
        del draft.left["howpublished"]


def read_identifiers(draft: Draft) -> None:
    """Read DOI, ISBN, ISSN, PubMed's numbers, preprint archives and the address."""
    left, values = draft.left, draft.values
    if "doi" in left:
        if _PLAIN_DOI.fullmatch(left["doi"]):
            values["doi"] = left.pop("doi")
        else:
            _single(draft, "doi", "doi", normalise_doi)
    if "pmid" in left:
        _single(draft, "pmid", "pmid", normalise_pmid)
    if "pmcid" in left:
        _single(draft, "pmcid", "pmcid", _pmcid)
    if "isbn" in left:
        _several(draft, "isbn", normalise_isbn)
    if "issn" in left:
        _several(draft, "issn", normalise_issn)
    if "eprint" in left:
        _eprint(draft)
    if "url" in left:
        url = _address(left.pop("url"))
        if url:
            values["url"] = url
            if "doi" not in values and _DOI_ADDRESS.match(url):
                with suppress(IdentifierError):
                    values["doi"] = normalise_doi(url)


@lru_cache(maxsize=2048)
def _pmcid(text: str) -> str:
    return normalise_pmcid(text if text.upper().startswith("PMC") else f"PMC{text}")


def _address(raw: str) -> str:
    if _PLAIN_ADDRESS.fullmatch(raw):
        return raw
    match = _URL_MACRO.match(raw)
    text = unescaped(match.group(1) if match else raw)
    if "\\" in text:
        text = decode(text)
    while text[:1] in "{<" and text[-1:] in "}>" and len(text) > 1:
        text = text[1:-1].strip()
    return text


def _single(draft: Draft, field: str, variable: str, normalise: Callable[[str], str]) -> None:
    written = _address(draft.left[field])
    if not written:
        del draft.left[field]
        return
    try:
        draft.values[variable] = normalise(written)
        del draft.left[field]
    except IdentifierError as error:
        draft.find(f"bad-{variable}", f"{error}; the field is kept, but not used", field)


def _several(draft: Draft, field: str, normalise: Callable[[str], str]) -> None:
    """Read a list of identifiers; one that is not valid is kept as it is written."""
    text = decode(draft.left.pop(field))
    found: dict[str, None] = {}
    for written in re.split(r"[,;]\s*|\s+(?:and|/|\|)\s+|\s+(?=97[89][-0-9])", text):
        bare = re.sub(r"\s*\([^()]*\)\s*:?", "", written).strip() or written.strip()
        if not bare:
            continue
        try:
            found.setdefault(normalise(bare))
        except IdentifierError as error:
            draft.find(f"bad-{field}", f"{error}; it is kept as it is written", field)
            found.setdefault(bare)
    if found:
        draft.values[field] = tuple(found)


def _eprint(draft: Draft) -> None:
    """`eprint` and its archive: PubMed's are identifiers of the work, others an archive's place."""
    left, values = draft.left, draft.values
    written = _address(left["eprint"])
    archive = decode(left.get("eprinttype", "")).lower()
    if archive in {"pubmed", "pmid", "pmcid", "pmc"}:
        variable = "pmid" if archive in {"pubmed", "pmid"} else "pmcid"
        if variable in values:
            return
        try:
            values[variable] = normalise_pmid(written) if variable == "pmid" else _pmcid(written)
        except IdentifierError as error:
            draft.find(f"bad-{variable}", f"{error}; the field is kept, but not used", "eprint")
            return
        del left["eprint"], left["eprinttype"]
        return
    if archive in {"", "arxiv"}:
        try:
            written = normalise_arxiv(written)
            archive = "arxiv"
        except IdentifierError as error:
            if archive:
                draft.find("bad-arxiv", f"{error}; it is kept as it is written", "eprint")
    if archive in EPRINT_ARCHIVES and written and "archive" not in left:
        values["archive"] = EPRINT_ARCHIVES[archive]
        values["archive_location"] = written
        del left["eprint"]
        left.pop("eprinttype", None)


def read_language(draft: Draft) -> None:
    """Read the language: babel's name for it, or BCP 47."""
    left, values = draft.left, draft.values
    stated = left.get("language")
    if stated is not None:
        language = language_tag(decode(stated))
        if language:
            values["language"] = language
            del left["language"]
            if "langid" in left and LANGIDS.get(left["langid"].strip().lower()) == language:
                del left["langid"]
            return
    if "langid" in left:
        language = LANGIDS.get(_langid(draft)) or language_tag(left["langid"])
        if language:
            values["language"] = language
            del left["langid"]


def _langid(draft: Draft) -> str:
    name = draft.left["langid"].strip().lower()
    variant = re.search(r"variant\s*=\s*([a-z]+)", draft.left.get("langidopts", ""))
    if variant and name == "english":
        return {"us": "american", "uk": "british"}.get(variant[1], variant[1])
    return name


@lru_cache(maxsize=512)
def language_tag(text: str) -> str | None:
    """Return the BCP 47 tag in `text` ("en", "EN_us", "English"), None where it is none."""
    name = text.strip().lower().removeprefix("lang")
    if name in LANGUAGE_NAMES:
        return LANGUAGE_NAMES[name]
    if name in LANGIDS:
        tag = LANGIDS[name]
        return tag if text.strip().lower() in LANGIDS else tag.partition("-")[0]
    match = _LANGUAGE_TAG.fullmatch(text.strip())
    if match is None or (len(match[1]) == 2 and match[1].lower() not in LANGUAGE_CODES):  # noqa: PLR2004 - ISO 639-1
        return None
    if len(match[1]) != 2 and not match[2] and match[1].lower() not in _LONG_CODES:  # noqa: PLR2004 - ISO 639-1
        return None
    subtags = [part for part in re.split("[-_]", match[2]) if part]
    return "-".join([match[1].lower(), *(_subtag(part) for part in subtags)])


_LONG_CODES = words("""
    grc ang enm gmh mul und zxx fro frm goh non akk cop syr arc egy nds gsw yue cmn fil haw chr
    """)
"""Languages that have three letters and no code of two."""


def _subtag(part: str) -> str:
    if len(part) == 2:  # noqa: PLR2004 - a country
        return part.upper()
    return part.title() if len(part) == 4 and part.isalpha() else part.lower()  # noqa: PLR2004 - a script


def read_notes(draft: Draft) -> None:
    """Read notes, keywords and the state of publication."""
    left, values = draft.left, draft.values
    if "note" in left or "addendum" in left:
        parts = [draft.take("note", "paragraphs"), draft.take("addendum", "paragraphs")]
        note = ". ".join(part for part in parts if part)
        pubmed = _PUBMED_NOTE.fullmatch(note)
        if pubmed and "pmid" not in values and "pmid" not in left:
            values["pmid"] = normalise_pmid(pubmed[1])
        elif note:
            values["note"] = note
    if "pubstate" in left:
        state = draft.take("pubstate")
        if state:
            values["status"] = PUBSTATES.get(state.lower().replace(" ", ""), state)
    if "keywords" in left:
        keywords = _keywords(left.pop("keywords"))
        if keywords:
            values["keywords"] = keywords


_SEPARATOR = re.compile(r"\\.|[{},;]", re.DOTALL)


def _closes_at(raw: str) -> int:
    """Return where the brace closes that `raw` begins with; -1 where it does not."""
    depth = 0
    for match in _SEPARATOR.finditer(raw):
        depth += {"{": 1, "}": -1}.get(match.group(), 0)
        if depth == 0:
            return match.start()
    return -1


@lru_cache(maxsize=4096)
def _keywords(raw: str) -> tuple[str, ...]:
    """Split at commas, or at semicolons where there are any; those in braces do not count.

    Braces around the whole (as Web of Science writes them) are none.
    """
    if raw.startswith("{") and raw.endswith("}") and _closes_at(raw) == len(raw) - 1:
        raw = raw[1:-1]
    cuts: dict[str, list[int]] = {",": [], ";": []}
    depth = 0
    for match in _SEPARATOR.finditer(raw):
        mark = match.group()
        if mark in "{}":
            depth += 1 if mark == "{" else -1
        elif depth <= 0 and mark in cuts:
            cuts[mark].append(match.start())
    places = cuts[";"] or cuts[","]
    starts = [0, *(place + 1 for place in places)]
    words = (decode(raw[start:end]) for start, end in zip(starts, [*places, len(raw)], strict=True))
    return tuple(dict.fromkeys(word for word in words if word))
