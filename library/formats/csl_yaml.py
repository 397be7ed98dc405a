"""CSL-YAML, as pandoc reads and writes it: CSL-JSON's items under `references`, in YAML."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final, cast

import yaml

from library.findings import Finding
from library.formats import csl_json
from library.formats.csl_writing import for_schema, schema_item
from library.formats.items import yaml_text
from library.formats.reading import Reading
from library.work import Work

_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


_ALIAS: Final = re.compile(r"(?:^|[\s\[,{])\*\w", re.MULTILINE)


class _Loader(_LOADER):  # type: ignore[misc,valid-type]
    """PyYAML's safe loader, with rules of its own for plain values."""


# Years stay text and dates stay as they are written: "2014-07" is not for YAML to understand.
_Loader.yaml_implicit_resolvers = {
    first: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:timestamp"]
    for first, pairs in _LOADER.yaml_implicit_resolvers.items()
}


def read(text: str, name: str = "CSL-YAML") -> Reading:
    """Return the works of a CSL-YAML file: a list of items, or one under `references`."""
    reading = Reading()
    try:
        _refuse_aliases(text)
        documents = list(yaml.load_all(text.removeprefix("\ufeff"), Loader=_Loader))
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "it is nested too deep"
        line = mark.line + 1 if mark is not None else None
        message = f"this is no YAML that can be read ({problem}); nothing of it was kept"
        reading.findings.append(Finding("broken-yaml", message, "error", name, line))
        return reading
    for data in documents:
        items = data.get("references", []) if isinstance(data, dict) else data
        for item in items if isinstance(items, list) else []:
            work, findings = csl_json.read_item(item)
            reading.works.append(work)
            key = work.citation_key or None
            reading.findings.extend(replace(found, source=name, key=key) for found in findings)
    return reading


def _refuse_aliases(text: str) -> None:
    """Refuse a file with aliases: a few lines of them can stand for gigabytes."""
    if not _ALIAS.search(text):
        return
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.AliasEvent):
            problem = f"it has an alias, *{event.anchor}"
            raise yaml.composer.ComposerError(None, None, problem, cast("Any", event.start_mark))


def write(works: Iterable[Work | Mapping[str, Any]]) -> Iterator[str]:
    """Give a CSL-YAML file, one item at a time; a work may be its CSL-JSON item."""
    start = "---\nreferences:\n"
    for work in works:
        yield start + record(schema_item(work) if isinstance(work, Work) else for_schema(work))
        start = ""
    yield "---\nreferences: []\n...\n" if start else "...\n"


def record(item: Mapping[str, Any]) -> str:
    """Return one item, a line for each variable."""
    lines = "\n  ".join(f"{name}: {yaml_text(value)}" for name, value in item.items())
    return f"- {lines}\n"
