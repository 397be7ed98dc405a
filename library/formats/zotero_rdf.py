"""Zotero RDF: the format that brings a work into Zotero with every field it has a place for.

What an item type of Zotero has no field for stands in its field "Extra", a line each, where Zotero
and its styles look for it ("PMID: 27135362"). So nothing is lost but the parts of a name that
Zotero does not tell apart, "and others", and inline markup outside of titles.

Source: Zotero's translators "Zotero RDF" (what it writes) and "RDF" (what it reads); Zotero's
documentation, "Citing fields from Extra".
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from library.findings import Finding
from library.formats import csl_json
from library.formats import csl_variables as csl
from library.formats.items import (
    Item,
    date_text,
    items,
    keywords,
    one_line,
    people,
    plain_lines,
    several,
    split_name,
    xml_text,
)
from library.formats.reading import Reading
from library.formats.zotero_fields import (
    DATE_FIELDS,
    ITEM_TYPES,
    READ_AS,
    TITLE_FIELDS,
    ItemType,
)
from library.values.markup import protect_whole_words, to_html
from library.work import Work
from library.work_types import WORK_TYPES

_SPACES: Final = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "z": "http://www.zotero.org/namespaces/export#",
    "bib": "http://purl.org/net/biblio#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "prism": "http://prismstandard.org/namespaces/1.2/basic/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "vcard": "http://nwalsh.com/rdf/vCard#",
    "link": "http://purl.org/rss/1.0/modules/link/",
}
_PREFIX: Final = {space: f"{name}:" for name, space in _SPACES.items()}
_OPENING: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF'
    + "".join(f'\n xmlns:{name}="{space}"' for name, space in _SPACES.items())
    + ">\n"
)
# Zotero's item type -> the class of its node, and of the node of its container.
_CLASSES: Final = {
    "book": ("bib:Book", ""),
    "bookSection": ("bib:BookSection", "bib:Book"),
    "journalArticle": ("bib:Article", "bib:Journal"),
    "magazineArticle": ("bib:Article", "bib:Periodical"),
    "newspaperArticle": ("bib:Article", "bib:Newspaper"),
    "thesis": ("bib:Thesis", ""),
    "letter": ("bib:Letter", ""),
    "manuscript": ("bib:Manuscript", ""),
    "interview": ("bib:Interview", ""),
    "film": ("bib:MotionPicture", ""),
    "artwork": ("bib:Illustration", ""),
    "webpage": ("bib:Document", "z:Website"),
    "report": ("bib:Report", ""),
    "bill": ("bib:Legislation", ""),
    "case": ("bib:Document", "bib:CourtReporter"),
    "hearing": ("bib:Report", ""),
    "patent": ("bib:Patent", ""),
    "statute": ("bib:Legislation", ""),
    "map": ("bib:Image", ""),
    "blogPost": ("bib:Document", "z:Blog"),
    "forumPost": ("bib:Document", "z:Forum"),
    "audioRecording": ("bib:Recording", ""),
    "presentation": ("bib:ConferenceProceedings", ""),
    "tvBroadcast": ("bib:Recording", ""),
    "computerProgram": ("bib:Data", ""),
    "encyclopediaArticle": ("rdf:Description", "bib:Book"),
    "dictionaryEntry": ("rdf:Description", "bib:Book"),
    "conferencePaper": ("rdf:Description", "bib:Journal"),
}
_BIB_CREATORS: Final = frozenset({"author", "editor", "contributor"})
_TYPE: Final = {row.csl: row.zotero for row in reversed(WORK_TYPES) if row.zotero}
_CSL: Final = {row.zotero: row.csl for row in reversed(WORK_TYPES) if row.zotero} | READ_AS
_CSL_TYPES: Final = frozenset(row.csl for row in WORK_TYPES)
# What stands in nodes of its own; the other fields stand as z:field.
_APART: Final = frozenset(
    {"container-title", "container-title-short", "volume", "page", "ISSN"}
) | {*("ISBN", "DOI", "URL", "abstract", "publisher", "publisher-place", "issue", "submitted")}
_DATES_IN_EXTRA: Final = ("available-date", "event-date", "original-date", "submitted")
_EXTRA: Final = tuple(
    variable
    for variable in (*csl.TEXTS.values(), "ISBN", "ISSN")
    if variable not in {"title", "note", "annote"}
)
_IN_EXTRA: Final = frozenset(_EXTRA)


def write(works: Iterable[Work | Mapping[str, Any]]) -> Iterator[str]:
    """Give a Zotero RDF file, one item at a time; a work may be its CSL-JSON item."""
    yield _OPENING
    yield from map(record, items(works))
    yield "</rdf:RDF>\n"


def record(item: Item) -> str:
    """Return one CSL-JSON item as the nodes that Zotero reads."""
    name = _TYPE.get(item.get("type", ""), "document")
    kind = ITEM_TYPES[name]
    node, container = _CLASSES.get(name, ("rdf:Description", ""))
    key = xml_text(item.get("id", ""))
    title = protect_whole_words(item.get("title") or "")
    out = [f'<{node} rdf:about="#{key}"><z:itemType>{name}</z:itemType>']
    if title:
        out.append(f"<dc:title>{xml_text(title)}</dc:title>")
        if name in TITLE_FIELDS:
            field = TITLE_FIELDS[name]
            out.append(f"<z:{field}>{xml_text(title)}</z:{field}>")
    left = _creators(item, kind, out)
    _container(item, kind, container, out)
    date = date_text(item, "issued")
    if date:
        out.append(f"<dc:date>{xml_text(date)}</dc:date>")
        if name in DATE_FIELDS:
            out.append(f"<z:{DATE_FIELDS[name]}>{xml_text(date)}</z:{DATE_FIELDS[name]}>")
    accessed = date_text(item, "accessed")
    if accessed:
        # As dcterms:dateSubmitted, where Zotero writes it, it would date a work without a date.
        out.append(f"<z:accessDate>{xml_text(accessed)}</z:accessDate>")
    if kind.fields.get("submitted") and item.get("submitted"):
        out.append(f"<z:filingDate>{xml_text(date_text(item, 'submitted'))}</z:filingDate>")
    for variable, field in kind.fields.items():
        if variable in item and variable not in _APART:
            out.append(f"<z:{field}>{xml_text(one_line(item[variable]))}</z:{field}>")
    out.extend(f"<dc:subject>{xml_text(word)}</dc:subject>" for word in keywords(item))
    extra = _extra(item, kind, left)
    if extra:
        out.append(f"<z:extra>{xml_text(extra)}</z:extra>")
    annotation = item.get("annote")
    if annotation:
        out.append(f'<dcterms:isReferencedBy rdf:resource="#note-{key}"/>')
    out.append(f"</{node}>\n")
    if annotation:
        note = xml_text("".join(f"<p>{to_html(part)}</p>" for part in annotation.split("\n\n")))
        out.append(f'<bib:Memo rdf:about="#note-{key}"><rdf:value>{note}</rdf:value></bib:Memo>\n')
    return "".join(out)


def _creators(item: Item, kind: ItemType, out: list[str]) -> list[str]:
    """Write the names that the item type has a place for; return the others as lines of Extra.

    A broadcast, say, has no authors in Zotero. They are its contributors, so that they are seen,
    and authors in Extra, so that they are cited.
    """
    left = []
    for role in csl.NAMES:
        if role not in item:
            continue
        creator = kind.creators.get(role)
        persons = []
        for person in people(item, role):
            family, given, suffix = split_name(person)
            given = f"{given}, {suffix}" if suffix else given
            if creator is None or _stands_in(role, creator, kind):
                left.append(f"{role}: {_in_extra(person)}")
            if creator is None:
                continue
            first = f"<foaf:givenName>{xml_text(given)}</foaf:givenName>" if given else ""
            persons.append(
                "<rdf:li><foaf:Person>"
                f"<foaf:surname>{xml_text(family)}</foaf:surname>{first}</foaf:Person></rdf:li>"
            )
        if persons:
            tag = f"bib:{creator}s" if creator in _BIB_CREATORS else f"z:{creator}s"
            out.append(f"<{tag}><rdf:Seq>{''.join(persons)}</rdf:Seq></{tag}>")
    return left


def _container(item: Item, kind: ItemType, container: str, out: list[str]) -> None:
    """Write what Zotero keeps with the container: its titles, volume, issue, ISSN, ISBN."""
    held = {name: item[name] for name in _APART if name in item and name in kind.fields}
    # A node without a class for its container: Zotero reads the title by its own name.
    title = "dc:title" if container else f"z:{kind.fields.get('container-title')}"
    inner = [
        f"<{tag}>{xml_text(held[variable])}</{tag}>"
        for variable, tag in (
            ("container-title", title),
            ("container-title-short", "dcterms:alternative"),
            ("volume", "prism:volume"),
            ("issue", "prism:number"),
        )
        if variable in held
    ]
    for name in ("ISSN", "ISBN"):
        values = ", ".join(several(held.get(name)))
        if values:
            inner.append(f"<dc:identifier>{name} {xml_text(values)}</dc:identifier>")
    inside = "".join(inner)
    if container and inside:
        inside = f"<dcterms:isPartOf><{container}>{inside}</{container}></dcterms:isPartOf>"
    out.append(inside)
    _around(held, kind, out)


def _around(held: Item, kind: ItemType, out: list[str]) -> None:
    """Write publisher, place, pages, DOI, address and abstract."""
    publisher, place = held.get("publisher"), held.get("publisher-place")
    if publisher or place:
        address = f"<vcard:locality>{xml_text(place)}</vcard:locality>" if place else ""
        if place:
            address = f"<vcard:adr><vcard:Address>{address}</vcard:Address></vcard:adr>"
        name = f"<foaf:name>{xml_text(publisher)}</foaf:name>" if publisher else ""
        out.append(
            f"<dc:publisher><foaf:Organization>{address}{name}</foaf:Organization></dc:publisher>"
        )
    if "page" in held:
        out.append(f"<bib:pages>{xml_text(held['page'])}</bib:pages>")
        field = kind.fields["page"]
        if field != "pages":
            out.append(f"<z:{field}>{xml_text(held['page'])}</z:{field}>")
    if "DOI" in held:
        out.append(f"<dc:identifier>DOI {xml_text(held['DOI'])}</dc:identifier>")
    if "URL" in held:
        out.append(
            f"<dc:identifier><dcterms:URI><rdf:value>{xml_text(held['URL'])}</rdf:value>"
            "</dcterms:URI></dc:identifier>"
        )
    if "abstract" in held:
        out.append(
            f"<dcterms:abstract>{xml_text(plain_lines(held['abstract']))}</dcterms:abstract>"
        )


def _extra(item: Item, kind: ItemType, left: list[str]) -> str:
    """Return what Zotero's fields do not hold, as lines that it and its styles understand."""
    lines = []
    if item.get("type") != _CSL.get(_TYPE.get(item.get("type", ""), "document")):
        lines.append(f"Type: {item.get('type', 'document')}")
    absent = [name for name in _EXTRA if name in item and name not in kind.fields]
    lines += [f"{variable}: {_line(variable, item[variable])}" for variable in absent]
    lines += [
        f"{variable}: {date_text(item, variable)}"
        for variable in _DATES_IN_EXTRA
        if variable in item and variable not in kind.fields
    ]
    lines += left
    if item.get("id"):
        lines.append(f"Citation Key: {item['id']}")
    note = item.get("note")
    return "\n".join([*lines, plain_lines(note)] if note else lines)


