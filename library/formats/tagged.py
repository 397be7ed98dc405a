"""What EndNote's two formats share with RIS: the same fields under other names.

EndNote writes one field of its own under one RIS tag, so its records are read and written as RIS
records (`ris`), and only the names are changed here.

Source: EndNote's export styles "RefMan (RIS)", "EndNote Export" and its XML, side by side.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from library.formats import ris
from library.formats.reading import Reading

Line = tuple[str, str]  # (RIS tag, value)

# EndNote's name of a reference type, its number in the XML, and RIS's word. Where several names
# share a word, the first is the one that is written.
REFERENCE_TYPES: Final = (
    ("Journal Article", 17, "JOUR"),
    ("Electronic Article", 43, "EJOUR"),
    ("Magazine Article", 19, "MGZN"),
    ("Newspaper Article", 23, "NEWS"),
    ("Book", 6, "BOOK"),
    ("Edited Book", 28, "EDBOOK"),
    ("Electronic Book", 44, "EBOOK"),
    ("Classical Work", 49, "CLSWK"),
    ("Book Section", 5, "CHAP"),
    ("Electronic Book Section", 60, "ECHAP"),
    ("Conference Paper", 47, "CPAPER"),
    ("Conference Proceedings", 10, "CONF"),
    ("Report", 27, "RPRT"),
    ("Government Document", 46, "GOVDOC"),
    ("Thesis", 32, "THES"),
    ("Dataset", 59, "DATA"),
    ("Online Database", 45, "DBASE"),
    ("Computer Program", 9, "COMP"),
    ("Standard", 58, "STAND"),
    ("Patent", 25, "PAT"),
    ("Web Page", 12, "ELEC"),
    ("Online Multimedia", 48, "MULTI"),
    ("Blog", 56, "BLOG"),
    ("Pamphlet", 24, "PAMP"),
    ("Manuscript", 36, "MANSCPT"),
    ("Unpublished Work", 34, "UNPB"),
    ("Film or Broadcast", 21, "MPCT"),
    ("Audiovisual Material", 3, "VIDEO"),
    ("Audiovisual Material", 3, "SOUND"),
    ("Audiovisual Material", 3, "ADVS"),
    ("Audiovisual Material", 3, "SLIDE"),
    ("Music", 61, "MUSIC"),
    ("Artwork", 2, "ART"),
    ("Figure", 37, "FIGURE"),
    ("Chart or Table", 38, "CHART"),
    ("Equation", 39, "EQUA"),
    ("Map", 20, "MAP"),
    ("Personal Communication", 26, "PCOMM"),
    ("Case", 7, "CASE"),
    ("Statute", 31, "STAT"),
    ("Legal Rule or Regulation", 50, "LEGAL"),
    ("Bill", 4, "BILL"),
    ("Hearing", 18, "HEAR"),
    ("Encyclopedia", 53, "ENCYC"),
    ("Dictionary", 52, "DICT"),
    ("Serial", 57, "SER"),
    ("Catalog", 8, "CTLG"),
    ("Grant", 54, "GRANT"),
    ("Aggregated Database", 55, "AGGR"),
    ("Ancient Text", 51, "ANCIENT"),
    ("Generic", 13, "GEN"),
)
_RIS_OF_NAME: Final = {name.lower(): tag for name, _, tag in reversed(REFERENCE_TYPES)}
_RIS_OF_NUMBER: Final = {number: tag for _, number, tag in reversed(REFERENCE_TYPES)}
_OF_RIS: Final = {tag: (name, number) for name, number, tag in reversed(REFERENCE_TYPES)}


def ris_type(name: str, number: str = "") -> str | None:
    """Return RIS's word for EndNote's reference type; None for one that EndNote has not."""
    known = _RIS_OF_NAME.get(" ".join(name.lower().split()))
    if known is None and number.isdigit():
        # Programs agree on the names; some write numbers of their own.
        return _RIS_OF_NUMBER.get(int(number))
    return known


def endnote_type(tag: str) -> tuple[str, int]:
    """Return the name and number of EndNote's reference type for a RIS type."""
    return _OF_RIS.get(tag, ("Generic", 13))


def read(records: Iterable[Iterable[Line]], name: str) -> Reading:
    """Return the works of records that were put under RIS tags.

    Findings carry no line: it would be that of a file which nobody has.
    """
    reading = ris.read_lines(records, name)
    for place, finding in enumerate(reading.findings):
        reading.findings[place] = type(finding)(
            finding.check,
            finding.message,
            finding.severity,
            name,
            None,
            finding.key,
            finding.field,
        )
    return reading


def lines_of(item: Mapping[str, Any]) -> list[Line]:
    """Return a CSL-JSON item as the lines of its RIS record, without the last.

    EndNote's "Book" has series editors and none of its own: a book with editors alone is an
    "Edited Book", whose authors they are; beside authors they stand in the third place.
    """
    found = []
    for line in ris.record(item).splitlines():
        tag, dash, value = line.partition("  - ")
        if dash and tag != "ER":
            found.append((tag, value))
    tags = {tag for tag, _ in found}
    if "ED" not in tags:
        return found
    if "AU" not in tags:
        found[0] = ("TY", "EDBOOK")
    place = "A3" if "AU" in tags else "AU"
    return [(place if tag == "ED" else tag, value) for tag, value in found]
