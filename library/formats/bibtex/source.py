"""The bytes of a .bib file, and how they are text: lossless, whatever the encoding.

The scanner works on bytes in which every structural character ("@", braces, quotes, commas) is
its own ASCII byte. UTF-8, Latin-1 and Windows-1252 files are such bytes already, so offsets are
offsets in the file. UTF-16, UTF-32 and the East Asian encodings are put into UTF-8 first, and only
if they can be put back exactly.
"""

import codecs
import re
from dataclasses import dataclass

_CHUNK = 1 << 20  # bytes checked at a time: checking a file must not double its memory
_HEADER = re.compile(rb"(?i)\A[^@]{0,2000}?^[% \t]*Encoding:[ \t]*([\w.:-]+)", re.MULTILINE)
_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark starts with UTF-16's
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_FALLBACK = "cp1252"
# Java's names, as JabRef wrote them, where Python knows them by others.
_JAVA_NAMES = {"unicodebig": "utf-16-be", "unicodelittle": "utf-16-le", "macroman": "mac-roman"}
LENIENT = "bibtex-lenient"  # the name of the error handler below
_SAMPLE = 4096  # bytes looked at for UTF-16 without a byte order mark
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_STRAY = frozenset(map(chr, range(0xDC80, 0xDD00)))  # how "surrogateescape" shows a bad byte


def _lenient(error: UnicodeError) -> tuple[str | bytes, int]:
    """Read a byte that is none of its encoding's as Windows-1252 has it, and write it back so.

    The five bytes that Windows-1252 leaves open stand for the control characters of the same
    number, as browsers read them (WHATWG Encoding Standard, index windows-1252).
    """
    if isinstance(error, UnicodeDecodeError):
        bad = error.object[error.start : error.end]
        try:
            return bad.decode(_FALLBACK), error.end
        except UnicodeDecodeError:
            return bad.decode("latin-1"), error.end
    if isinstance(error, UnicodeEncodeError):
        bad_text = error.object[error.start : error.end]
        if all(0x80 <= ord(char) <= 0x9F for char in bad_text):  # noqa: PLR2004 - C1 controls
            return bad_text.encode("latin-1"), error.end
    raise error


codecs.register_error(LENIENT, _lenient)


@dataclass(frozen=True, slots=True)
class Source:
    """A .bib file as bytes to scan, and the way back to the file's own bytes."""

    data: bytes  # the scanned form; structural characters are single ASCII bytes
    encoding: str  # Python codec that reads `data`
    file_encoding: str  # Python codec that new text in the file must fit
    is_transcoded: bool = False  # `data` is UTF-8, the file is not: offsets are not the file's
    bom: bytes = b""  # byte order mark that a transcoded `data` lacks; UTF-8's stays in `data`
    declared: str | None = None  # what the "% Encoding:" header says, as written
    is_mixed: bool = False  # UTF-8 with bytes that are not UTF-8

    def text(self, start: int, end: int) -> str:
        """Return data[start:end] as text; bytes outside the encoding are read as Windows-1252."""
        return str(self.data[start:end], self.encoding, LENIENT)

    def encode(self) -> bytes:
        """Return the file's own bytes."""
        if not self.is_transcoded:
            return self.data
        return self.bom + self.data.decode().encode(self.file_encoding)

    def can_hold(self, text: str) -> bool:
        """Say whether the file's encoding has every character of `text`."""
        try:
            text.encode(self.file_encoding)
        except UnicodeEncodeError:
            return False
        return True

    def is_undecodable(self, start: int, end: int) -> bool:
        """Say whether data[start:end] holds bytes that are not of the file's encoding."""
        if not self.is_mixed:
            return False
        try:
            self.data[start:end].decode(self.encoding)
        except UnicodeDecodeError:
            return True
        return False


def decode(raw: bytes) -> Source:
    """Find out the encoding of a .bib file and return it ready to scan.

    The order: a byte order mark; UTF-16 without one; UTF-8 if every byte fits; the "% Encoding:"
    header that JabRef writes; UTF-8 with a few stray bytes; else Windows-1252. So a header that
    says otherwise does not win over a file that is UTF-8 throughout.
    `decode(raw).encode()` is `raw`, for any bytes.
    """
    return _wide(raw) or _one_byte_structure(raw)