def _line(variable: str, value: object) -> str:
    return ", ".join(several(value)) if variable in {"ISBN", "ISSN"} else one_line(value)


# --- Reading ------------------------------------------------------------------------------------


def read(text: str, name: str = "Zotero RDF") -> Reading:
    """Return the works of a Zotero RDF file. Attachments and notes of their own are no works."""
    reading = Reading()
    try:
        root = fromstring(text.lstrip("\ufeff \r\n\t").encode())
    except ParseError as error:
        message = f"this is no XML that can be read ({error}); nothing of it was kept"
        reading.findings.append(Finding("broken-xml", message, "error", name, error.position[0]))
        return reading
    except DefusedXmlException:
        message = "the file declares entities, which no reference manager writes; it was not read"
        reading.findings.append(Finding("unsafe-xml", message, "error", name))
        return reading
    graph = _Graph(root)
    for node in root:
        item = graph.item(node)
        if item is None:
            continue
        work, findings = csl_json.read_item(item)
        reading.works.append(work)
        key = work.citation_key or None
        reading.findings.extend(replace(one, source=name, key=key) for one in findings)
    if not reading.works:
        message = "no item of Zotero was found in this RDF"
        reading.findings.append(Finding("no-records", message, "error", name))
    return reading


class _Graph:
    """The nodes of one file; a property may hold its node or only point to it."""

    def __init__(self, root: Element) -> None:
        self._nodes = {
            about: node for node in root.iter() if (about := node.get(_q("rdf:about"))) is not None
        }

    def item(self, node: Element) -> dict[str, Any] | None:
        """Return a top node as a CSL-JSON item; None where it is none of Zotero's items."""
        name = self._text(node, "z:itemType") or _of_class(node, self.parts(node))
        if name is None or name in {"attachment", "note"} or name not in ITEM_TYPES:
            return None
        kind = ITEM_TYPES[name]
        held = _z_fields(node)
        self._core(node, held, kind)
        item: dict[str, Any] = {"type": _CSL[name]}
        for variable, field in kind.fields.items():
            if field in held:
                item[variable] = held[field]
        title = held.get(TITLE_FIELDS.get(name, "title"))
        item.update(
            {
                key: value
                for key, value in {
                    "title": title or self._text(node, "dc:title"),
                    "issued": _date(held.get(DATE_FIELDS.get(name, "")) or held.get("date")),
                    "accessed": _date(held.get("accessDate")),
                    "submitted": _date(item.pop("submitted", None)),
                    "keyword": "; ".join(self._subjects(node)) + ";",
                    "annote": self._notes(node),
                }.items()
                if value and value != ";"
            }
        )
        self._people(node, kind, item)
        _read_extra(held.get("extra") or held.get("description") or "", item)
        return item

    def parts(self, node: Element) -> list[Element]:
        """Return the nodes that a node is part of, and those that these are part of."""
        found: list[Element] = []
        waiting = [node]
        while waiting:
            for inner in self.targets(waiting.pop(), "dcterms:isPartOf"):
                if inner not in found and inner is not node:
                    found.append(inner)
                    waiting.append(inner)
        return found

    def targets(self, node: Element, name: str) -> list[Element]:
        """Return the nodes that a property holds or points to."""
        found = []
        for place in node.findall(_q(name)):
            pointed = self._nodes.get(place.get(_q("rdf:resource")) or "")
            found += [pointed] if pointed is not None else list(place)
        return found

    def _text(self, node: Element, name: str) -> str | None:
        place = node.find(_q(name))
        return (place.text or "").strip() or None if place is not None else None

    def _core(self, node: Element, held: dict[str, str], kind: ItemType) -> None:
        """Add the fields that stand in nodes of their own, under Zotero's names."""
        parts = self.parts(node)
        fields = kind.fields
        for place in [*parts, node]:
            tag = _short(place.tag)
            if tag in {"bib:Series", "bib:Part"}:
                name = "series" if tag == "bib:Series" else "section"
                _default(held, name, self._text(place, "dc:title"))
                _default(held, f"{name}Number", self._text(place, "dc:identifier"))
                continue
            if place is not node:
                _default(held, fields.get("container-title"), self._text(place, "dc:title"))
            _default(held, "journalAbbreviation", self._text(place, "dcterms:alternative"))
            _default(held, fields.get("volume"), self._text(place, "prism:volume"))
            number = self._text(place, "prism:number")
            _default(held, fields.get("issue") or fields.get("number"), number)
            for text in place.findall(_q("dc:identifier")):
                label, _, value = (text.text or "").strip().partition(" ")
                if label.upper() in {"ISSN", "ISBN", "DOI"}:
                    _default(held, label.upper(), value)
        self._around(node, held, fields)

    def _around(self, node: Element, held: dict[str, str], fields: dict[str, str]) -> None:
        edition = self._text(node, "prism:edition")
        _default(held, "versionNumber" if "version" in fields else "edition", edition)
        _default(held, fields.get("page"), self._text(node, "bib:pages"))
        _default(held, "abstractNote", self._text(node, "dcterms:abstract"))
        _default(held, "date", self._text(node, "dc:date"))
        _default(held, "accessDate", self._text(node, "dcterms:dateSubmitted"))
        _default(held, "description", self._text(node, "dc:description"))
        _default(held, "rights", self._text(node, "dc:rights"))
        _default(held, "archiveLocation", self._text(node, "dc:coverage"))
        _default(held, fields.get("genre"), self._text(node, "dc:type"))
        for place in self.targets(node, "bib:presentedAt"):
            _default(held, fields.get("event-title"), self._text(place, "dc:title"))
        for place in self.targets(node, "dc:publisher"):
            _default(held, fields.get("publisher"), self._text(place, "foaf:name"))
            for inner in place.iter(_q("vcard:locality")):
                _default(held, fields.get("publisher-place"), (inner.text or "").strip())
        for place in self.targets(node, "dc:identifier"):
            _default(held, "url", self._text(place, "rdf:value"))
        for place in self.targets(node, "dc:subject"):
            if _short(place.tag) == "dcterms:LCC":
                _default(held, "callNumber", self._text(place, "rdf:value"))

    def _subjects(self, node: Element) -> list[str]:
        words = [(place.text or "").strip() for place in node.findall(_q("dc:subject"))]
        words += [
            self._text(place, "rdf:value") or ""
            for place in self.targets(node, "dc:subject")
            if _short(place.tag) == "z:AutomaticTag"
        ]
        return [word for word in words if word]

    def _notes(self, node: Element) -> str:
        notes = [
            self._text(place, "rdf:value") or ""
            for place in self.targets(node, "dcterms:isReferencedBy")
            if _short(place.tag) == "bib:Memo"
        ]
        return "\n\n".join(note for note in notes if note)

    def _people(self, node: Element, kind: ItemType, item: dict[str, Any]) -> None:
        for role, creator in kind.creators.items():
            if _stands_in(role, creator, kind):
                continue  # the contributors of a film, the performers of a recording: own roles
            tag = f"bib:{creator}s" if creator in _BIB_CREATORS else f"z:{creator}s"
            place = node.find(_q(tag))
            if place is None:
                continue
            for person in place.iter(_q("foaf:Person")):
                family = self._text(person, "foaf:surname") or self._text(person, "foaf:familyName")
                given = self._text(person, "foaf:givenName") or self._text(person, "foaf:givenname")
                if family:
                    item.setdefault(role, []).append(_person(family, given))


