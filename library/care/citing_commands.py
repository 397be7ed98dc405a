r"""Citation keys in documents: LaTeX's \cite commands and Markdown's [@key], with other keys.

Every command is taken whose name holds "cite" (natbib, biblatex, multi-cites, capitals, stars),
with its optional arguments; so are \nocite, \bibentry and \entrydata-like commands by name.
Nothing but keys changes.
"""

import re
from collections.abc import Mapping
from typing import Final

_COMMAND: Final = re.compile(r"\\(?:[A-Za-z]*[Cc]ite[A-Za-z]*|bibentry|citefield|textcites?)\*?")
_ARGUMENT: Final = re.compile(r"\s*(?:\[[^\[\]]*(?:\[[^\[\]]*\][^\[\]]*)*\]|\([^()]*\)|<[^<>]*>)")
_KEYS: Final = re.compile(r"(\s*\{)([^{}]*)(\})")
_MARKDOWN: Final = re.compile(r"(?<![\w@])(-?@)(\{[^{}\n]+\}|[\w][\w:.#$%&+?<>~/-]*)")
_ENDS: Final = ".:;?!,"  # a key of Markdown does not end in these


def rekeyed(text: str, keys: Mapping[str, str], *, markdown: bool = False) -> str:
    r"""Return a document with the keys that changed put in.

    Args:
        text: the document.
        keys: old key -> new key.
        markdown: also [@key] and @key, as pandoc and Quarto have them.
    """
    text = _latex(text, keys)
    return _MARKDOWN.sub(lambda match: _reference(match, keys), text) if markdown else text


def _latex(text: str, keys: Mapping[str, str]) -> str:
    out = []
    end = 0
    for command in _COMMAND.finditer(text):
        if command.start() < end:
            continue
        place = command.end()
        # \cites(pre)(post)[pre][post]{key}[pre][post]{key}: groups follow until none does.
        while True:
            start = place
            while argument := _ARGUMENT.match(text, place):
                place = argument.end()
            group = _KEYS.match(text, place)
            if group is None:
                place = start
                break
            out += [text[end : group.start()], group[1], _list(group[2], keys), group[3]]
            end = place = group.end()
            if not command[0].rstrip("*").endswith("s"):
                break
    out.append(text[end:])
    return "".join(out)


def _list(written: str, keys: Mapping[str, str]) -> str:
    parts = written.split(",")
    return ",".join(
        part.replace(key, keys[key]) if (key := part.strip()) in keys else part for part in parts
    )


def _reference(match: re.Match[str], keys: Mapping[str, str]) -> str:
    written = match[2]
    if written.startswith("{"):
        return f"{match[1]}{{{keys.get(written[1:-1], written[1:-1])}}}"
    key = written.rstrip(_ENDS)
    return f"{match[1]}{keys.get(key, key)}{written[len(key) :]}"
