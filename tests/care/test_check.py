"""`library check`: what it says, where, and how it ends."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from library.sources.records import Record, Records, encode
from tests.loopback.world import World
from tests.running import library

BIB = """@article{sound,
  title = {Growth and Light},
  author = {Alder, Ann},
  journaltitle = {Journal of Tests},
  date = {2019},
  doi = {10.5555/sound},
}

@article{taken-back,
  title = {Growth without Light in Invented Leaves},
  author = {Elm, Eva},
  journaltitle = {Journal of Tests},
  date = {2019},
  doi = {10.5555/back},
}

@online{early,
  title = {Light before Growth: a Study of Invented Plants},
  author = {Fir, Finn},
  date = {2020},
  doi = {10.5555/early},
}

@book{odd, title = {Roots}, year = {2001}, isbn = {978-0-306-40615-8}}
"""


def _message(doi: str, title: str, name: tuple[str, str], **more: object) -> Record:
    message = {
        "DOI": doi,
        "type": "journal-article",
        "title": [title],
        "author": [{"family": name[0], "given": name[1], "sequence": "first"}],
        "issued": {"date-parts": [[2019]]},
        **more,
    }
    return Record("crossref", "doi", doi, "found", "crossref-json", encode(message))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a library whose stored records tell of a retraction and of an article."""
    (tmp_path / "references.bib").write_text(BIB)
    (tmp_path / "metadata.yml").write_text("title: Tests\n")
    retraction = {
        "DOI": "10.5555/notice",
        "type": "retraction",
        "label": "Retraction",
        "source": "publisher",
        "updated": {"date-time": "2021-05-04T00:00:00Z", "date-parts": [[2021, 5, 4]]},
    }
    article = {
        "is-preprint-of": [{"id-type": "doi", "id": "10.5555/late", "asserted-by": "subject"}]
    }
    with Records(tmp_path / "records.db") as records:
        records.put_many(
            [
                _message(
                    "10.5555/back",
                    "Growth without Light in Invented Leaves",
                    ("Elm", "Eva"),
                    **{"updated-by": [retraction]},
                ),
                _message(
                    "10.5555/early",
                    "Light before Growth: a Study of Invented Plants",
                    ("Fir", "Finn"),
                    type="posted-content",
                    subtype="preprint",
                    issued={"date-parts": [[2020]]},
                    relation=article,
                ),
            ]
        )
    return tmp_path


def test_each_finding_names_its_line_its_entry_and_its_check(root: Path) -> None:
    done = library("check", cwd=root)
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert [line for line in lines if "[retracted]" in line] == [
        "references.bib:9: error: this work was retracted: Retraction (publisher, 2021-05-04)."
        " Read the notice: https://doi.org/10.5555/notice (taken-back) [retracted]"
    ]
    assert any(
        line.startswith("references.bib:17: warning: the article of this preprint has appeared")
        for line in lines
    )
    assert any("(odd)" in line and line.startswith("references.bib:24") for line in lines)
    assert not any("(sound)" in line for line in lines)
    assert "error" in done.stderr


def test_checks_can_be_chosen_and_left_out(root: Path) -> None:
    done = library("check", "--only", "retracted,preprint-published", "--json", cwd=root)
    assert [one["check"] for one in json.loads(done.stdout)] == ["retracted", "preprint-published"]
    done = library("check", "--only", "retracted", "--skip", "retracted", cwd=root)
    assert (done.returncode, done.stdout) == (0, "")
    assert "Nothing was found." in done.stderr
    done = library("check", "--severity", "error", "--only", "preprint-published", cwd=root)
    assert done.returncode == 0


def test_entries_can_be_chosen_and_an_unknown_one_is_refused(root: Path) -> None:
    assert library("check", "sound", cwd=root).returncode == 0
    done = library("check", "nobody", cwd=root)
    assert done.returncode == 2
    assert "no entry nobody" in done.stderr


def test_github_gets_an_annotation_a_line_that_no_text_can_break(root: Path) -> None:
    bib = root / "references.bib"
    bib.write_text(BIB.replace("{odd,", "{o%dd,"))
    done = library("check", "--format", "github", cwd=root)
    lines = done.stdout.splitlines()
    assert all(line.startswith("::") for line in lines)
    assert any(
        line.startswith("::error file=references.bib,line=9,title=retracted::taken-back: ")
        for line in lines
    )
    assert any("o%25dd: " in line for line in lines)


