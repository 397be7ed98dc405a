"""EndNote's XML, read and written (also what Bookends, Mendeley and Zotero write under its name).

The XML of a stranger is refused where it declares entities: they serve only attacks here.
Source: EndNote's XML export and its DTD (RSXML.dtd).
"""

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import IO, Any, Final
from xml.parsers.expat import ExpatError

from library.findings import Finding
from library.formats import safe_xml, tagged
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
    ("remote-database-provider", "DP"),
    ("auth-address", "AD"),
    ("caption", "CA"),
    ("orig-pub", "OP"),
    ("reviewed-item", "RI"),
    ("urls/related-urls/url", "UR"),
    ("urls/web-urls/url", "UR"),
    ("access-date", "Y2"),
)
_JOURNALS: Final = (("periodical/full-title", "T2"), ("periodical/abbr-1", "J2"))
_FACES: Final = {"italic": "i", "bold": "b", "superscript": "sup", "subscript": "sub"}
_KIND: Final = "ref-type"
_READ: Final = frozenset((*(path for path, _ in (*_FIELDS, *_JOURNALS)), _KIND))
_REPEATED: Final = frozenset({"SN", "KW"})
_CHUNK: Final = 1 << 16  # bytes
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
    reading = tagged.read(_records(io.BytesIO(raw), name, trouble), name)
    if reading.works or trouble:
        reading.findings = [one for one in reading.findings if one.check != "no-records"]
    reading.findings.extend(trouble)
    return reading


class _Records:
    """Collects the lines of each <record> while expat reads; what is deeper than a field is text.

    A field may hold <style face="italic"> elements: they become CSL's inline HTML.
    """

    def __init__(self) -> None:
        self.done: list[list[Line]] = []
        self._is_inside = False  # a <record>
        self._above: list[str] = []  # paths of the open elements that are no fields
        self._path = ""  # of the innermost of these, with "/" behind it
        self._field: str | None = None  # the path of the field that is open
        self._pieces: list[str] = []  # of its text
        self._styles: list[tuple[int, str]] = []  # (where its text begins, face) of what is open
        self._values: dict[str, list[str]] = {}
        self._kind = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        if self._field is not None:
            self._styles.append((len(self._pieces), attributes.get("face", "")))
        elif not self._is_inside:
            if name == "record":
                self._is_inside, self._path, self._values, self._kind = True, "", {}, ""
        else:
            path = self._path + name
            if path in _READ:
                self._field = path
                if path == _KIND:
                    self._kind = attributes.get("name", "")
            else:
                self._above.append(self._path)
                self._path = path + "/"

    def end(self, name: str) -> None:
        """An element ends."""
        if self._styles:
            begin, face = self._styles.pop()
            text = "".join(self._pieces[begin:])
            del self._pieces[begin:]
            self._pieces.append(_faced(text, face))
        elif self._field is not None:
            self._values.setdefault(self._field, []).append(_joined(self._pieces))
            self._field = None
            self._pieces.clear()
        elif self._above:
            self._path = self._above.pop()
        elif self._is_inside and name == "record":
            self._is_inside = False
            self.done.append(self._lines())

    def text(self, text: str) -> None:
        """Text comes."""
        if self._field is not None:
            self._pieces.append(text)

    def _lines(self) -> list[Line]:
        found = self._values
        number = found.get(_KIND, [""])[0]
        lines = [("TY", tagged.ris_type(self._kind, number) or "GEN")]
        for path, tag in _FIELDS:
            for text in found.get(path, ()):
                # EndNote has one field for what RIS repeats.
                parts = _SEVERAL.split(text) if tag in _REPEATED else (text,)
                lines += [(tag, part.strip()) for part in parts if part.strip()]
        present = {tag for tag, _ in lines}
        for path, tag in _JOURNALS:
            if tag not in present and (value := found.get(path, [""])[0]):
                lines.append((tag, value))
        return lines


def _records(stream: IO[bytes], name: str, findings: list[Finding]) -> Iterator[list[Line]]:
    """Yield the lines of each record."""
    records = _Records()
    reader = safe_xml.parser(records.start, records.end, records.text)
    try:
        while chunk := stream.read(_CHUNK):
            reader.Parse(chunk)
            yield from records.done
            records.done.clear()
        reader.Parse(b"", True)  # noqa: FBT003 - expat names none: the end
    except ExpatError as error:
        yield from records.done
        message = "this is no XML from here on; the records before it were kept"
        findings.append(Finding("broken-xml", message, "error", name, error.lineno))
    except safe_xml.EntitiesError:
        message = "the file declares entities, which no reference manager writes; it is not read on"
        findings.append(Finding("unsafe-xml", message, "error", name))


def _joined(pieces: list[str]) -> str:
    return "".join(pieces).replace("\r", "\n").strip()


def _faced(text: str, face: str) -> str:
    """Return the text of a <style> in CSL's inline HTML; the blanks around it stand outside."""
    bare = text.strip()
    if not face or not bare:
        return text
    before, after = text[: text.index(bare)], text[text.index(bare) + len(bare) :]
    text = bare
    for one in face.split():
        if one in _FACES:
            text = f"<{_FACES[one]}>{text}</{_FACES[one]}>"
    return f"{before}{text}{after}"


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
