"""Identifiers of works and people: recognised, checked, and brought to one stored form.

Every `normalise_…` takes what people paste and returns the one form that is stored and compared
with ==, or raises IdentifierError with the reason.
"""

import re
import string
from urllib.parse import unquote

from library.errors import IdentifierError

_DOI_PREFIX = re.compile(
    r"^\s*(?:<|\()?\s*(?:(?:https?:)?(?://)?(?:www\.)?(?:dx\.)?doi\.org/+|doi\s*:?\s*/*)+",
    re.IGNORECASE,
)
# ISO 26324: the directory indicator is 10; a registrant code is digits with optional dots;
# the suffix is any printable characters. White space and control characters are never part.
_DOI = re.compile(r"10\.[0-9]{4,9}(?:\.[0-9]+)*/[^\s\x00-\x1f\x7f]+")
# What copying from a page leaves inside or behind a DOI, and never belongs to one.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_TRACKING = re.compile(
    r"[?&](?:utm_\w+|ref|source|via|nosfx|casa_token|journalcode|needaccess)=.*$", re.IGNORECASE
)
_ESCAPED = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}
# Letter case carries no meaning in a DOI name, but only ASCII letters have one there.
_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
_TRAILING = ".,;:'\"”’»>"
_PAIRS = {")": "(", "]": "[", "}": "{"}


def normalise_doi(text: str) -> str:
    """Return the DOI name in `text`, bare and in lower case.

    "https://doi.org/10.1000/ABC" and "doi:10.1000/abc" both give "10.1000/abc".
    Letter case carries no meaning in a DOI name, so one form is stored and compared with ==.

    Raises:
        IdentifierError: `text` is not one DOI name.

    Source: DOI Handbook, section on DOI name syntax (ISO 26324).
    """
    bare, was_url = _INVISIBLE.sub("", text).strip(), False
    match = _DOI_PREFIX.match(bare)
    if match:
        was_url = "doi.org" in match.group().lower()
        bare = bare[match.end() :]
    if was_url:
        bare = _TRACKING.sub("", bare)
    if was_url or "%2f" in bare.lower():
        bare = unquote(bare)
    for escaped, character in _ESCAPED.items():
        bare = bare.replace(escaped, character)
    bare = _without_trailing(bare.strip())
    if not bare:
        raise IdentifierError("DOI", text, "it is empty")
    if not _DOI.fullmatch(bare):
        raise IdentifierError("DOI", text, _why_not_doi(bare))
    return bare.translate(_LOWER)


def find_dois(text: str) -> list[str]:
    """Return the DOI names that stand anywhere in `text`, normalised, each once, in order."""
    found: dict[str, None] = {}
    for match in _DOI.finditer(text):
        found.setdefault(_without_trailing(match.group()).translate(_LOWER))
    return list(found)


def _without_trailing(doi: str) -> str:
    """Drop punctuation of the sentence around a DOI; brackets that close inside it stay."""
    while doi:
        last = doi[-1]
        opening = _PAIRS.get(last)
        unbalanced = opening is not None and doi.count(opening) < doi.count(last)
        if last not in _TRAILING and not unbalanced:
            break
        doi = doi[:-1]
    return doi


def _why_not_doi(bare: str) -> str:
    if re.search(r"\s", bare):
        return "it holds a blank; give one identifier at a time"
    if not bare.startswith("10."):
        return 'a DOI starts with "10." and a registrant code, as in 10.1056/NEJMp1314927'
    if "/" not in bare:
        return 'the part after the "/" is missing'
    return 'a DOI is "10.", four to nine digits, "/" and a suffix, as in 10.1056/NEJMp1314927'


def normalise_isbn(text: str) -> str:
    """Return the ISBN in `text` as 13 digits without hyphens; an ISBN-10 is converted.

    Raises:
        IdentifierError: wrong length, wrong characters, or wrong check digit.

    Source: ISO 2108; International ISBN Agency, ISBN Users' Manual, section on check digits.
    """
    bare = re.sub(r"^\s*(?:urn:)?isbn(?:-1[03])?\s*:?\s*", "", text.strip(), flags=re.IGNORECASE)
    bare = re.sub(r"[\s\-\u00ad\u2010-\u2015\u2212]", "", bare).upper()
    if re.fullmatch(r"[0-9]{9}[0-9X]", bare):
        total = sum((10 - i) * (10 if c == "X" else int(c)) for i, c in enumerate(bare))
        if total % 11:
            raise IdentifierError("ISBN", text, "its check digit is wrong")
        bare = "978" + bare[:9]
        return bare + _ean_check_digit(bare)
    if not re.fullmatch(r"97[89][0-9]{10}", bare):
        raise IdentifierError("ISBN", text, "an ISBN has 10 digits, or 13 that start 978 or 979")
    if bare[12] != _ean_check_digit(bare[:12]):
        raise IdentifierError("ISBN", text, "its check digit is wrong")
    return bare