def test_sarif_has_a_rule_and_a_place_for_each_result(root: Path) -> None:
    inside = root / "a folder"
    inside.mkdir()
    done = library("check", "--format", "sarif", cwd=inside)
    report = json.loads(done.stdout)
    assert report["version"] == "2.1.0"
    (run,) = report["runs"]
    rules = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    assert {result["ruleId"] for result in run["results"]} == rules
    (taken_back,) = [one for one in run["results"] if one["ruleId"] == "retracted"]
    assert taken_back["level"] == "error"
    place = taken_back["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "../references.bib"}
    assert place["region"] == {"startLine": 9}


def test_the_seed_has_no_errors() -> None:
    seed = Path(__file__).parents[2]
    done = library("check", "--severity", "error", "--root", str(seed), cwd=seed)
    assert (done.returncode, done.stdout) == (0, "")


def test_refresh_asks_for_every_record_again(
    tmp_path: Path, loopback_environment: Mapping[str, str]
) -> None:
    (tmp_path / "metadata.yml").write_text("title: Tests\n")
    (tmp_path / "references.bib").write_text(
        "@article{flu, title = {Influenza A Infections in Infants of Vaccinated and Unvaccinated"
        " Mothers}, author = {Sandy, Kate}, date = {2017},"
        " doi = {10.1001/jamapediatrics.2017.2391}}\n"
    )
    done = library("check", "--refresh", cwd=tmp_path, environment=loopback_environment)
    assert done.returncode in (0, 1), done.stderr
    with Records(tmp_path / "records.db", read_only=True) as records:
        found = records.get_many("crossref", "doi", ["10.1001/jamapediatrics.2017.2391"])
    assert found["10.1001/jamapediatrics.2017.2391"].status == "found"


def test_addresses_that_are_dead_or_have_moved_are_told_when_asked_for(
    tmp_path: Path, loopback: World
) -> None:
    base = loopback.url("pages")
    loopback.pages.moved["/old"] = "/pages/article.html"
    loopback.pages.status |= {"/old": 301, "/closed": 403}
    entries = [
        f"@online{{{key}, title = {{T}}, url = {{{base}/{path}}}}}"
        for key, path in (
            ("good", "article.html"),
            ("gone", "nowhere"),
            ("moved", "old"),
            ("closed", "closed"),
        )
    ]
    (tmp_path / "references.bib").write_text("\n".join(entries) + "\n")
    (tmp_path / "metadata.yml").write_text(
        'title: T\nplugins: {library: {waived: {gone: "dead-link: the museum has closed"}}}\n'
    )
    environment = {**loopback.environment(), "LIBRARY_PRIVATE_PAGES": "1"}
    quiet = library("check", "--only", "dead-link,moved-link", cwd=tmp_path)
    assert quiet.returncode == 0
    done = library(
        *("check", "--links", "--only", "dead-link,moved-link"),
        cwd=tmp_path,
        environment=environment,
    )
    assert done.stdout.splitlines() == [
        f"references.bib:3: warning: {base}/old has moved for good to {base}/article.html (moved)"
        " [moved-link]"
    ]
    (tmp_path / "metadata.yml").write_text("title: T\n")
    done = library("check", "--links", "--json", "gone", cwd=tmp_path, environment=environment)
    found = {one["check"]: one for one in json.loads(done.stdout)}
    assert found["dead-link"]["line"] == 2
    assert "leads nowhere (HTTP 404)" in found["dead-link"]["message"]


def test_a_doi_that_a_stored_search_found_is_told(
    tmp_path: Path, loopback_environment: Mapping[str, str]
) -> None:
    (tmp_path / "metadata.yml").write_text("title: T\n")
    (tmp_path / "references.bib").touch()
    added = library(
        *("add", "10.1001/jamapediatrics.2017.2391", "--json"),
        cwd=tmp_path,
        environment=loopback_environment,
    )
    (outcome,) = json.loads(added.stdout)
    library("edit", outcome["key"], "doi=", cwd=tmp_path)
    offline = library("check", "--only", "missing-doi", cwd=tmp_path)
    assert offline.returncode == 0
    done = library(
        *("check", "--refresh", "--only", "missing-doi"),
        cwd=tmp_path,
        environment=loopback_environment,
    )
    assert "10.1001/jamapediatrics.2017.2391 is this work: library match" in done.stdout
    again = library("check", "--only", "missing-doi", cwd=tmp_path)  # stored: no network
    assert again.stdout == done.stdout