def _person(family: str, given: str | None) -> dict[str, str]:
    if not given:
        return {"literal": family}
    first, comma, suffix = given.rpartition(", ")
    name = {"family": family, "given": first if comma else given}
    return {**name, "suffix": suffix} if comma else name


def _default(held: dict[str, str], field: str | None, value: str | None) -> None:
    if field and value and not held.get(field):
        held[field] = value


def _z_fields(node: Element) -> dict[str, str]:
    space = f"{{{_SPACES['z']}}}"
    return {
        place.tag.removeprefix(space): text
        for place in node
        if place.tag.startswith(space) and (text := (place.text or "").strip())
    }


def _of_class(node: Element, parts: list[Element]) -> str | None:
    """Return the item type by the classes of a node and its container, as Zotero tells it."""
    kind = _short(node.tag)
    for name, (own, container) in _CLASSES.items():
        if own == kind and own != "rdf:Description":
            classes = {_short(part.tag) for part in parts}
            if not container or container in classes:
                return name
    return None


def _read_extra(extra: str, item: dict[str, Any]) -> None:
    """Take type and key out of Extra; the other lines are understood as lines of a note."""
    kept = []
    for line in extra.splitlines():
        name, colon, value = line.partition(":")
        label, text = name.strip().lower(), value.strip()
        if colon and label == "citation key" and text:
            item["id"] = text
        elif colon and label == "type" and text in _CSL_TYPES:
            item["type"] = text
        elif name in _IN_EXTRA and text and name not in item:
            item[name] = text
        else:
            kept.append(line)
        if colon and label == "author":
            for role in ("contributor", "performer"):
                if role in item:
                    item[role] = [one for one in item[role] if _in_extra(one) != text]
    if kept:
        item["note"] = "\n".join(kept)


def _stands_in(role: str, creator: str, kind: ItemType) -> bool:
    """Tell whether Zotero's creator is another role, which stands in for one it lacks."""
    return role != creator and kind.creators.get(creator) == creator


def _in_extra(name: Item) -> str:
    family, given, suffix = split_name(name)
    given = f"{given}, {suffix}" if suffix else given
    return f"{family} || {given}" if given else family


def _date(text: str | None) -> dict[str, str] | None:
    return {"raw": text} if text else None


def _q(name: str) -> str:
    prefix, _, local = name.partition(":")
    return f"{{{_SPACES[prefix]}}}{local}"


def _short(tag: str) -> str:
    space, _, local = tag.removeprefix("{").partition("}")
    return _PREFIX.get(space, "") + local
