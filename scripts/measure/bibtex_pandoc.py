"""pandoc's own cases: a .bib file, and the references that pandoc makes of it, field by field."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from library.formats import csl_json
from library.formats.bibtex.read import read
from library.formats.bibtex.sentence_case import in_sentence_case
from library.values.dates import Date, edtf, from_csl, from_edtf
from library.work import Work

_DATES = ("issued", "accessed", "event-date", "original-date", "submitted", "available-date")
_NAMES = ("author", "editor", "translator", "container-author", "director", "collection-editor")
_UPPER = {
    "doi": "DOI",
    "isbn": "ISBN",
    "issn": "ISSN",
    "pmid": "PMID",
    "pmcid": "PMCID",
    "url": "URL",
}


@dataclass(frozen=True, slots=True)
class Compared:
    """One field of one work, as expected and as got; None where a side has none."""

    case: str
    field: str
    expected: Any
    got: Any
    work: Work | None = None

    @property
    def is_equal(self) -> bool:
        """Whether both sides say the same."""
        return bool(self.expected == self.got)


def compared(folder: Path, *, sentence_case: bool = False) -> Iterator[Compared]:
    """Yield every field of every work in pandoc's cases under `folder`.

    With `sentence_case`, our titles are put into it first, as pandoc's reader does while it reads.
    """
    for bib in sorted(folder.rglob("*.in.bib")):
        stem = re.sub(r"(?:\.bib(?:la)?tex)?\.in\.bib$", "", bib.name)
        expected = _expected(bib.parent, stem)
        if expected is None:
            continue
        works = {work.citation_key: work for work in read(bib.read_bytes(), bib.name).works}
        for key, item in expected.items():
            work = works.get(key)
            if work is not None and sentence_case:
                work = in_sentence_case(work)
            got = _plain_item(csl_json.item(work)) if work is not None else {}
            for field in sorted(item.keys() | got.keys()):
                yield Compared(f"{stem}:{key}", field, item.get(field), got.get(field), work)


def _expected(folder: Path, stem: str) -> dict[str, dict[str, Any]] | None:
    """Return key -> item with normalised values, of the file with what pandoc makes of `stem`."""
    markdown = folder / f"{stem}.expected.markdown.md"
    if markdown.exists():
        head = markdown.read_text(encoding="utf-8").split("\n---", 1)[0]
        loaded = yaml.load(head.replace("---\n", "", 1), Loader=yaml.BaseLoader)  # noqa: S506 - BaseLoader makes only text
        items = loaded.get("references", [])
        return {item["id"]: _plain_item(_from_markdown(item)) for item in items}
    as_json = folder / f"{stem}.expected.csljson.json"
    if as_json.exists():
        items = json.loads(as_json.read_text(encoding="utf-8"))
        return {item["id"]: _plain_item(item) for item in items}
    return None


def _from_markdown(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return an item whose texts have CSL's HTML in place of Markdown."""
    out: dict[str, Any] = {}
    for field, value in item.items():
        name = _UPPER.get(field, field)
        if isinstance(value, list):
            out[name] = [{part: _inline(text) for part, text in one.items()} for one in value]
        elif field in {"url", "doi", "id"}:
            out[name] = re.sub(r"\\([^A-Za-z0-9\s])", r"\1", value)
        else:
            out[name] = _inline(value)
    return out


_MARKDOWN = (
    (re.compile(r"\[([^\[\]]*)\]\{\.nocase\}"), '<span class="nocase">\\1</span>'),
    (
        re.compile(r"\[([^\[\]]*)\]\{\.smallcaps\}"),
        '<span style="font-variant:small-caps;">\\1</span>',
    ),
    (re.compile(r"\*\*([^*]+)\*\*"), "<b>\\1</b>"),
    (re.compile(r"\*([^*]+)\*"), "<i>\\1</i>"),
    (re.compile(r"\^([^^\s]+)\^"), "<sup>\\1</sup>"),
    (re.compile(r"~([^~\s]+)~"), "<sub>\\1</sub>"),
    (re.compile(r"\[([^\[\]]*)\]\(([^()]*)\)"), "\\1"),
    (re.compile(r"\[([^\[\]]*)\]\{[^{}]*\}"), "\\1"),
    (re.compile(r"<((?:https?|ftp)://[^<>]*)>"), "\\1"),
    (re.compile(r"---"), "—"),
    (re.compile(r"--"), "–"),
    (re.compile(r"\.\.\."), "…"),
)


def _inline(text: str) -> str:
    """Read Markdown's inline marks; an escaped character is kept aside meanwhile."""
    aside: list[str] = []

    def keep(match: re.Match[str]) -> str:
        aside.append(match.group(1))
        return chr(0xE000 + len(aside) - 1)

    text = re.sub(r"\\([^A-Za-z0-9\s])", keep, text)
    text = re.sub(r"\\ ", "\u00a0", text)
    for _ in range(3):  # marks within marks
        for pattern, html in _MARKDOWN:
            text = pattern.sub(html, text)
    return re.sub("[\ue000-\uf8ff]", lambda m: aside[ord(m.group()) - 0xE000], text)


def _plain_item(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return an item in one spelling: dates as EDTF, quotes straight, numbers as text."""
    out: dict[str, Any] = {}
    for field, value in item.items():
        if field in {"id", "custom"} or value in ("", [], None):
            continue
        if field in _DATES:
            out[field] = _date(value)
        elif isinstance(value, list):
            out[field] = [
                {part: straight(str(text)) for part, text in one.items()} for one in value
            ]
        else:
            out[field] = straight(str(value))
    return out


def _date(value: object) -> str:
    date: Date | None = from_csl(value) if isinstance(value, dict) else from_edtf(str(value))
    if date is None:
        return straight(str(value))
    return edtf(date) or straight(date.literal or "")


def straight(text: str) -> str:
    """Return a text with straight quotes and single blanks: Markdown cannot tell them apart."""
    text = re.sub("[“”„]", '"', text)
    text = re.sub("[‘’‚]", "'", text)
    return re.sub(r"[ \t\r\n]+", " ", text).strip()
