"""`library enrich` and `library match`, as a person uses them."""

import json
import sqlite3

from tests.cli.conftest import Seed
from tests.loopback.world import World

DOI = "10.1001/jamapediatrics.2017.2391"
KEY = "sandy2017influenza"


def _added(seed: Seed, **values: str) -> None:
    """Add the example, then put other values into its entry."""
    seed.run("add", DOI)
    seed.run("edit", KEY, *(f"{name}={value}" for name, value in values.items()))


def test_gaps_are_shown_and_nothing_is_written(seed: Seed) -> None:
    _added(seed, volume="", pages="")
    before = seed.bib.read_bytes()
    done = seed.run("enrich", KEY)
    assert done.returncode == 0, done.stderr
    assert "+  volume       = {171}," in done.stdout
    assert "+  pages        = {1014}," in done.stdout
    assert "Nothing was written" in done.stderr
    assert seed.bib.read_bytes() == before


def test_apply_writes_what_was_shown_and_the_build_knows_where_it_is_from(seed: Seed) -> None:
    _added(seed, volume="")
    before = seed.bib.read_text(encoding="utf-8")
    seed.run("enrich", KEY, "--apply")
    after = seed.bib.read_text(encoding="utf-8")
    new = [line for line in after.splitlines() if line not in before.splitlines()]
    assert new == ["  volume       = {171},"]
    with sqlite3.connect(seed.root / "library.db") as connection:
        (source,) = connection.execute(
            "SELECT source FROM provenance JOIN works ON works.id = work_id "
            "WHERE citation_key = ? AND field = 'volume'",
            (KEY,),
        ).fetchone()
    assert source == "crossref"


def test_what_the_user_typed_stands_and_both_values_are_told(seed: Seed) -> None:
    _added(seed, pages="1041")
    done = seed.run("enrich", KEY)
    assert done.returncode == 1
    assert "'1041' here and '1014' in the record; yours was kept" in done.stderr


def test_replace_takes_the_records_value_where_it_is_told_to(seed: Seed) -> None:
    _added(seed, pages="1041")
    done = seed.run("enrich", KEY, "--policy", "replace", "--only", "pages")
    assert "-  pages        = {1041}," in done.stdout
    assert "+  pages        = {1014}," in done.stdout


def test_only_the_fields_asked_for_are_looked_at(seed: Seed) -> None:
    _added(seed, volume="", pages="")
    done = seed.run("enrich", KEY, "--only", "volume", "--json")
    (one,) = json.loads(done.stdout)
    assert one["changes"] == {"volume": "171"}


def test_a_field_that_does_not_exist_is_a_wrong_use(seed: Seed) -> None:
    done = seed.run("enrich", "--only", "colour")
    assert done.returncode == 2
    assert "There is no field 'colour'" in done.stderr


def test_a_record_of_another_work_gives_nothing(seed: Seed) -> None:
    seed.run("edit", "todres2014responding", f"doi={DOI}", "volume=")
    done = seed.run("enrich", "todres2014responding", "--apply")
    assert done.returncode == 1
    assert "describes another work" in done.stdout
    assert "volume" not in done.stdout
    assert "[doi-of-another-work]" in done.stderr


def test_nothing_that_is_stored_is_asked_for_again(seed: Seed, loopback: World) -> None:
    _added(seed, volume="")
    asked = len(loopback.log)
    seed.run("enrich", KEY)
    assert len(loopback.log) == asked
    seed.run("enrich", KEY, "--refresh")
    assert len(loopback.log) == asked + 1


def test_an_entry_in_bibtexs_words_is_filled_in_bibtexs_words(seed: Seed) -> None:
    seed.bib.write_text(
        "@ARTICLE{Sandy17,\n"
        '  Author = "Kate Sandy and Sowmya Gandham and Ralph Nanan",\n'
        '  Title = "Influenza {A} infections in infants of vaccinated and unvaccinated mothers",\n'
        '  Journal = "JAMA Pediatrics",\n'
        "  Year = 2017,\n"
        f'  Doi = "{DOI}"\n'
        "}\n",
        encoding="utf-8",
    )
    done = seed.run("enrich", "Sandy17", "--only", "volume,pages")
    assert '+  Volume = "171"' in done.stdout or "+  Volume = 171" in done.stdout
    assert "journaltitle" not in done.stdout.lower()


def test_a_missing_doi_is_found_and_shown_with_its_reasons(seed: Seed) -> None:
    seed.run("edit", "grace2014integrating", "doi=")
    done = seed.run("match", "grace2014integrating")
    assert done.returncode == 0
    assert "+  doi          = {10.1001/jamapediatrics.2014.999}," in done.stdout
    assert "  title: equal" in done.stdout
    seed.run("match", "--apply")
    assert "10.1001/jamapediatrics.2014.999" in seed.bib.read_text(encoding="utf-8")


def test_what_crossref_does_not_have_stays_without_a_doi(seed: Seed) -> None:
    done = seed.run("match", "heal", "rescue-tips", "--json")
    assert [one["status"] for one in json.loads(done.stdout)] == ["not-found", "not-found"]


def test_a_key_that_is_not_here_is_a_wrong_use(seed: Seed) -> None:
    for command in ("enrich", "match"):
        done = seed.run(command, "nobody1900")
        assert done.returncode == 2
        assert "No entry has the key 'nobody1900'" in done.stderr


def test_a_disagreement_with_the_record_is_a_finding_of_the_build(seed: Seed) -> None:
    _added(seed, pages="1041")
    with sqlite3.connect(seed.root / "library.db") as connection:
        found = connection.execute('SELECT "check", source, citation_key FROM findings').fetchall()
    assert found == [("pages-differ", "crossref", KEY)]
