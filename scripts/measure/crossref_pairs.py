"""What other tools made of single Crossref records, brought into one form to compare with ours.

Each pair is a case: a name, our work's fields, and the fields that the other tool expects.
A field is compared as the text that a reader sees, or as a list of such texts.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from library.formats import crossref_json, csl_json
from library.values.identifiers import normalise_doi
from library.work import Work

Fields = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """One record and what is expected of it."""

    name: str  # "crossref-csl/10.1000/abc"
    record: Any  # the record as it came
    ours: Fields
    expected: Fields


def cases(folder: Path, records: Mapping[str, Any]) -> Iterator[Case]:
    """Yield every pair below a corpus folder; `records` are Crossref messages by their DOIs."""
    yield from _content_negotiated(folder, records)
    for path in sorted(folder.rglob("*.bib")):
        if path.parent.name == "crossref_transforms":
            yield from _bibtex(path, records)
    for path in sorted(folder.rglob("*.tests.json")):
        yield from _zotero(path, records)
    for path in sorted(folder.rglob("*_raw.json")):
        yield from _manubot(path)
    for path in sorted(folder.rglob("*_expected.yml")):
        yield from _hepcrawl(path)
    for path in sorted(folder.rglob("*_out.json")):
        yield from _papis(path)
    for path in sorted(folder.rglob("*research-info-systems")):
        yield from _ris(path, records)
    for path in sorted(folder.rglob("*crossref_reader_spec.rb")):
        yield from _bolognese(path, records)


def fields_of(work: Work) -> Fields:
    """Return our work's fields in the form of the comparison."""
    item = csl_json.item(work)
    fields = {
        name: item[variable]
        for name, variable in _VARIABLES.items()
        if item.get(variable) is not None
    }
    fields |= {
        role: [_shown(name) for name in item[role]]
        for role in ("author", "editor", "translator")
        if role in item
    }
    fields |= {
        "issued": item.get("issued", {}).get("date-parts", [None])[0],
        "issn": sorted(work.issn),
        "isbn": sorted(work.isbn),
    }
    # A style that asks for the short form prints the whole where there is none (CSL 1.0.2).
    fields.setdefault("container-short", fields.get("container"))
    return {name: value for name, value in fields.items() if value not in (None, [], "")}


_VARIABLES = {
    "type": "type",
    "title": "title",
    "container": "container-title",
    "container-short": "container-title-short",
    "series": "collection-title",
    "volume": "volume",
    "issue": "issue",
    "page": "page",
    "publisher": "publisher",
    "place": "publisher-place",
    "event": "event-title",
    "edition": "edition",
    "language": "language",
    "abstract": "abstract",
    "doi": "DOI",
    "url": "URL",
    "genre": "genre",
}


def _ours(record: object) -> Fields:
    return fields_of(crossref_json.read_record(record).work)


def _shown(name: Mapping[str, Any]) -> str:
    """Return a CSL name in reading order, whatever its parts are called."""
    if name.get("literal") or name.get("name"):
        return str(name.get("literal") or name.get("name"))
    parts = ("given", "dropping-particle", "non-dropping-particle", "family", "suffix")
    return " ".join(str(name[part]) for part in parts if name.get(part))


def _doi(text: object) -> str:
    try:
        return normalise_doi(str(text))
    except ValueError:
        return str(text).lower()


def _csl(item: Mapping[str, Any]) -> Fields:
    """Return CSL-JSON as its maker wrote it: lists give their first, nothing is cleaned."""

    def first(value: object) -> object:
        return value[0] if isinstance(value, list) and value else value

    fields: Fields = {}
    for name, variable in _VARIABLES.items():
        value = first(item.get(variable))
        if isinstance(value, (str, int)) and str(value):
            fields[name] = str(value)
    for role in ("author", "editor", "translator"):
        if isinstance(item.get(role), list) and item[role]:
            fields[role] = [_shown(name) for name in item[role]]
    parts = (
        (item.get("issued") or {}).get("date-parts")
        if isinstance(item.get("issued"), dict)
        else None
    )
    if parts and parts[0] and parts[0][0]:
        fields["issued"] = [int(part) for part in parts[0] if part is not None]
    for name in ("ISSN", "ISBN"):
        value = item.get(name)
        texts = value if isinstance(value, list) else re.split(r"[,;\s]+", value) if value else []
        if texts:
            fields[name.lower()] = sorted(text.rsplit("/", 1)[-1] for text in texts if text)
    if "doi" in fields:
        fields["doi"] = _doi(fields["doi"])
    return fields


