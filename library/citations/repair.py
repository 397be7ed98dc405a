"""A style and its works, put so that pandoc formats them as CSL says; no file is changed.

Each function is one class of difference between pandoc's processor and citeproc-js, the one that
reference managers use. Found with the CSL test suite and by formatting real works with both.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from xml.etree import ElementTree as ET

NAMESPACE: Final = "http://purl.org/net/xbiblio/csl"
_CSL: Final = f"{{{NAMESPACE}}}"

# Characters of the private use area: they stand for something until pandoc has done its work.
FILLED: Final = "\ue000"  # something is here, though it prints nothing
CLOSED: Final = "\ue001"  # the title ends in a mark of its own
COMMA: Final = "\ue002"
HYPHEN: Final = "\ue003"
SPACE: Final = "\ue004"
PRIVATE: Final = re.compile("[\ue000-\ue0ff]")

_DUMMY: Final = "printing-number"  # a variable that no style of the 2,865 prints
_LEFT_OUT: Final = frozenset({"keyword", "custom", "references", _DUMMY})
_TITLES: Final = frozenset(
    {"title", "title-short", "container-title", "collection-title", "volume-title", "event-title"}
    | {"original-title", "reviewed-title", "part-title"}
)
_ROLE_KEYS: Final = ("family", "given", "literal", "suffix")
_TAGS: Final = re.compile(r"</?(?:i|b|sub|sup|span)(?:\s[^<>]*)?>")
_APOSTROPHE_AFTER_DIGIT: Final = re.compile(r"(?<=\d)['‘’]")
# Prepositions and conjunctions that keep their small letter in a title: all of them behind a full
# stop or a hyphen, else those which pandoc does not know. Only where they are written small, so
# that no name is touched.
_KNOWN: Final = (
    "a|an|and|as|at|but|by|down|for|from|in|into|nor|of|on|onto|or|over|so|the|to|up|with"
)
_UNKNOWN: Final = (
    "about|above|across|after|against|al|along|alongside|amid|among|amongst|around|before|behind"
    "|below|beneath|beside|besides|between|beyond|despite|during|et|except|inside|like|near|next|off"
    "|out|outside|per|plus|since|than|through|throughout|toward|towards|under|underneath|until|unto"
    "|upon|versus|v\\.|vs\\.?|via|within|without"
)
_SMALL: Final = re.compile(
    rf"(?:(?<=[\w,;)’”] )(?:{_UNKNOWN})|(?<=\w[.-])(?:{_KNOWN}|{_UNKNOWN})|(?<=\w\. )(?:{_KNOWN}))"
    r"(?=[ -]\S)"
)
_ONE_NUMBER: Final = re.compile(r"[A-Z]{0,4}[- ]?\d[\d,./ -]*[A-Z]?\d?")
_SEVERAL_PAGES: Final = re.compile(r"\w\s*[-–—,&]\s*\S")
_SAME_PAGE: Final = re.compile(r"(\w+)\s*[-–]\s*\1")
_UNIT: Final = re.compile(r"(?:vol|no|nr|pp?)s?\.?\s+(?=\d+\b)", re.IGNORECASE)
_HYPHEN_OF_INITIALS: Final = re.compile(r"(?<!\w)(\w\.?)-(?=\w(?:\.|\s|$))")
_NUMBER_RANGE: Final = re.compile(r"\d+-\d+")


def repaired(style: bytes, *, solo: bool = False) -> bytes:
    """Return the style as pandoc needs it.

    Args:
        style: XML of an independent CSL style, free of entities.
        solo: the works do not form one bibliography: none is told apart from another ("2014a"),
            and no author is replaced by a dash.

    Raises:
        xml.etree.ElementTree.ParseError: the style is not well-formed.
    """
    ET.register_namespace("", NAMESPACE)
    root = ET.fromstring(style)  # noqa: S314 - `styles` refuses documents with a DOCTYPE
    _give_names(root)
    _push_hyphens_down(root)
    _fill_groups_of_terms(root)
    if solo:
        _make_solo(root)
    return ET.tostring(root, encoding="unicode").encode()


def _give_names(root: ET.Element) -> None:
    """Give each <names> that has a <label> a <name>; without it pandoc leaves out the label."""
    for names in root.iter(f"{_CSL}names"):
        if names.find(f"{_CSL}label") is not None and names.find(f"{_CSL}name") is None:
            names.insert(0, ET.Element(f"{_CSL}name"))


def _push_hyphens_down(root: ET.Element) -> None:
    """Say of each <name> what the style says of all: initials without hyphens."""
    attribute = "initialize-with-hyphen"
    if attribute in root.attrib:
        for name in root.iter(f"{_CSL}name"):
            name.attrib.setdefault(attribute, root.attrib[attribute])


def _fill_groups_of_terms(root: ET.Element) -> None:
    """Keep groups that hold nothing but a choice of terms ("[Online]").

    Pandoc takes them for empty where the choice has asked for a variable that is not there.
    """
    for group in root.iter(f"{_CSL}group"):
        children = [child for child in group if isinstance(child.tag, str)]
        if len(children) != 1 or children[0].tag != f"{_CSL}choose":
            continue
        for branch in children[0]:
            parts = [part for part in branch.iter() if part is not branch]
            if parts and all(_says_without_variables(part) for part in parts):
                held = list(branch)
                term = held[0]
                if term.tag == f"{_CSL}text":
                    branch.remove(term)
                    wrapper = ET.Element(f"{_CSL}group")
                    wrapper.append(term)
                    wrapper.append(ET.Element(f"{_CSL}text", {"variable": _DUMMY}))
                    branch.insert(0, wrapper)


def _says_without_variables(part: ET.Element) -> bool:
    name = str(part.tag).removeprefix(_CSL)
    if name == "text":
        return "term" in part.attrib or "value" in part.attrib
    return name in {"choose", "if", "else-if", "else", "group"}


def _make_solo(root: ET.Element) -> None:
    for citation in root.iter(f"{_CSL}citation"):
        for name in [name for name in citation.attrib if name.startswith("disambiguate-add")]:
            del citation.attrib[name]
    for bibliography in root.iter(f"{_CSL}bibliography"):
        for name in [one for one in bibliography.attrib if one.startswith("subsequent-author")]:
            del bibliography.attrib[name]
    _leave_out_unread(root)


def _leave_out_unread(root: ET.Element) -> None:
    """Take out what single entries do not need: most of a large style's time is its reading."""
    citation, bibliography = root.find(f"{_CSL}citation"), root.find(f"{_CSL}bibliography")
    if citation is None or bibliography is None:
        return
    for part in list(citation):
        citation.remove(part)
    layout = ET.SubElement(citation, f"{_CSL}layout")
    ET.SubElement(layout, f"{_CSL}text", {"variable": "title"})
    sort = bibliography.find(f"{_CSL}sort")
    if sort is not None:
        bibliography.remove(sort)
    macros = {macro.get("name", ""): macro for macro in root.iter(f"{_CSL}macro")}
    used: set[str] = set()
    waiting: list[ET.Element] = [bibliography]
    while waiting:
        for part in waiting.pop().iter():
            name = part.get("macro", "")
            if name in macros and name not in used:
                used.add(name)
                waiting.append(macros[name])
    for name in macros.keys() - used:
        root.remove(macros[name])


