"""Addresses and identifiers, which LaTeX would take apart: as they are, and as fields hold them."""

import re

_ESCAPED = re.compile(
    r"\{?\\(?:([_%&#$~^{}])|(textasciitilde|textunderscore|sim|_|%)(?![A-Za-z])(?:\{\})?)\}?(?:\{\})?"
)
_NAMED = {"textasciitilde": "~", "sim": "~", "textunderscore": "_"}


def unescaped(verbatim: str) -> str:
    r"""Return an address or identifier as it is, though someone escaped it for LaTeX.

    "a\_b", "a{\_}b", "a\~{}b" and "a$\sim$b" give "a_b" and "a~b". Line ends are taken out with the
    blanks around them (long addresses are wrapped).
    """
    text = verbatim.strip(" \t\r\n\f\v")
    if "\n" in text or "\r" in text:
        text = re.sub(r"[ \t]*[\r\n]+[ \t]*", "", text)
    if "\\" not in text:
        return text
    text = text.replace("$\\sim$", "~").replace("{$\\sim$}", "~")
    return _ESCAPED.sub(lambda m: m.group(1) or _NAMED.get(m.group(2), m.group(2)), text)


def verbatim(address: str) -> str:
    """Return an address or identifier as a field holds it: nothing escaped.

    Braces that do not balance, and backslashes, become their codes ("%7B").
    """
    if not any(character in address for character in "{}\\"):
        return address
    depth = 0
    for character in address:
        depth += (character == "{") - (character == "}")
        if depth < 0:
            break
    address = address.replace("\\", "%5C")
    return address if depth == 0 else address.replace("{", "%7B").replace("}", "%7D")