# --- The sources ----------------------------------------------------------------------------------


def _content_negotiated(folder: Path, records: Mapping[str, Any]) -> Iterator[Case]:
    for path in sorted(folder.rglob("content_negotiated_csl.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            item = json.loads(line)
            record = records.get(_doi(item.get("DOI", "")))
            if record is not None:
                yield Case(f"crossref-csl/{_doi(item['DOI'])}", record, _ours(record), _csl(item))


_BIBTEX = {
    "title": "title",
    "journal": "container",
    "booktitle": "container",
    "volume": "volume",
    "number": "issue",
    "pages": "page",
    "publisher": "publisher",
    "DOI": "doi",
    "url": "url",
    "ISSN": "issn",
    "ISBN": "isbn",
}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def _bibtex(path: Path, records: Mapping[str, Any]) -> Iterator[Case]:
    """Crossref's own BibTeX, read as plainly as it is written."""
    text = path.read_text(encoding="utf-8")
    raw = dict(_bibtex_fields(text))
    record = records.get(_doi(raw.get("DOI") or raw.get("doi") or ""))
    if record is None:
        return
    fields: Fields = {
        name: " ".join(raw[key].split()) for key, name in _BIBTEX.items() if raw.get(key)
    }
    fields["doi"] = _doi(fields.get("doi", ""))
    for name in ("issn", "isbn"):
        if name in fields:
            fields[name] = [fields[name]]
    for role in ("author", "editor"):
        if raw.get(role):
            fields[role] = [_turned(name) for name in raw[role].split(" and ")]
    if raw.get("year"):
        month = raw.get("month", "").strip().lower()[:3]
        fields["issued"] = [int(raw["year"])] + (
            [_MONTHS.index(month) + 1] if month in _MONTHS else []
        )
    if "page" in fields:
        fields["page"] = re.sub(r"\s*[–—-]+\s*", "-", fields["page"])
    yield Case(f"crossref-bibtex/{fields['doi']}", record, _ours(record), fields)


def _turned(name: str) -> str:
    family, comma, given = name.strip().partition(", ")
    return f"{given} {family}" if comma else name.strip().strip("{}")


def _bibtex_fields(text: str) -> Iterator[tuple[str, str]]:
    for match in re.finditer(r"(\w+)\s*=\s*(?:\{|(\w+))", text):
        if match.group(2):
            yield match.group(1), match.group(2)
            continue
        depth, at = 1, match.end()
        while at < len(text) and depth:
            depth += {"{": 1, "}": -1}.get(text[at], 0)
            at += 1
        yield match.group(1), text[match.end() : at - 1]


_ZOTERO = {
    "title": "title",
    "publicationTitle": "container",
    "proceedingsTitle": "container",
    "bookTitle": "container",
    "journalAbbreviation": "container-short",
    "series": "series",
    "volume": "volume",
    "issue": "issue",
    "pages": "page",
    "publisher": "publisher",
    "university": "publisher",
    "institution": "publisher",
    "place": "place",
    "conferenceName": "event",
    "edition": "edition",
    "language": "language",
    "abstractNote": "abstract",
    "DOI": "doi",
    "url": "url",
    "thesisType": "genre",
}
_ZOTERO_TYPES = {
    "journalArticle": "article-journal",
    "conferencePaper": "paper-conference",
    "bookSection": "chapter",
    "book": "book",
    "thesis": "thesis",
    "preprint": "article",
    "report": "report",
    "dataset": "dataset",
    "standard": "standard",
    "document": "document",
    "manuscript": "manuscript",
    "blogPost": "post-weblog",
}


def _zotero(path: Path, records: Mapping[str, Any]) -> Iterator[Case]:
    """Zotero's expected items; the record is found by its DOI."""
    for test in json.loads(path.read_text(encoding="utf-8")):
        stated = test.get("input")
        asked = stated.get("DOI") if isinstance(stated, dict) else None
        for item in test.get("items", []):
            doi = _doi(item.get("DOI") or asked or _in_extra(item) or "")
            record = records.get(doi)
            if record is None:
                continue
            fields = {name: item[key] for key, name in _ZOTERO.items() if item.get(key)}
            fields["type"] = _ZOTERO_TYPES.get(item["itemType"], item["itemType"])
            fields["doi"] = doi
            for creator in item.get("creators", []):
                shown = " ".join(filter(None, (creator.get("firstName"), creator.get("lastName"))))
                role = creator["creatorType"].replace("bookAuthor", "author")
                fields.setdefault(role, []).append(shown)
            if item.get("date"):
                fields["issued"] = _zotero_date(item["date"])
            for name in ("ISSN", "ISBN"):
                if item.get(name):
                    fields[name.lower()] = sorted(
                        re.split(
                            r"[,\s]+", item[name].replace("-", "") if name == "ISBN" else item[name]
                        )
                    )
            yield Case(f"zotero/{doi}", record, _ours(record), fields)


def _in_extra(item: Mapping[str, Any]) -> str | None:
    found = re.search(r"^DOI: (\S+)", item.get("extra", ""), re.MULTILINE)
    return found.group(1) if found else None


def _zotero_date(text: str) -> list[int]:
    parts = [int(part) for part in re.split(r"[-/]", text) if part.isdigit()]
    return parts[::-1] if "/" in text else parts


def _manubot(path: Path) -> Iterator[Case]:
    """CSL-JSON as it came, and as manubot prunes it."""
    pruned = path.with_name(path.name.replace("_raw.json", "_pruned.json"))
    if not pruned.exists():
        return
    before = json.loads(path.read_text(encoding="utf-8"))
    after = json.loads(pruned.read_text(encoding="utf-8"))
    name = path.name.removeprefix("manubot_cite_tests_csl-json_").removesuffix("_raw.json")
    for place, (raw, expected) in enumerate(zip(before, after, strict=False), 1):
        work, _ = csl_json.read_item(raw)
        yield Case(f"manubot/{name}/{place}", raw, fields_of(work), _csl(expected))


def _hepcrawl(path: Path) -> Iterator[Case]:
    """INSPIRE's reading of a whole Crossref answer."""
    source = path.with_name(path.name.replace("_expected.yml", ".json"))
    if not source.exists():
        return
    record = json.loads(source.read_text(encoding="utf-8"))
    stated = yaml.safe_load(path.read_text(encoding="utf-8"))
    fields: Fields = {"title": stated["title"]}
    if stated.get("year"):
        fields["issued"] = [stated["year"]]
    if stated.get("subtitle"):
        fields["title"] += ": " + stated["subtitle"]
    if stated.get("dois"):
        fields["doi"] = _doi(stated["dois"][0]["doi"])
    for key, name in (
        ("journal_title", "container"),
        ("journal_volume", "volume"),
        ("journal_issue", "issue"),
    ):
        if stated.get(key):
            fields[name] = str(stated[key])
    people = stated.get("authors", [])
    for role in ("author", "editor"):
        wanted = [
            _turned(person["full_name"])
            for person in people
            if ("editor" in person.get("inspire_roles", [])) == (role == "editor")
        ]
        if wanted:
            fields[role] = wanted
    if stated.get("page_start"):
        fields["page"] = "-".join(filter(None, (stated["page_start"], stated.get("page_end"))))
    ours = _ours(record)
    ours["issued"] = ours.get("issued", [])[:1]
    yield Case(
        f"hepcrawl/{source.stem.removeprefix('tests_unit_responses_crossref_')}",
        record,
        ours,
        fields,
    )


_PAPIS = {
    "title": "title",
    "journal": "container",
    "booktitle": "container",
    "volume": "volume",
    "issue": "issue",
    "pages": "page",
    "publisher": "publisher",
    "abstract": "abstract",
    "language": "language",
}


def _papis(path: Path) -> Iterator[Case]:
    """A record, and papis's document of it beside it."""
    source = path.with_name(path.name.replace("_out.json", ".json"))
    if not source.exists():
        return
    record = json.loads(source.read_text(encoding="utf-8"))
    stated = json.loads(path.read_text(encoding="utf-8"))
    message = record.get("message", record) if isinstance(record, dict) else None
    if not isinstance(message, dict) or not isinstance(stated, dict) or "DOI" not in message:
        return
    fields: Fields = {name: str(stated[key]) for key, name in _PAPIS.items() if stated.get(key)}
    if "page" in fields:
        fields["page"] = re.sub(r"-+", "-", fields["page"])
    if stated.get("doi"):
        fields["doi"] = _doi(stated["doi"])
    people = [_shown(name) for name in stated.get("author_list", []) if isinstance(name, dict)]
    if people:
        fields["author"] = people
    if str(stated.get("year", "")).isdigit():
        fields["issued"] = [int(stated["year"])]
        if str(stated.get("month", "")).isdigit():
            fields["issued"].append(int(stated["month"]))
    yield Case(f"papis/{source.stem}", message, _ours(message), fields)


_RIS = {
    "TI": "title",
    "T2": "container",
    "PB": "publisher",
    "VL": "volume",
    "IS": "issue",
    "SP": "page",
}


def _ris(path: Path, records: Mapping[str, Any]) -> Iterator[Case]:
    """Crossref's own RIS."""
    lines = [line.partition("  - ") for line in path.read_text(encoding="utf-8").splitlines()]
    values: dict[str, list[str]] = {}
    for tag, _, value in lines:
        values.setdefault(tag, []).append(value.strip())
    record = records.get(_doi(values.get("DO", [""])[0]))
    if record is None:
        return
    fields: Fields = {name: values[tag][0] for tag, name in _RIS.items() if tag in values}
    fields["doi"] = _doi(values["DO"][0])
    fields["author"] = [_turned(name) for name in values.get("AU", [])]
    fields["issn"] = values.get("SN", [])
    if "DA" in values:
        fields["issued"] = [int(part) for part in values["DA"][0].split("/") if part]
    yield Case(f"crossref-ris/{fields['doi']}", record, _ours(record), fields)


def _bolognese(path: Path, records: Mapping[str, Any]) -> Iterator[Case]:
    """DataCite's reading: the values that its specification states for a record we have."""
    for block in re.split(r"\n    it ", path.read_text(encoding="utf-8"))[1:]:
        asked = re.search(r'input = "(?:https?://doi\.org/)?(10\.\d{4,9}/[^"]+)"', block)
        record = records.get(_doi(asked.group(1))) if asked else None
        if asked is None or record is None:
            continue
        fields: Fields = {"doi": _doi(asked.group(1))}
        patterns: tuple[tuple[str, str, Callable[[str], Any]], ...] = (
            ("title", r'titles\)\.to eq\(\[\{"title"=>"([^"]*)"', str),
            ("publisher", r'publisher\)\.to eq\((?:\{"name"=>)?"([^"]*)"', str),
            ("container", r'container\)\.to eq\(.*?"title"\s*=>\s*"([^"]*)"', str),
            ("volume", r'container\)\.to eq\(.*?"volume"\s*=>\s*"([^"]*)"', str),
            ("issue", r'container\)\.to eq\(.*?"issue"\s*=>\s*"([^"]*)"', str),
        )
        for name, pattern, made in patterns:
            if found := re.search(pattern, block, re.DOTALL):
                fields[name] = made(found.group(1))
        yield Case(f"bolognese/{fields['doi']}", record, _ours(record), fields)