@dataclass(frozen=True, slots=True)
class NameForms:
    """How a style writes names, as far as pandoc has to be helped."""

    plain_suffix: bool  # initials without full stops, and so "Jr" for "Jr."
    hyphens: bool  # "K.-H.", not "K. H."


def name_forms(style: bytes) -> NameForms:
    """Return how the style writes names."""
    return NameForms(
        re.search(rb"<style\b[^>]*\sinitialize-with=(\"\"|'')", style) is not None,
        re.search(rb"initialize-with-hyphen=[\"']false", style) is None,
    )


def item_for(item: Mapping[str, Any], number: int, names: NameForms) -> dict[str, Any]:
    """Return a CSL-JSON item as pandoc needs it.

    Args:
        item: as it is; it is not changed.
        number: its place in the request, from 0; it becomes the id, since an id may be any text.
        names: how the style writes names.
    """
    out: dict[str, Any] = {
        name: _value(name, value, names)
        for name, value in item.items()
        if name not in _LEFT_OUT and not _is_no_date(value)
    }
    out["id"] = f"w{number}"
    out[_DUMMY] = FILLED
    english = str(out.get("language") or "en").lower().startswith("en")
    for name in _TITLES & out.keys():
        if isinstance(out[name], str):
            out[name] = _title(out[name], english=english)
    for name in ("page", "issue", "volume", "number"):
        if isinstance(out.get(name), str):
            out[name] = _number(name, out[name], str(item.get("type")))
    return out


def _is_no_date(value: object) -> bool:
    """Return whether this is a date without any part, which is none."""
    return isinstance(value, dict) and value.get("date-parts") in ([], [[]]) and len(value) == 1


def _value(name: str, value: Any, names: NameForms) -> Any:  # noqa: ANN401 - parsed JSON of any shape
    if isinstance(value, str):
        return PRIVATE.sub("", value)
    if isinstance(value, list) and name != "categories":
        return [_person(entry, names) if isinstance(entry, dict) else entry for entry in value]
    return value


def _person(person: Mapping[str, Any], names: NameForms) -> dict[str, Any]:
    out = {
        key: PRIVATE.sub("", _TAGS.sub("", value)) if isinstance(value, str) else value
        for key, value in person.items()
    }
    if names.plain_suffix and isinstance(out.get("suffix"), str):
        out["suffix"] = out["suffix"].replace(".", "")
    if not names.hyphens and isinstance(out.get("given"), str):
        out["given"] = _HYPHEN_OF_INITIALS.sub(r"\1 ", out["given"])
    # One word more or less in the record must not make two authors of one: "Beijing Zoo" is the
    # same under "family" alone and under "literal".
    if set(out) == {"family"} and out["family"]:
        return {"literal": out["family"]}
    return out


def _title(text: str, *, english: bool) -> str:
    text = _APOSTROPHE_AFTER_DIGIT.sub("’", text)
    if english:
        text = _SMALL.sub(r'<span class="nocase">\g<0></span>', text)
    return text + CLOSED if text.rstrip().endswith(("?", "!", ".")) else text


def _number(name: str, text: str, kind: str) -> str:
    if name == "number":
        if kind == "patent" and _ONE_NUMBER.fullmatch(text):
            return text.replace(",", COMMA).replace("-", HYPHEN)
        return text
    text = _UNIT.sub("", text, count=1)
    if name != "page":
        text = text.replace("-", "–") if _NUMBER_RANGE.fullmatch(text) else text
    elif same := _SAME_PAGE.fullmatch(text):
        text = f"{same[1]}-{FILLED}{same[1]}"  # or it is shortened: "1451-51"
    elif not _SEVERAL_PAGES.search(text):
        # "xvi + 648" is no range, which pandoc takes it for: "pp." is for several pages.
        text = text.replace(" ", SPACE).replace("-", HYPHEN)
    # "??" is a value; without this it swallows the mark that the style puts before it.
    return text if text[:1].isalnum() else FILLED + text