def _ean_check_digit(twelve: str) -> str:
    total = sum(int(c) * (3 if i % 2 else 1) for i, c in enumerate(twelve))
    return str(-total % 10)


def normalise_issn(text: str) -> str:
    """Return the ISSN in `text` as "1234-567X".

    Raises:
        IdentifierError: wrong length, wrong characters, or wrong check digit.

    Source: ISO 3297.
    """
    bare = re.sub(r"^\s*(?:urn:)?[ep]?-?issn(?:-l)?\s*:?\s*", "", text.strip(), flags=re.IGNORECASE)
    bare = re.sub(r"[\s\-\u2010-\u2015\u2212]", "", bare).upper()
    if not re.fullmatch(r"[0-9]{7}[0-9X]", bare):
        raise IdentifierError("ISSN", text, "an ISSN has eight characters, as in 1234-5679")
    total = sum((8 - i) * (10 if c == "X" else int(c)) for i, c in enumerate(bare))
    if total % 11:
        raise IdentifierError("ISSN", text, "its check digit is wrong")
    return f"{bare[:4]}-{bare[4:]}"


def normalise_orcid(text: str) -> str:
    """Return the ORCID iD in `text` as "0000-0002-1825-0097".

    Raises:
        IdentifierError: wrong length, wrong characters, or wrong check character.

    Source: ORCID, "Structure of the ORCID Identifier" (ISO 7064, MOD 11-2).
    """
    bare = re.sub(r"^\s*(?:https?://)?(?:www\.)?orcid\.org/", "", text.strip(), flags=re.IGNORECASE)
    bare = re.sub(r"[\s\-\u2010-\u2015\u2212/]", "", bare).upper()
    if not re.fullmatch(r"[0-9]{15}[0-9X]", bare):
        raise IdentifierError("ORCID", text, "an ORCID iD has sixteen characters")
    total = 0
    for character in bare[:15]:
        total = (total + int(character)) * 2
    check = (12 - total % 11) % 11
    if bare[15] != ("X" if check == 10 else str(check)):  # noqa: PLR2004 - X stands for ten
        raise IdentifierError("ORCID", text, "its check character is wrong")
    return "-".join(bare[i : i + 4] for i in (0, 4, 8, 12))


def normalise_pmid(text: str) -> str:
    """Return the PubMed id in `text` as digits without leading zeros.

    Raises:
        IdentifierError: `text` is not one PMID.
    """
    bare = re.sub(
        r"^\s*(?:(?:pmid|pubmed|medline)\s*:?\s*|(?:https?://)?(?:www\.)?"
        r"(?:pubmed\.ncbi\.nlm\.nih\.gov|ncbi\.nlm\.nih\.gov/pubmed|europepmc\.org/(?:article|abstract)/med)/)",
        "",
        re.sub(r"[?#].*$", "", text.strip()),
        flags=re.IGNORECASE,
    ).strip("/ ")
    if not re.fullmatch(r"0*[1-9][0-9]{0,8}", bare):
        raise IdentifierError("PMID", text, "a PMID is a number of up to nine digits")
    return bare.lstrip("0")


def normalise_pmcid(text: str) -> str:
    """Return the PubMed Central id in `text` as "PMC" and digits, without a version.

    Raises:
        IdentifierError: `text` is not one PMCID.
    """
    match = re.search(
        r"(?:^|[^A-Za-z0-9])PMC\s*:?\s*([0-9]{1,9})(?:\.[0-9]+)?/?\s*$", text, re.IGNORECASE
    )
    if not match:
        raise IdentifierError("PMCID", text, 'a PMCID is "PMC" and a number, as in PMC3531190')
    return "PMC" + match.group(1).lstrip("0")


_ARXIV = re.compile(r"([0-9]{4}\.[0-9]{4,5}|[a-z-]+(?:\.[A-Za-z]{2})?/[0-9]{7})(v[0-9]+)?")


def normalise_arxiv(text: str) -> str:
    """Return the arXiv id in `text`, with its version where one is given: "2101.00001v2".

    Raises:
        IdentifierError: `text` is not one arXiv id.

    Source: arXiv, "Understanding the arXiv identifier".
    """
    bare = re.sub(
        r"^\s*(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", "", text.strip(), flags=re.IGNORECASE
    )
    bare = re.sub(
        r"^\s*(?:(?:https?://)?(?:www\.|export\.)?arxiv\.org/(?:abs|pdf|html)/|arxiv\s*:\s*|10\.48550/arxiv\.)",
        "",
        re.sub(r"[?#].*$", "", bare),
        flags=re.IGNORECASE,
    )
    bare = re.sub(r"(?:\.pdf)?\s*(?:\[[^\]]*\])?$", "", bare)
    match = _ARXIV.fullmatch(bare)
    if not match:
        raise IdentifierError("arXiv id", text, "an arXiv id looks like 2101.00001 or math/0211159")
    return bare
