"""Every format of files: the one table from which commands, pages and their documentation are made.

A format is one module of `read` and `write` over works; Work is the pivot between any two.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from library.formats import (
    csl_json,
    csl_writing,
    csl_yaml,
    endnote_enw,
    endnote_xml,
    hayagriva,
    medline_writing,
    mods,
    ovid_tagged,
    pubmed,
    refworks_tagged,
    ris,
    word_sources,
    wos_tagged,
    zotero_rdf,
)
from library.formats.bibtex import read as bibtex_read
from library.formats.bibtex.write import Dialect, entry_text
from library.formats.csl_own import work_of
from library.formats.items import Item
from library.formats.reading import Reading

Read = Callable[[str, str], Reading]  # (text, name of the file for messages) -> works
Write = Callable[[Iterable[Item]], Iterator[str]]  # CSL-JSON items -> the file in pieces


@dataclass(frozen=True, slots=True)
class FileFormat:
    """One format of files that hold works."""

    name: str  # on the command line and in the documentation: "csl-json"
    label: str  # for people: "CSL-JSON"
    ending: str  # of a saved file: "csl.json"
    address: str  # in addresses, where a name has no hyphen and an ending no dot: "csljson"
    content_type: str
    use: str  # which programs take it
    read: Read | None = None
    write: Write | None = None


def _bibtex(text: str, name: str) -> Reading:
    return bibtex_read.read(text.encode(), name)


def _entries(dialect: Dialect) -> Write:
    def write(items: Iterable[Item]) -> Iterator[str]:
        for item in items:
            yield entry_text(work_of(item), dialect) + "\n"

    return write


def _csl_json(items: Iterable[Item]) -> Iterator[str]:
    return csl_writing.written(map(csl_writing.for_schema, items))


FILE_FORMATS: Final[tuple[FileFormat, ...]] = (
    FileFormat(
        "bibtex",
        "BibTeX",
        "bib",
        "bib",
        "application/x-bibtex",
        "LaTeX, JabRef, Overleaf: the text of references.bib, as it stands there",
        _bibtex,
        _entries("biblatex"),
    ),
    FileFormat(
        "bibtex-clean",
        "BibTeX, written anew",
        "bib",
        "cleanbib",
        "application/x-bibtex",
        "BibTeX styles that know the classic types and fields only",
        None,
        _entries("bibtex"),
    ),
    FileFormat(
        "biblatex",
        "biblatex, written anew",
        "bib",
        "biblatex",
        "application/x-bibtex",
        "biblatex and biber, all entries in one manner",
        None,
        _entries("biblatex"),
    ),
    FileFormat(
        "ris",
        "RIS",
        "ris",
        "ris",
        "application/x-research-info-systems",
        "EndNote, Mendeley, RefWorks, Papers, Citavi and most others",
        ris.read,
        ris.write,
    ),
    FileFormat(
        "zotero-rdf",
        "Zotero RDF",
        "rdf",
        "rdf",
        "application/rdf+xml",
        "Zotero: every type and field",
        zotero_rdf.read,
        zotero_rdf.write,
    ),
    FileFormat(
        "csl-json",
        "CSL-JSON",
        "csl.json",
        "csljson",
        "application/vnd.citationstyles.csl+json",
        "pandoc, Quarto, Zotero and every citation processor",
        csl_json.read,
        _csl_json,
    ),
    FileFormat(
        "csl-yaml",
        "CSL-YAML",
        "csl.yaml",
        "yaml",
        "application/yaml",
        "pandoc, in a document's own header",
        csl_yaml.read,
        csl_yaml.write,
    ),
    FileFormat(
        "endnote-xml",
        "EndNote XML",
        "endnote.xml",
        "endnote",
        "application/xml",
        "EndNote",
        endnote_xml.read,
        endnote_xml.write,
    ),
    FileFormat(
        "enw",
        "EndNote tagged",
        "enw",
        "enw",
        "application/x-endnote-refer",
        "EndNote, and programs that read refer and BibIX",
        endnote_enw.read,
        endnote_enw.write,
    ),
    FileFormat(
        "nbib",
        "PubMed nbib",
        "nbib",
        "nbib",
        "application/nbib",
        "EndNote, Zotero and tools for systematic reviews",
        pubmed.read,
        medline_writing.write,
    ),
    FileFormat(
        "mods",
        "MODS",
        "mods.xml",
        "mods",
        "application/mods+xml",
        "library catalogues and repositories",
        mods.read,
        mods.write,
    ),
    FileFormat(
        "word",
        "Word sources",
        "sources.xml",
        "word",
        "application/xml",
        "Microsoft Word: References, Manage Sources, Browse",
        None,
        word_sources.write,
    ),
    FileFormat(
        "hayagriva",
        "Hayagriva",
        "yml",
        "hayagriva",
        "application/yaml",
        "Typst",
        None,
        hayagriva.write,
    ),
    FileFormat("pubmed-xml", "PubMed XML", "xml", "", "", "saved from PubMed", pubmed.read),
    FileFormat(
        "refworks", "RefWorks tagged", "txt", "", "", "saved from RefWorks", refworks_tagged.read
    ),
    FileFormat("ovid", "Ovid tagged", "txt", "", "", "saved from Ovid", ovid_tagged.read),
    FileFormat(
        "wos", "Web of Science", "ciw", "", "", "saved from Web of Science", wos_tagged.read
    ),
)
"""In the order in which they are offered."""

BY_NAME: Final[Mapping[str, FileFormat]] = {
    alias: one for one in FILE_FORMATS for alias in (one.address, one.name) if alias
}
"""By name, and by what addresses call it."""


def readable() -> list[FileFormat]:
    """Return the formats that can be read."""
    return [one for one in FILE_FORMATS if one.read is not None]


def writable() -> list[FileFormat]:
    """Return the formats that can be written."""
    return [one for one in FILE_FORMATS if one.write is not None]
