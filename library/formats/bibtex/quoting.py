"""A value on its way into a .bib file: delimited, safe, and in the file's own encoding."""

import re
import unicodedata
from urllib.parse import quote

from library.errors import UsageError
from library.formats.bibtex.latex_encode import latex_character
from library.formats.bibtex.macros import MONTHS
from library.formats.bibtex.source import Source

_BRACE_OR_QUOTE = re.compile(r'[{}"]')
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_LINE_END = re.compile(r"\r\n|\r|\n")
_FIELD_NAME = re.compile(r"""[^\W\d][^\s"#%'(),={}@\\~\x00-\x1f\x7f]*""")
_KEY = re.compile(r"""[^\s,{}"#%'()=@\\~\x00-\x1f\x7f]+""")
_TYPE = re.compile(r"[A-Za-z][A-Za-z0-9_:.+-]*")
_VERBATIM = frozenset({"doi", "eprint", "file", "pdf", "url", "urlraw", "verba", "verbb", "verbc"})
_TYPOGRAPHY = {
    "\u00a0": "~",
    "\u2013": "--",
    "\u2014": "---",
    "\u2018": "`",
    "\u2019": "'",
    "\u201c": "``",
    "\u201d": "''",
    "\u2026": r"\ldots{}",
    "\u2009": r"\,",
    "\u200b": "",
    "\ufeff": "",
}


class ValueRefusedError(UsageError):
    """A value, key or name cannot stand in a .bib file; nothing was changed."""

    def __init__(self, what: str, reason: str) -> None:
        """Name `what` was to be written (a field, a key), and why it was not."""
        super().__init__(f"{what} was not written: {reason}. Nothing was changed.")
        self.what = what
        self.reason = reason


def check_field_name(name: str) -> str:
    """Return a field name in lower case.

    Raises:
        ValueRefusedError: BibTeX would not read it as a name.
    """
    if not _FIELD_NAME.fullmatch(name):
        raise ValueRefusedError(f"the field {name!r}", "BibTeX cannot read this as a field's name")
    return name.lower()


def check_key(key: str) -> str:
    """Return a citation key that BibTeX, biber and LaTeX can all read.

    Raises:
        ValueRefusedError: it holds a blank, a comma or another sign of BibTeX's.
    """
    if not _KEY.fullmatch(key) or not key.isprintable():
        raise ValueRefusedError(
            f"the key {key!r}",
            "a citation key may not be empty nor hold blanks or any of , { } \" # % ' ( ) = @ \\ ~",
        )
    return key


def check_type(kind: str) -> str:
    """Return an entry type in lower case.

    Raises:
        ValueRefusedError: BibTeX would not read it as an entry's type.
    """
    if not _TYPE.fullmatch(kind) or kind.lower() in {"comment", "preamble", "string"}:
        raise ValueRefusedError(f"the type {kind!r}", "this is no entry type")
    return kind.lower()


def delimited(name: str, value: str, *, like: bytes, bare_digits: bool) -> str:
    """Return a value with its delimiters.

    Args:
        name: the field, in lower case. A month's macro ("jan" in "month") stays bare.
        value: the text between the delimiters; line ends inside are kept.
        like: the delimiter to use where the value allows it, `{` or `"`.
        bare_digits: whether a number goes without.

    Raises:
        ValueRefusedError: braces that do not balance, or control characters.
    """
    if name == "month" and value.lower() in MONTHS:
        return value.lower()
    if bare_digits and value.isascii() and value.isdigit():
        return value
    if control := _CONTROL.search(value):
        raise ValueRefusedError(
            f"the value of {name}", f"it holds the control character U+{ord(control[0]):04X}"
        )
    depth = 0
    has_outer_quote = False
    for match in _BRACE_OR_QUOTE.finditer(value):
        if match[0] == '"':
            has_outer_quote = has_outer_quote or depth == 0
            continue
        depth += 1 if match[0] == "{" else -1
        if depth < 0:
            break
    if depth != 0:
        raise ValueRefusedError(
            f"the value of {name}",
            "its braces do not balance, also if they are written \\{ or \\} (BibTeX counts them "
            "all). Write \\lbrace or \\rbrace for a brace that is meant",
        )
    if like == b'"' and not has_outer_quote:
        return f'"{value}"'
    return "{" + value + "}"


def encoded(source: Source, name: str, text: str, newline: bytes) -> bytes:
    """Return `text` as bytes of the file; what its encoding lacks is written as LaTeX.

    Raises:
        ValueRefusedError: a character that neither the encoding nor LaTeX has.
    """
    text = _LINE_END.sub(newline.decode("ascii"), text)
    if source.is_transcoded:
        codec, target = source.file_encoding, "utf-8"
    else:
        codec = target = source.file_encoding
    try:
        text.encode(codec)
    except UnicodeEncodeError:
        text = "".join(
            char if _fits(char, codec) else _substitute(name, char, codec)
            for char in unicodedata.normalize("NFC", text)
        )
    return text.encode(target)


def _fits(char: str, codec: str) -> bool:
    if char.isascii():
        return True
    try:
        char.encode(codec)
    except UnicodeEncodeError:
        return False
    return True


def _substitute(name: str, char: str, codec: str) -> str:
    """Return a character in ASCII: percent-encoded in an address, as LaTeX elsewhere."""
    if name in _VERBATIM:
        if name.startswith("url"):
            return quote(char)
        written = None
    else:
        written = _TYPOGRAPHY.get(char)
        if written is None:
            written = latex_character(char)
    if written is None or not written.isascii():
        raise ValueRefusedError(
            f"the value of {name}" if name else "the entry",
            f"the file's encoding ({codec}) has no {char!r} (U+{ord(char):04X}), and neither has "
            "LaTeX. Convert the file to UTF-8 first",
        )
    return written
