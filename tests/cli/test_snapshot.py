"""A library that is enriched, matched and told who cites it, with no network at all."""

import json
import sqlite3
import subprocess
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from library.snapshot.reading import Snapshot
from tests.running import library
from tests.snapshot.conftest import MADE, data_file, records, snapshot

__all__ = ["data_file", "records", "snapshot"]  # fixtures

# Port 9 of this machine: nothing listens there, so whoever asks a service fails at once.
NOWHERE = {
    f"LIBRARY_{name}_URL": "http://127.0.0.1:9"
    for name in ("CROSSREF", "DATACITE", "DOI", "PUBMED", "PMC", "ARXIV", "OPENLIBRARY")
}


@dataclass(frozen=True)
class Offline:
    """A library whose source is a snapshot."""

    root: Path
    environment: Mapping[str, str]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `library` in it."""
        return library(*arguments, cwd=self.root, environment=self.environment)

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        """Ask library.db."""
        with closing(sqlite3.connect(self.root / "library.db")) as connection:
            return connection.execute(statement).fetchall()


def _entry(key: str, record: Mapping[str, Any], *, doi: bool) -> str:
    people = " and ".join(f"{one['family']}, {one['given']}" for one in record["author"])
    lines = [
        f"  author = {{{people}}},",
        f"  title = {{{record['title'][0]}}},",
        f"  date = {{{record['issued']['date-parts'][0][0]}}},",
    ]
    if doi:
        lines.append(f"  doi = {{{record['DOI']}}},")
    return "\n".join([f"@article{{{key},", *lines, "}\n\n"])


@pytest.fixture
def offline(tmp_path: Path, snapshot: Snapshot, records: dict[str, dict[str, Any]]) -> Offline:
    """Return a library of three works of the snapshot; the third lacks its DOI."""
    entries = [
        _entry("one", records[MADE.doi(1)], doi=True),
        _entry("retracted", records[MADE.doi(995)], doi=True),
        _entry("unknown", records[MADE.doi(1500)], doi=False),
    ]
    (tmp_path / "references.bib").write_text("".join(entries), encoding="utf-8")
    (tmp_path / "metadata.yml").write_text(
        "title: Offline\nplugins:\n  library:\n    source: snapshot\n"
        f"    snapshot: {snapshot.folder}\n",
        encoding="utf-8",
    )
    return Offline(tmp_path, NOWHERE)


def test_a_library_is_enriched_matched_added_to_and_checked(
    offline: Offline, snapshot: Snapshot
) -> None:
    done = offline.run("enrich", "--apply")
    assert done.returncode == 0, done.stderr
    assert "one: adds journaltitle, volume, number, pages" in done.stdout
    found = offline.run("match", "--apply")
    assert f"unknown: {MADE.doi(1500)} is the same work" in found.stdout, found.stderr
    added = offline.run("add", MADE.doi(77), f"https://doi.org/{MADE.doi(78)}")
    assert added.returncode == 0, added.stderr
    checked = offline.run("check", "--refresh", "--only", "retracted")
    assert "retracted" in checked.stdout
    sources = offline.query("SELECT DISTINCT source, date FROM provenance")
    assert sources == [("crossref", snapshot.date)]
    assert offline.query("SELECT is_retracted FROM works WHERE citation_key = 'retracted'") == [
        (1,)
    ]


def test_a_list_of_references_is_matched_without_a_network(
    offline: Offline, records: dict[str, dict[str, Any]]
) -> None:
    """A new work by the snapshot, one that is here without a DOI by the library itself."""
    new, here = records[MADE.doi(2001)], records[MADE.doi(1500)]
    lines = [
        f"{one['author'][0]['family']} et al. {one['title'][0]}. {one['container-title'][0]}."
        f" {one['issued']['date-parts'][0][0]}; {one['volume']}."
        for one in (new, here)
    ]
    lines.append("Nobody, N. A title that no record in the whole world has had so far. 1999; 3.")
    (offline.root / "list.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    bib = offline.root / "references.bib"
    bib.write_text(bib.read_text() + _entry("secret", _renamed(here), doi=False))
    done = offline.run("import", "list.txt", "--json")
    outcomes = json.loads(done.stdout)
    assert [one["status"] for one in outcomes] == ["added", "present", "not-found"]
    assert outcomes[1]["key"] == "unknown"


def _renamed(record: Mapping[str, Any]) -> dict[str, Any]:
    return {**record, "title": ["Of another kind altogether and on something else"]}


def test_what_a_snapshot_cannot_tell_is_said(offline: Offline) -> None:
    done = offline.run("add", "10.5555/not-there", "PMID:25048654", "2101.00001")
    assert done.returncode == 1
    assert "It is not in the snapshot, which holds Crossref's works until 2026-01-28" in done.stdout
    assert done.stdout.count("A snapshot is asked by DOI") == 2


def test_who_cites_the_library_is_published(offline: Offline) -> None:
    asked = offline.run("snapshot", "ask", "citing", "--json")
    found = json.loads(asked.stdout)
    kept = offline.run("snapshot", "ask", "citing", "--keep")
    assert kept.returncode == 0, kept.stderr
    assert f"{len(found):,} citations are kept in records.db" in kept.stderr
    rows = offline.query("SELECT citation_key, doi, title, year FROM citing_works")
    ours = {MADE.doi(1): "one", MADE.doi(995): "retracted"}
    outside = [one for one in found if one["citing_doi"] not in ours]
    assert sorted(rows) == sorted(
        (ours[one["cited_doi"]], one["citing_doi"], one["title"], one["year"]) for one in outside
    )
    # A citing work that is added is no longer outside; the others stay, also in a whole build.
    newcomer = outside[0]["citing_doi"]
    offline.run("add", newcomer)
    offline.run("build", "--full")
    left = offline.query("SELECT doi FROM citing_works")
    assert newcomer not in {doi for (doi,) in left}
    assert len(left) == sum(one["citing_doi"] != newcomer for one in outside)


def test_retractions_and_works_cited_together_are_listed(offline: Offline) -> None:
    retracted = offline.run("snapshot", "ask", "retracted")
    assert f"{MADE.doi(995)}: retraction {MADE.doi(996)}" in retracted.stdout
    together = offline.run("snapshot", "ask", "together", "--limit", "3")
    assert len(together.stdout.splitlines()) == 3


def test_an_extract_is_a_snapshot_to_carry(offline: Offline, tmp_path: Path) -> None:
    done = offline.run("snapshot", "extract", "--for", "references.bib", "--to", "stick")
    assert done.returncode == 0, done.stderr
    assert "2 works of the library" in done.stdout
    again = offline.run("snapshot", "extract", "--to", "stick")
    assert again.returncode == 2
    assert "is not empty" in again.stderr
    small = {"LIBRARY_SNAPSHOT": str(tmp_path / "stick")}
    enriched = library("enrich", "one", cwd=offline.root, environment={**NOWHERE, **small})
    assert "one: adds journaltitle" in enriched.stdout


def test_a_snapshot_that_is_not_named_or_not_there_is_said(offline: Offline) -> None:
    metadata = offline.root / "metadata.yml"
    metadata.write_text("title: Offline\n", encoding="utf-8")
    done = offline.run("enrich", "--source", "snapshot")
    assert done.returncode == 2
    assert "No snapshot of Crossref is named" in done.stderr
    missing = library(
        *("enrich", "--source", "snapshot"),
        cwd=offline.root,
        environment={**NOWHERE, "LIBRARY_SNAPSHOT": "nowhere"},
    )
    assert missing.returncode == 2
    assert "holds no snapshot" in missing.stderr


def test_keep_is_for_the_whole_library(offline: Offline) -> None:
    done = offline.run("snapshot", "ask", "citing", "10.1000/a", "--keep")
    assert done.returncode == 2
    assert "leave the DOIs out" in done.stderr
