"""Looks into a CSL-JSON item, for the formats that are written from one.

Works come out of the database as items; a writer that takes items need not make a Work first.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from library.formats.csl_writing import item as item_of
from library.formats.csl_writing import named
from library.values.dates import edtf, from_csl
from library.values.markup import plain
from library.work import Work

Item = Mapping[str, Any]

_NOT_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NOT_YAML: Final = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_SPECIAL: Final = re.compile(r"[<>&\"\x00-\x1f\ud800-\udfff\ufffe\uffff]")


def items(works: Iterable[Work | Item]) -> Iterator[Item]:
    """Give each work as its item; what is one already stays."""
    return (item_of(work) if isinstance(work, Work) else work for work in works)


def one_line(value: object) -> str:
    """Return a value as plain text without line ends."""
    return " ".join(plain(str(value)).split())


def plain_lines(text: str) -> str:
    """Return a text without inline markup, its lines as they are."""
    return "\n".join(one_line(line) for line in text.split("\n"))


def several(value: object) -> list[str]:
    """Return the values of ISBN or ISSN: a list, or one text with commas."""
    if not value:
        return []
    texts = value if isinstance(value, (list, tuple)) else str(value).split(",")
    return [text for part in texts if (text := one_line(part))]


def keywords(item: Item) -> list[str]:
    """Return the keywords one by one."""
    value = item.get("keyword") or ()
    if not isinstance(value, str):
        return [str(word) for word in value]
    words = value.split(";" if ";" in value else ",")
    return [word.strip() for word in words if word.strip()]


def people(item: Item, role: str) -> list[Item]:
    """Return the names in a role; that others are meant too is left out."""
    held = item.get(role)
    return named(held) if held else []


def split_name(name: Item) -> tuple[str, str, str]:
    """Return (family, given, suffix), with particles where they print; organisations have no given.

    The family name of an organisation is its whole name.
    """
    if "literal" in name:
        return one_line(name["literal"]), "", ""
    before, after = name.get("non-dropping-particle"), name.get("dropping-particle")
    family, given = name.get("family", ""), name.get("given", "")
    if before:
        family = f"{before} {family}".strip()
    if after:
        given = f"{given} {after}".strip()
    return family or given, given if family else "", name.get("suffix", "")


def date_text(item: Item, variable: str) -> str:
    """Return a date as EDTF ("2014-04-03", "2014/2016", "1850~"), else in its words; "" if none."""
    date = item.get(variable)
    if not date:
        return ""
    parts = date.get("date-parts")
    if parts and len(date) == 1 and len(parts) == 1 and len(str(parts[0][0])) == 4:  # noqa: PLR2004 - digits of a year
        return "-".join([str(parts[0][0]), *(f"{int(part):02d}" for part in parts[0][1:])])
    known = from_csl(date)
    return (edtf(known) or known.literal or "") if known else ""


def xml_text(value: object) -> str:
    """Return a value for the inside of an element or attribute: escaped, what XML forbids gone."""
    text = str(value)
    if not _SPECIAL.search(text):
        return text
    text = _NOT_XML.sub("", text).replace("&", "&amp;").replace("<", "&lt;")
    return text.replace(">", "&gt;").replace('"', "&quot;").replace("\r", "&#13;")


def yaml_text(value: object) -> str:
    """Return a text, or a list or mapping of texts, as YAML on one line.

    JSON is YAML but for the characters that YAML calls unprintable.
    """
    text = json.dumps(value, ensure_ascii=False)
    return _NOT_YAML.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
