"""What MODS lets stand where: the elements and attributes that we write, held against its rules.

The schema itself is not part of this project; these are its rules for what our writer uses, and
whatever else stands in a file is told as wrong.

Source: MODS 3.7 (Library of Congress, 2018), read element by element.
"""

import re
from typing import Final
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring

_SPACE: Final = "{http://www.loc.gov/mods/v3}"
_TOP: Final = frozenset(
    {"abstract", "accessCondition", "genre", "identifier", "language", "location", "name", "note"}
    | {"originInfo", "part", "physicalDescription", "relatedItem", "subject", "titleInfo"}
    | {"typeOfResource"}
)
# Element: what may stand in it, in any order; an element that is not named here holds text alone.
_HOLDS: Final[dict[str, frozenset[str]]] = {
    "modsCollection": frozenset({"mods"}),
    "mods": _TOP,
    "relatedItem": _TOP,
    "titleInfo": frozenset({"title", "subTitle", "partNumber", "partName", "nonSort"}),
    "name": frozenset({"namePart", "displayForm", "affiliation", "role", "etal"}),
    "role": frozenset({"roleTerm"}),
    "originInfo": frozenset(
        {"place", "publisher", "dateIssued", "dateCreated", "dateCaptured", "dateOther", "edition"}
    ),
    "place": frozenset({"placeTerm"}),
    "language": frozenset({"languageTerm"}),
    "physicalDescription": frozenset({"form", "extent"}),
    "subject": frozenset({"topic"}),
    "part": frozenset({"detail", "extent"}),
    "detail": frozenset({"number"}),
    "location": frozenset({"physicalLocation", "shelfLocator", "url"}),
}
_IN_PART_EXTENT: Final = ("start", "end", "total", "list")  # in this order
# At least one child must stand in these.
_NOT_EMPTY: Final = frozenset(
    {"modsCollection", "mods", "originInfo", "place", "language", "physicalDescription", "detail"}
    | {"role"}
)
_ANY: Final = re.compile(".*", re.DOTALL)
_CODE_OR_TEXT: Final = re.compile("code|text")
_ATTRIBUTES: Final[dict[str, dict[str, re.Pattern[str]]]] = {
    "modsCollection": {"version": re.compile(r"3\.[0-7]")},
    "titleInfo": {"type": re.compile("abbreviated|translated|alternative|uniform")},
    "name": {"type": re.compile("personal|corporate|conference|family")},
    "namePart": {"type": re.compile("date|family|given|termsOfAddress")},
    "roleTerm": {"type": _CODE_OR_TEXT, "authority": _ANY},
    "placeTerm": {"type": _CODE_OR_TEXT},
    "languageTerm": {
        "type": _CODE_OR_TEXT,
        "authority": re.compile("rfc3066|iso639-2b|iso639-3|rfc4646|rfc5646"),
    },
    "genre": {"authority": _ANY, "type": _ANY},
    "dateIssued": {
        "encoding": re.compile("w3cdtf|iso8601|marc|temper|edtf"),
        "keyDate": re.compile("yes"),
        "point": re.compile("start|end"),
    },
    "dateOther": {"type": _ANY},
    "extent": {"unit": _ANY},
    "detail": {"type": _ANY},
    "note": {"type": _ANY},
    "identifier": {"type": _ANY},
    "accessCondition": {"type": _ANY},
    "url": {"usage": re.compile("primary display|primary")},
    "relatedItem": {
        "type": re.compile(
            "preceding|succeeding|original|host|constituent|series|otherVersion|otherFormat"
            "|isReferencedBy|references|reviewOf"
        )
    },
}


def broken_rule(text: str) -> str:
    """Return the first rule of MODS that a file breaks; "" where it keeps all."""
    root = fromstring(text.encode())
    if root.tag != f"{_SPACE}modsCollection":
        return f"the root is {root.tag}"
    for element in root.iter():
        wrong = _wrong(element)
        if wrong:
            return f"<{element.tag.removeprefix(_SPACE)}>: {wrong}"
    return ""


def _wrong(element: Element) -> str:  # noqa: PLR0911 - one line per rule
    name = element.tag.removeprefix(_SPACE)
    children = [child.tag.removeprefix(_SPACE) for child in element]
    for attribute, value in element.attrib.items():
        pattern = _ATTRIBUTES.get(name, {}).get(attribute)
        if pattern is None or not pattern.fullmatch(value):
            return f"{attribute}={value!r} may not stand there"
    if name == "extent" and children:
        order = [_IN_PART_EXTENT.index(child) for child in children if child in _IN_PART_EXTENT]
        right = len(order) == len(children) and order == sorted(set(order))
        return "" if right else f"{children} are not a start, an end, a total, a list"
    if name == "name" and "etal" in children and children[0] != "etal":
        return "et al. comes first"
    if name == "name" and "etal" in children and {"namePart", "displayForm"} & set(children):
        return "et al. and a name stand together"
    if children and not set(children) <= _HOLDS.get(name, frozenset()):
        return f"{sorted(set(children) - _HOLDS.get(name, frozenset()))} may not stand there"
    if name in _HOLDS and (element.text or "").strip():
        return "text may not stand there"
    return "nothing stands in it" if name in _NOT_EMPTY and not children else ""
