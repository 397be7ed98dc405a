"""Which format a file is in, told by what it holds."""

import re
from typing import Final, Literal

from library.formats.bibtex.blocks import decode

FormatName = Literal[
    "bibtex",
    "ris",
    "nbib",
    "pubmed-xml",
    "endnote-xml",
    "enw",
    "csl-json",
    "csl-yaml",
    "wos",
    "mods",
    "zotero-rdf",
    "refworks",
    "ovid",
]

_BEGINNING: Final = 20_000  # characters that are looked at
_XML_ROOT: Final = re.compile(r"<([A-Za-z][\w:.-]*)")
_MARKS: Final[tuple[tuple[FormatName, re.Pattern[str]], ...]] = (
    ("nbib", re.compile(r"^PMID- ?\d", re.MULTILINE)),
    ("nbib", re.compile(r"^(?:OWN|STAT|DCOM|LR)\s{0,2}- ", re.MULTILINE)),
    ("ovid", re.compile(r"^\s*<\s*\d+\.\s*>\s*\r?\n\s*(?:VN|DB|AN|UI|TI)\s+- ", re.MULTILINE)),
    ("refworks", re.compile(r"^RT [A-Z][A-Za-z ,]+\r?\n(?:SR|ID|A1|T1) ", re.MULTILINE)),
    ("wos", re.compile(r"\A\s*(?:FN .*\n|VR .*\n)*\s*PT [A-Z]", re.MULTILINE)),
    ("ris", re.compile(r"^\s*TY  ?-", re.MULTILINE)),
    ("bibtex", re.compile(r"^[ \t]*@[A-Za-z]+\s*[{(]", re.MULTILINE)),
    ("enw", re.compile(r"^\s*%(?:0 |[AT] )", re.MULTILINE)),
    ("csl-yaml", re.compile(r"^(?:references:|-\s+(?:id|type):)", re.MULTILINE)),
)
_ROOTS: Final[dict[str, FormatName]] = {
    "PubmedArticleSet": "pubmed-xml",
    "PubmedArticle": "pubmed-xml",
    "PubmedBookArticle": "pubmed-xml",
    "records": "endnote-xml",
    "record": "endnote-xml",
    "modsCollection": "mods",
    "mods": "mods",
    "RDF": "zotero-rdf",
}


def text_of(raw: bytes) -> str:
    """Return the text of a file in whatever encoding it is (UTF-8, UTF-16, Windows-1252, …)."""
    source = decode(raw)
    return source.text(0, len(source.data)).removeprefix("\ufeff")


def detect(text: str) -> FormatName | None:
    """Return the format of a file's text; None where it is none that is known."""
    beginning = text[:_BEGINNING].lstrip("\ufeff \t\r\n")
    if re.match(r"<[^\d\s]", beginning):
        names = (name.rpartition(":")[2] for name in _XML_ROOT.findall(beginning))
        return next((_ROOTS[name] for name in names if name in _ROOTS), None)
    if beginning.startswith(("{", "[")):
        return "csl-json"
    found = [
        (match.start(), place, name)
        for place, (name, mark) in enumerate(_MARKS)
        if (match := mark.search(beginning))
    ]
    return min(found)[2] if found else None