def _wide(raw: bytes) -> Source | None:
    """Return the source of a UTF-16 or UTF-32 file, None for any other."""
    for bom, name in _BOMS:
        if raw.startswith(bom) and (source := _transcoded(raw, name, bom)):
            return source
    guess = _wide_without_mark(raw)
    return _transcoded(raw, guess) if guess else None


def _one_byte_structure(raw: bytes) -> Source:
    declared = _declared(raw)
    codec = _known_codec(declared)
    stray, multibyte = (0, 0) if raw.isascii() else _utf8_census(raw)
    if codec and (stray or not multibyte) and codec != "utf-8":
        if _is_one_byte_a_character(codec):
            # Where Latin-1 has control characters, files that claim it hold Windows-1252's quotes.
            reading = _FALLBACK if codec == "iso8859-1" else codec
            return Source(raw, reading, codec, declared=declared)
        if stray and (wide := _transcoded(raw, codec, declared=declared)):
            return wide
    if not stray:
        return Source(raw, "utf-8", "utf-8", declared=declared)
    if multibyte > stray:
        return Source(raw, "utf-8", "utf-8", declared=declared, is_mixed=True)
    return Source(raw, _FALLBACK, _FALLBACK, declared=declared)


def _declared(data: bytes) -> str | None:
    header = _HEADER.search(data, 0, 4000)
    return header[1].decode("ascii", "replace") if header else None


def _known_codec(declared: str | None) -> str | None:
    """Return Python's name of the declared encoding; None where it is ASCII or not known."""
    if declared is None:
        return None
    name = declared.lower()
    try:
        codec = codecs.lookup(_JAVA_NAMES.get(name, name)).name
    except LookupError:
        return None
    return None if codec == "ascii" else codec


def _is_one_byte_a_character(codec: str) -> bool:
    """Say whether ASCII bytes stand for themselves and every other byte is a character."""
    try:
        decoded = bytes(range(128)).decode(codec)
        return decoded.encode("ascii") == bytes(range(128)) and all(
            len(bytes([byte, 0x41]).decode(codec, "replace")) == 2  # noqa: PLR2004 - itself, "A"
            for byte in range(0x80, 0x100)
        )
    except (UnicodeError, LookupError):
        return False


def _transcoded(
    raw: bytes, codec: str, bom: bytes = b"", *, declared: str | None = None
) -> Source | None:
    """Return a source whose data is UTF-8, or None where the file's bytes could not be got back."""
    try:
        text = raw[len(bom) :].decode(codec)
        if text.encode(codec) != raw[len(bom) :]:
            return None
        data = text.encode()
    except (UnicodeError, LookupError):
        return None
    return Source(data, "utf-8", codec, True, bom, declared or _declared(data))  # noqa: FBT003


def _wide_without_mark(raw: bytes) -> str | None:
    """Name UTF-16's byte order where every other byte of the start is often zero, as in ASCII."""
    sample = raw[:_SAMPLE]
    half = len(sample) // 2
    if half < 2 or b"\0" not in sample:  # noqa: PLR2004 - "@a" is the least there can be
        return None
    if sample[1::2].count(0) > 0.3 * half and sample[::2].count(0) < 0.05 * half:
        return "utf-16-le"
    if sample[::2].count(0) > 0.3 * half and sample[1::2].count(0) < 0.05 * half:
        return "utf-16-be"
    return None


def _utf8_census(raw: bytes) -> tuple[int, int]:
    """Count the bytes that are not UTF-8, and the characters that take several bytes."""
    stray = multibyte = 0
    start = 0
    while start < len(raw):
        chunk = raw[start : start + _CHUNK]
        if start + _CHUNK < len(raw):
            # Cut before a character's first byte: at most three bytes follow one.
            cut = len(chunk)
            while cut > len(chunk) - 4 and chunk[cut - 1] & 0xC0 == 0x80:  # noqa: PLR2004
                cut -= 1
            if cut and chunk[cut - 1] >= 0xC0:  # noqa: PLR2004 - a first byte
                cut -= 1
            chunk = chunk[: cut or len(chunk)]
        start += len(chunk)
        if not chunk.isascii():
            text = chunk.decode("utf-8", "surrogateescape")
            beyond = _BEYOND_ASCII.findall(text)
            bad = sum(map(_STRAY.__contains__, beyond))
            stray += bad
            multibyte += len(beyond) - bad
    return stray, multibyte
