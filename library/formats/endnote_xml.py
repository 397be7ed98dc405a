"""EndNote's XML, read and written (also what Bookends, Mendeley and Zotero write under its name).

The XML of a stranger is refused where it declares entities: they serve only attacks here.
Source: EndNote's XML export and its DTD (RSXML.dtd).
"""

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import IO, Any, Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from library.findings import Finding
from library.formats import tagged
from library.formats.items import items, xml_text
from library.formats.reading import Reading
from library.formats.tagged import Line
from library.work import Work

# Path inside <record> -> RIS tag, in the order in which EndNote writes them.
_FIELDS: Final = (
    ("contributors/authors/author", "AU"),
    ("contributors/secondary-authors/author", "A2"),
    ("contributors/tertiary-authors/author", "A3"),
    ("contributors/subsidiary-authors/author", "A4"),
    ("contributors/translated-authors/author", "A4"),
    ("titles/title", "TI"),
    ("titles/secondary-title", "T2"),
    ("titles/tertiary-title", "T3"),
    ("titles/alt-title", "J2"),
    ("titles/short-title", "ST"),
    ("pages", "SP"),
    ("volume", "VL"),
    ("number", "IS"),
    ("edition", "ET"),
    ("section", "SE"),
    ("num-vols", "NV"),
    ("keywords/keyword", "KW"),
    ("dates/year", "PY"),
    ("dates/pub-dates/date", "DA"),
    ("pub-location", "CY"),
    ("publisher", "PB"),
    ("isbn", "SN"),
    ("accession-num", "AN"),
    ("electronic-resource-num", "DO"),
    ("abstract", "AB"),
    ("notes", "N1"),
    ("research-notes", "RN"),
    ("label", "LB"),
    ("call-num", "CN"),
    ("work-type", "M3"),
    ("misc1", "M1"),
    ("custom1", "C1"),
    ("custom2", "C2"),
    ("custom3", "C3"),
    ("custom4", "C4"),
    ("custom5", "C5"),
    ("custom6", "C6"),
    ("custom7", "C7"),
    ("language", "LA"),
    ("remote-database-name", "DB"),
    ("urls/related-urls/url", "UR"),
    ("urls/web-urls/url", "UR"),
    ("access-date", "Y2"),
)
_JOURNALS: Final = (("periodical/full-title", "T2"), ("periodical/abbr-1", "J2"))
_FACES: Final = {"italic": "i", "bold": "b", "superscript": "sup", "subscript": "sub"}
_KNOWN: Final = frozenset(path for path, _ in _FIELDS)
_PATHS: Final = {tag: path for path, tag in reversed(_FIELDS)}
# Of several paths that are read under one tag, the first is written: (elements above, name, tag).
_WRITTEN: Final = tuple(
    (path.split("/")[:-1], path.rpartition("/")[2], tag)
    for path, tag in _FIELDS
    if _PATHS[tag] == path
)
_SEVERAL: Final = re.compile(r"[\r\n;]+")


def read(data: bytes | str, name: str = "EndNote XML") -> Reading:
    """Return the works of an EndNote XML file.

    Where the XML breaks off or declares entities, what came before is kept and a finding says so.
    """
    raw = data.encode() if isinstance(data, str) else data
    trouble: list[Finding] = []
    reading = tagged.read((_lines(one) for one in _records(io.BytesIO(raw), name, trouble)), name)
    if reading.works or trouble:
        reading.findings = [one for one in reading.findings if one.check != "no-records"]
    reading.findings.extend(trouble)
    return reading


def _records(stream: IO[bytes], name: str, findings: list[Finding]) -> Iterator[Element]:
    try:
        for _, element in iterparse(stream, events=("end",)):
            if element.tag == "record":
                yield element
                element.clear()
    except ParseError as error:
        message = "this is no XML from here on; the records before it were kept"
        findings.append(Finding("broken-xml", message, "error", name, error.position[0]))
    except DefusedXmlException:
        message = "the file declares entities, which no reference manager writes; it is not read on"
        findings.append(Finding("unsafe-xml", message, "error", name))


