"""Characters that were damaged on their way: repaired where that is certain, else left or removed.

"Certain" means that the damaged text, taken as the bytes of the encoding it was wrongly read in,
is valid UTF-8, and that a person would have written what comes out.
"""

import re
import unicodedata

# The bytes 0x80 to 0x9F, which cp1252 shows as printable characters; latin-1 keeps C1 controls.
_FROM_CP1252 = {
    ord(bytes([byte]).decode("cp1252")): byte
    for byte in range(0x80, 0xA0)
    if byte not in {0x81, 0x8D, 0x8F, 0x90, 0x9D}  # not defined in cp1252
}
_C1_TO_CP1252 = {byte: chr(character) for character, byte in _FROM_CP1252.items()}
_SPECIALS = "".join(re.escape(chr(character)) for character in _FROM_CP1252)
_TAIL = rf"[\u0080-\u00bf{_SPECIALS}]"
_SEQUENCE = re.compile(
    rf"[\u00c2-\u00df]{_TAIL}|[\u00e0-\u00ef]{_TAIL}{_TAIL}|[\u00f0-\u00f4]{_TAIL}{_TAIL}{_TAIL}"
)
# In these a capital may really stand before the second character: "IRMÃ”" ends a quotation.
_PUNCTUATION_TAIL = frozenset("‘’‚“”„–—…«»‹›•")
_ROUNDS = 3

_KEPT_CONTROLS = {0x09: " ", 0x0A: "\n", 0x0B: "\n", 0x0C: "\n", 0x0D: "\n", 0x85: "\n"}
_INVISIBLE = dict.fromkeys(
    [
        0x00AD,  # soft hyphen: a place to break a line, not a character of the text
        0x034F,
        0x061C,
        0x180E,
        0x200B,  # zero-width space
        0x200E,
        0x200F,
        *range(0x202A, 0x202F),  # direction marks: they can hide what a title says
        *range(0x2060, 0x2070),
        0xFEFF,  # byte order mark
        *range(0xFFF9, 0xFFFC),
        *range(0xFDD0, 0xFDF0),  # noncharacters
    ],
    "",
)
_LINES = {0x2028: "\n", 0x2029: "\n"}
_CONTROLS = {
    **dict.fromkeys((*range(0x20), *range(0x7F, 0xA0)), ""),
    **_C1_TO_CP1252,
    **_KEPT_CONTROLS,
    **_INVISIBLE,
    **_LINES,
    **dict.fromkeys(range(0xD800, 0xE000), "\ufffd"),  # half a character: cannot be stored
}
_NEEDS_CLEANING = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ufdd0-\ufdef\ud800-\udfff]"
)
# Only these are composed: NFC of a whole text would replace variant ideographs in names.
_DECOMPOSED = re.compile("[^\\W\\d_][\u0300-\u036f\u0591-\u05bd\u3099\u309a\u1161-\u11c2]+")
_JOINERS = re.compile("[\u200c\u200d]")


def repair_mojibake(text: str) -> str:
    """Return `text` with UTF-8 that was read as latin-1 or cp1252 put right, also twice or thrice.

    "FranÃ§ois" gives "François", "Donâ€™t" gives "Don’t". Text that could be meant ("IRMÃ”",
    the end of a quotation in capitals) is left as it is.
    """
    for _ in range(_ROUNDS):
        if not _SEQUENCE.search(text):
            return text
        repaired = _whole(text) or _parts(text)
        if repaired == text:
            return text
        text = repaired
    return text


def clean_characters(text: str) -> str:
    r"""Return `text` without control and invisible characters, letters and accents composed.

    Line ends of every kind become "\n"; C1 controls that are cp1252 punctuation become that
    punctuation; halves of surrogate pairs become U+FFFD. Zero-width joiners stay where a script
    needs them (Persian, Indic scripts, emoji), that is beside non-Latin characters.
    """
    if text.isascii() and text.isprintable():
        return text
    if _NEEDS_CLEANING.search(text):
        text = text.replace("\r\n", "\n").translate(_CONTROLS)
    if _JOINERS.search(text):
        text = re.sub(
            r"[\u200c\u200d]+(?=[\x00-\u02ff\s]|$)|(?<=[\x00-\u02ff])[\u200c\u200d]+", "", text
        )
        text = re.sub(r"^[\u200c\u200d]+", "", text)
    return _DECOMPOSED.sub(lambda match: unicodedata.normalize("NFC", match.group()), text)


def _bytes_of(text: str) -> bytes | None:
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        pass
    out = bytearray()
    for character in text:
        code = ord(character)
        byte = _FROM_CP1252.get(code, code)
        if byte > 0xFF:  # noqa: PLR2004 - not one byte
            return None
        out.append(byte)
    return bytes(out)


def _whole(text: str) -> str | None:
    """Return the text repaired if every odd character takes part, else None."""
    raw = _bytes_of(text)
    if raw is None:
        return None
    try:
        repaired = raw.decode("utf-8")
    except UnicodeDecodeError:
        return None
    doubtful = sum(1 for match in _SEQUENCE.finditer(text) if _is_doubtful(match))
    certain = sum(1 for match in _SEQUENCE.finditer(text) if not _is_doubtful(match))
    return repaired if certain >= doubtful and _is_plausible(text, repaired) else None


def _parts(text: str) -> str:
    """Return the text with each stretch repaired that is certain on its own."""

    def repaired(match: re.Match[str]) -> str:
        if _is_doubtful(match):
            return match.group()
        raw = _bytes_of(match.group())
        if raw is None:
            return match.group()
        try:
            new = raw.decode("utf-8")
        except UnicodeDecodeError:
            return match.group()
        return new if _is_plausible(match.group(), new) else match.group()

    return _SEQUENCE.sub(repaired, text)


def _is_doubtful(match: re.Match[str]) -> bool:
    """Tell whether a person could have meant the two characters: a letter, then punctuation."""
    sequence = match.group()
    if len(sequence) > 2:  # noqa: PLR2004 - three such characters in a row are no accident
        return False
    if sequence[0] not in "ÂÃÄÅ\u00c2\u00c3":
        return True
    return sequence[1] in _PUNCTUATION_TAIL


def _is_plausible(damaged: str, repaired: str) -> bool:
    """Tell whether the repair gives characters that text is made of."""
    new = set(repaired) - set(damaged)
    return all(
        unicodedata.category(character) not in {"Cc", "Cn", "Co", "Cs"}
        or 0x80 <= ord(character) <= 0x9F  # noqa: PLR2004 - damaged twice: the next round goes on
        for character in new
    )
