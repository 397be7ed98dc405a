"""Names as biber and bibtexparser split them, from the cases in their own tests.

Compared is which words belong to which part, as text: whether a part keeps its braces is the
business of the program that prints it.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import astuple
from pathlib import Path

from library.formats.bibtex.blocks import decode as decode_source
from library.formats.bibtex.blocks import read_entries
from library.formats.bibtex.inheritance import inherit
from library.formats.bibtex.latex import decode
from library.formats.bibtex.names import Parts, read_name, read_names, split_name, split_names
from library.formats.bibtex.vocabulary import NAME_FIELDS
from library.values.names import Name
from measure.bibtex_pandoc import Compared

_PARTS = ("first", "von", "last", "jr")
_HASH = re.compile(r"my \$(\w+)\s*=\s*\{(.*?)\}\s*\}\s*;", re.DOTALL)
_HASH_PART = re.compile(r"(given|family|prefix|suffix)\s*=>\s*\{string => (?:'([^']*)'|undef)")
_CALL = re.compile(
    r"is_deeply\(tparsename(?:_x)?\(\$section,'((?:[^'\\]|\\.)*)', 'author'\), \$(\w+),"
)
_ENTRY = re.compile(r"\\entry\{([^{}]+)\}\{\w+\}.*?\\endentry", re.DOTALL)
_NAMES = re.compile(
    r"\\name\{(\w+)\}\{(\d+)\}\{[^{}]*\}\{%?\n(.*?)\n\s*\}\s*\n\s*\\(?:strng|name|list|field)",
    re.DOTALL,
)
_NAME = re.compile(r"\{\{[^{}]*hash=[^{}]*\}\{%?(.*?)\}\}%?(?=\s*(?:\{\{|\Z|%))", re.DOTALL)
_VALUE = re.compile(r"(family|given|prefix|suffix)=\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}")
_DELIMITER = re.compile(r"\\+bibnamedelim[a-ei]?\s?|\\+bibinitdelim\s?")


def compared(folder: Path) -> Iterator[Compared]:
    """Yield every name of the cases under `folder`."""
    for path in sorted(folder.rglob("*test_names.py")):
        yield from _bibtexparser(path)
    raw_names = _raw_names(folder)
    for path in sorted(folder.rglob("t__*.t")):
        source = path.read_text(encoding="utf-8")
        yield from _biber_calls(path.name, source)
        test = path.name.removeprefix("t__").removesuffix(".t")
        yield from _biber_entries(path, source, raw_names[test])


def _text(raw: str) -> str:
    r"""Return a part as text: "{{{BB} CC}" and "Vall{\\'e}e" without braces and macros."""
    return (
        " ".join(decode(raw).replace("\u202f", " ").replace("\u00a0", " ").split()) if raw else ""
    )


def _bibtexparser(path: Path) -> Iterator[Compared]:
    """Read the lists of cases in bibtexparser's test module, without running it."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Tuple) and not _is_param(node):
            continue
        elements = node.elts if isinstance(node, ast.Tuple) else node.args  # type: ignore[attr-defined] # a Call
        try:
            values = [ast.literal_eval(element) for element in elements]
        except ValueError:
            continue
        if len(values) == 2 and isinstance(values[0], str) and values[0] not in _PARTS:
            yield from _case(values[0], values[1])


def _is_param(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "param"
    )


def _case(raw: str, expected: object) -> Iterator[Compared]:
    if isinstance(expected, list) and all(isinstance(name, str) for name in expected):
        yield Compared(f"bibtexparser:{raw}", "list", expected, split_names(raw))
    elif isinstance(expected, dict) and set(expected) == set(_PARTS):
        parts, _ = split_name(raw)
        # BibTeX prints the words of a part with ties between them.
        wanted = tuple(_text("~".join(expected[part])) for part in _PARTS)
        yield Compared(f"bibtexparser:{raw}", "parts", wanted, tuple(map(_text, astuple(parts))))


def _biber_calls(file: str, source: str) -> Iterator[Compared]:
    """Compare the names that biber's tests parse one by one."""
    hashes = {name: dict(_HASH_PART.findall(body + "}")) for name, body in _HASH.findall(source)}
    for raw, name in _CALL.findall(source):
        expected = hashes.get(name)
        if expected:
            wanted = tuple(
                _text(expected.get(part, "")) for part in ("given", "prefix", "family", "suffix")
            )
            yield Compared(f"biber:{file}:{raw}", "parts", wanted, _parts_of(read_name(raw)[0]))


def _parts_of(name: Name | None) -> tuple[str, ...]:
    if name is None:
        return ("", "", "", "")
    prefix = name.non_dropping_particle or name.dropping_particle
    found = Parts(
        name.given or "", prefix or "", name.family or name.literal or "", name.suffix or ""
    )
    return astuple(found)


def _biber_entries(
    path: Path, source: str, raw_fields: Mapping[str, dict[str, str]]
) -> Iterator[Compared]:
    """Compare the lists of names in the entries that biber's tests expect to be printed."""
    for match in _ENTRY.finditer(source):
        fields = raw_fields.get(match[1], {})
        for field, count, body in _NAMES.findall(match.group()):
            names = [_bbl_name(found) for found in _NAME.findall(body)]
            if field not in fields or field not in NAME_FIELDS or len(names) != int(count):
                continue
            got = [_parts_of(name) for name in read_names(fields[field]).names]
            yield Compared(f"biber:{path.name}:{match[1]}", field, names, got)


def _raw_names(folder: Path) -> dict[str, dict[str, dict[str, str]]]:
    """Return test -> key -> field -> value: of the test's own .bib file, else of another.

    Keys that several files use for different entries are left out.
    """
    files: dict[str, dict[str, dict[str, str]]] = {}
    for path in sorted(folder.rglob("t__tdata__*.bib")):
        entries, _ = inherit(read_entries(decode_source(path.read_bytes())).entries)
        stem = path.stem.removeprefix("t__tdata__")
        files[stem] = {entry.key: entry.fields for entry in entries}
    everywhere: dict[str, dict[str, str]] = {}
    unclear: set[str] = set()
    for found in files.values():
        for key, fields in found.items():
            if everywhere.setdefault(key, fields) != fields:
                unclear.add(key)
    shared = {key: fields for key, fields in everywhere.items() if key not in unclear}
    tests = {path.name.removeprefix("t__").removesuffix(".t") for path in folder.rglob("t__*.t")}
    return {test: shared | files.get(test, {}) for test in tests}


def _bbl_name(body: str) -> tuple[str, ...]:
    body = body.replace("\\\\", "\\")  # Perl's quoting
    values = {part: _text(_DELIMITER.sub(" ", value)) for part, value in _VALUE.findall(body)}
    return tuple(values.get(part, "") for part in ("given", "prefix", "family", "suffix"))