def _lines(record: Element) -> list[Line]:
    kind = record.find("ref-type")
    stated = kind.get("name", "") if kind is not None else ""
    number = (kind.text or "").strip() if kind is not None else ""
    lines = [("TY", tagged.ris_type(stated, number) or "GEN")]
    found: dict[str, list[Element]] = {}
    for path, element in _paths(record):
        if path in _KNOWN:
            found.setdefault(path, []).append(element)
    for path, tag in _FIELDS:
        for element in found.get(path, ()):
            lines += [(tag, value) for value in _values(element, tag)]
    present = {tag for tag, _ in lines}
    for path, tag in _JOURNALS:
        journal = record.find(path)
        if journal is not None and tag not in present and (value := _text(journal)):
            lines.append((tag, value))
    return lines


def _paths(element: Element, above: str = "", depth: int = 3) -> Iterator[tuple[str, Element]]:
    """Yield what stands in a record with its path; no path that is known goes deeper."""
    for child in element:
        path = above + child.tag
        yield path, child
        if depth and path not in _KNOWN:
            yield from _paths(child, f"{path}/", depth - 1)


def _values(element: Element, tag: str) -> list[str]:
    text = _text(element)
    # EndNote has one field for what RIS repeats.
    parts = _SEVERAL.split(text) if tag in {"SN", "KW"} else [text]
    return [part.strip() for part in parts if part.strip()]


def _text(element: Element) -> str:
    """Return the text of a field, its <style> faces as CSL's inline HTML."""
    pieces = [element.text or ""]
    for child in element:
        text = _text(child)
        for face in (child.get("face") or "").split():
            if face in _FACES and text.strip():
                text = f"<{_FACES[face]}>{text}</{_FACES[face]}>"
        pieces += [text, child.tail or ""]
    return "".join(pieces).replace("\r", "\n").strip()


def write(works: Iterable[Work | Mapping[str, Any]]) -> Iterator[str]:
    """Yield an EndNote XML file, one record at a time; a work may be its CSL-JSON item."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<xml><records>\n'
    for number, item in enumerate(items(works), 1):
        yield record(item, number)
    yield "</records></xml>\n"


def record(item: Mapping[str, Any], number: int) -> str:
    """Return one CSL-JSON item as a <record>."""
    lines = tagged.lines_of(item)
    values: dict[str, list[str]] = {}
    for tag, value in lines:
        values.setdefault(tag, []).append(value)
    kind, kind_number = tagged.endnote_type(values["TY"][0])
    if "EP" in values:
        values["SP"] = [f"{values['SP'][0]}-{values['EP'][0]}"]
    if "SN" in values:
        values["SN"] = ["\n".join(values["SN"])]
    out: list[str] = []
    open_path: list[str] = []
    for above, name, tag in _WRITTEN:
        for value in values.get(tag, ()):
            _move(out, open_path, above)
            out.append(f"<{name}><style>{xml_text(value)}</style></{name}>")
    _move(out, open_path, [])
    key = xml_text(str(item.get("id", "")))
    return (
        f"<record><rec-number>{number}</rec-number>"
        f'<foreign-keys><key app="library" db-id="library">{key}</key></foreign-keys>'
        f'<ref-type name="{xml_text(kind)}">{kind_number}</ref-type>{"".join(out)}</record>\n'
    )


def _move(out: list[str], now: list[str], wanted: list[str]) -> None:
    """Close and open elements so that those of `wanted` are open."""
    if now == wanted:
        return
    shared = 0
    while shared < min(len(now), len(wanted)) and now[shared] == wanted[shared]:
        shared += 1
    out.extend(f"</{name}>" for name in reversed(now[shared:]))
    out.extend(f"<{name}>" for name in wanted[shared:])
    now[:] = wanted
