"""Everything in library.db that follows from the works' own rows: who is who, counts, rankings.

`refresh` looks only at what was touched; a database filled from nothing is derived in whole
statements. Both must give the same content, and a test over random edits holds them to it.
"""

# ruff: noqa: S608 - only names of our own are put into statements

import marshal
import sqlite3
from array import array
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from itertools import chain
from typing import Final

from library.store import citing, coauthors, columns, people, venues
from library.store.aside import Aside, here
from library.store.forms import block, is_orcid, keyword_parts
from library.store.touched import Touched
from library.store.write import INDEX_SQL
from library.work_types import WORK_TYPES

_FACETS: Final = {
    # each facet with its expression and its condition
    "type": ("type", "1"),
    "year": ("year", "year IS NOT NULL"),
    "publisher": ("publisher", "publisher IS NOT NULL"),
    "language": ("language", "language IS NOT NULL"),
    "open_access": ("1", "is_open_access = 1"),
    "retracted": ("1", "is_retracted = 1"),
    "has_abstract": ("1", "has_abstract = 1"),
}
TYPE_LABELS: Final = {row.csl: row.label for row in reversed(WORK_TYPES)}


def refresh(
    connection: sqlite3.Connection,
    touched: Touched,
    generation: int,
    *,
    people_overrides: Mapping[str, str],
    venue_overrides: Mapping[str, str],
    progress: Callable[[str], None] | None = None,
    aside: Aside = here,
) -> None:
    """Bring what derives from the works up to date, inside the caller's transaction."""
    say = progress or (lambda _: None)
    say("people and venues")
    settle_people(connection, touched, people_overrides)
    if touched.everything:
        follows = aside(coauthors.derive, _who_is_where(connection))
    settle_venues(connection, touched, venue_overrides)
    say("keywords and funders")
    _settle_labels(connection, touched)
    say("citations")
    citing.settle(connection, touched)
    say("rankings")
    _settle_rankings(connection, touched)
    authors: list[tuple[bytes, bytes] | None] = []
    if touched.everything:
        pairs, authors = marshal.loads(follows())  # noqa: S302 - our own
        rows = coauthors.unpacked(pairs)
        connection.executemany("INSERT INTO coauthors VALUES (?, ?, ?)", rows)
    say("facets")
    _settle_facets(connection)
    if touched.everything:
        columns.write_parts(connection, _all_parts(connection), generation, authors)
    else:
        parts = {work_id >> columns.PART_BITS for work_id in touched.works | touched.cited}
        columns.write_parts(connection, sorted(parts), generation)
        say("search index")
        connection.executemany(INDEX_SQL, [(work_id, work_id) for work_id in touched.written])


def _who_is_where(connection: sqlite3.Connection) -> bytes:
    """Return (work, person) of every name, packed: int64, one after the other."""
    rows = connection.execute("SELECT work_id, person_id FROM contributions")
    return array("q", chain.from_iterable(rows)).tobytes()


def settle_people(
    connection: sqlite3.Connection, touched: Touched, overrides: Mapping[str, str]
) -> None:
    """Decide who is who where the new names leave it open; then names and counts of people."""
    blocks = {block(form) for form in touched.names}
    found = [*touched.open_blocks, *people.open_blocks(connection, blocks)]
    undone = blocks.difference(found)
    for name in found:
        _settle_block(connection, name, touched, overrides)
    for name in undone:
        # What was open may have been settled by a work's going: each form is itself again.
        _settle_block(connection, name, touched, overrides)
    if touched.everything:
        connection.execute(
            "UPDATE people SET works = (SELECT count(DISTINCT work_id) FROM contributions"
            " WHERE person_id = people.id)"
        )
        connection.execute("DELETE FROM people WHERE works = 0")
    for person_id in touched.people:
        _settle_person(connection, person_id)


def _settle_block(
    connection: sqlite3.Connection, name: str, touched: Touched, overrides: Mapping[str, str]
) -> None:
    rows = connection.execute(
        "SELECT c.work_id, c.position, c.normal_name, c.orcid, c.name, c.person_id, p.key"
        " FROM contributions AS c JOIN people AS p ON p.id = c.person_id"
        " WHERE c.normal_name >= ? AND c.normal_name < ?",
        people.span(name),
    ).fetchall()
    printed = []
    for work_id, position, form, orcid, text, _, _ in rows:
        fixed = None
        if overrides:
            (work_key,) = connection.execute(
                "SELECT citation_key FROM works WHERE id = ?", [work_id]
            ).fetchone()
            fixed = overrides.get(f"{work_key}: {text}") or overrides.get(text)
        printed.append(people.Printed(work_id, position, form, orcid, fixed))

    @cache
    def names_of(work_id: int) -> frozenset[str]:
        return frozenset(
            row[0]
            for row in connection.execute(
                "SELECT normal_name FROM contributions WHERE work_id = ?", [work_id]
            )
        )

    keys = people.decide(printed, lambda work_id, form: names_of(work_id) - {form})
    for work_id, position, form, _, text, person_id, old in rows:
        key = keys[work_id, position]
        if key == old:
            continue
        new_id = _person_id(connection, key, text, form)
        connection.execute(
            "UPDATE contributions SET person_id = ? WHERE work_id = ? AND position = ?",
            [new_id, work_id, position],
        )
        touched.people.update((person_id, new_id))
        touched.works.add(work_id)


def _person_id(connection: sqlite3.Connection, key: str, name: str, form: str) -> int:
    row = connection.execute("SELECT id FROM people WHERE key = ?", [key]).fetchone()
    if row:
        return int(row[0])
    orcid = key if is_orcid(key) else None
    cursor = connection.execute(
        "INSERT INTO people (key, name, sort_name, orcid) VALUES (?, ?, ?, ?)",
        [key, name, form, orcid],
    )
    return int(cursor.lastrowid or 0)


def _settle_person(connection: sqlite3.Connection, person_id: int) -> None:
    """Give a person the name and the count that the contributions say, or take it out."""
    row = connection.execute(
        "SELECT name, normal_name FROM contributions WHERE person_id = ?"
        " GROUP BY name, normal_name ORDER BY count(*) DESC, length(name) DESC, name LIMIT 1",
        [person_id],
    ).fetchone()
    if row is None:
        connection.execute("DELETE FROM people WHERE id = ?", [person_id])
        return
    connection.execute(
        "UPDATE people SET name = ?, sort_name = ?, works = (SELECT count(DISTINCT work_id)"
        " FROM contributions WHERE person_id = people.id) WHERE id = ?",
        [*row, person_id],
    )


def settle_venues(
    connection: sqlite3.Connection, touched: Touched, overrides: Mapping[str, str]
) -> None:
    """Decide which printed venues are one; then names and counts of venues."""
    if not (touched.everything or touched.venue_names):
        return
    left = {
        row[0]
        for form_id in touched.venue_names
        for row in connection.execute("SELECT venue_id FROM venue_names WHERE id = ?", [form_id])
    }
    _count(connection, "venue_names", "works", "venue_name_id", touched, touched.venue_names)
    if not touched.everything and _are_same_forms(connection, touched):
        # The usual edit: no venue is printed in a new way, so that nothing is to be decided.
        for venue_id in left.union(_placed(connection, touched.venue_names)) - {None}:
            _settle_venue(connection, venue_id)
        return
    forms = [
        venues.VenueName(*row)
        for row in connection.execute("SELECT id, name, abbreviation, issn FROM venue_names")
    ]
    keys = venues.decide(forms, overrides)
    ids = dict(connection.execute("SELECT key, id FROM venues"))
    old = dict(
        connection.execute(
            "SELECT n.id, v.key FROM venue_names AS n JOIN venues AS v ON v.id = n.venue_id"
        )
    )
    moved: set[str] = set()
    for form_id, key in keys.items():
        if old.get(form_id) == key:
            continue
        ids[key] = ids.get(key) or _new_venue(connection, key)
        connection.execute("UPDATE venue_names SET venue_id = ? WHERE id = ?", [ids[key], form_id])
        moved.update(one for one in (key, old.get(form_id)) if one)
        if not touched.everything:
            rows = connection.execute(
                "UPDATE works SET venue_id = ? WHERE venue_name_id = ? RETURNING id",
                [ids[key], form_id],
            )
            touched.works.update(row[0] for row in rows)
    if touched.everything:
        connection.execute(
            "UPDATE works SET venue_id = (SELECT venue_id FROM venue_names"
            " WHERE venue_names.id = works.venue_name_id) WHERE venue_name_id IS NOT NULL"
        )
    else:
        _placed(connection, touched.venue_names)
        for form_id in touched.venue_names:
            moved.update(one for one in (keys.get(form_id) or old.get(form_id),) if one)
    for venue_id in left.union(ids[key] for key in moved) - {None}:
        _settle_venue(connection, venue_id)


def _new_venue(connection: sqlite3.Connection, key: str) -> int:
    cursor = connection.execute("INSERT INTO venues (key, name) VALUES (?, '')", [key])
    return int(cursor.lastrowid or 0)


def _are_same_forms(connection: sqlite3.Connection, touched: Touched) -> bool:
    """Tell whether the touched forms all were there before, and still are."""
    return all(
        connection.execute(
            "SELECT 1 FROM venue_names WHERE id = ? AND venue_id IS NOT NULL", [form_id]
        ).fetchone()
        for form_id in touched.venue_names
    )


def _placed(connection: sqlite3.Connection, form_ids: Iterable[int]) -> set[int | None]:
    """Give the works of these forms the venue of their form; return the venues."""
    found: set[int | None] = set()
    for form_id in form_ids:
        row = connection.execute(
            "SELECT venue_id FROM venue_names WHERE id = ?", [form_id]
        ).fetchone()
        if row:
            found.add(row[0])
            connection.execute(
                "UPDATE works SET venue_id = ?1 WHERE venue_name_id = ?2 AND venue_id IS NOT ?1",
                [row[0], form_id],
            )
    return found


def _settle_venue(connection: sqlite3.Connection, venue_id: int | None) -> None:
    rows = connection.execute(
        "SELECT name, abbreviation, issn, works FROM venue_names WHERE venue_id = ?", [venue_id]
    ).fetchall()
    if not rows:
        connection.execute("DELETE FROM venues WHERE id = ?", [venue_id])
        return
    names: dict[str, int] = {}
    shorts: dict[str, int] = {}
    for name, abbreviation, _, works in rows:
        names[name] = names.get(name, 0) + works
        if abbreviation:
            shorts[abbreviation] = shorts.get(abbreviation, 0) + works
    issns = sorted({one for row in rows for one in row[2].split("; ") if one})
    connection.execute(
        "UPDATE venues SET name = ?, abbreviation = ?, issn = ?, works = ? WHERE id = ?",
        [
            _most(names),
            _most(shorts),
            "; ".join(issns) or None,
            sum(row[3] for row in rows),
            venue_id,
        ],
    )


def _most(counts: dict[str, int]) -> str | None:
    """Return the most frequent text; among equals the longest, then the first by letters."""
    return min(counts, key=lambda text: (-counts[text], -len(text), text)) if counts else None


def _count(  # noqa: PLR0917 - three names of one statement, and what to count
    connection: sqlite3.Connection,
    table: str,
    source: str,
    column: str,
    touched: Touched,
    ids: Iterable[int],
) -> None:
    """Count the works of the rows of `table`, and take out rows that have none."""
    counted = (
        f"UPDATE {table} SET works = (SELECT count(DISTINCT {_work(source)})"
        f" FROM {source} WHERE {column} = {table}.id)"
    )
    if touched.everything:
        connection.execute(counted)
        return
    for one in ids:
        connection.execute(f"{counted} WHERE id = ?", [one])
        connection.execute(f"DELETE FROM {table} WHERE id = ? AND works = 0", [one])


def _work(source: str) -> str:
    return "id" if source == "works" else "work_id"


def _settle_labels(connection: sqlite3.Connection, touched: Touched) -> None:
    """Counts of keywords and funders, and the spelling they are shown in."""
    _count(connection, "keywords", "work_keywords", "keyword_id", touched, touched.keywords)
    for keyword_id in touched.keywords:
        row = connection.execute(
            "SELECT keyword FROM work_keywords WHERE keyword_id = ? GROUP BY keyword"
            " ORDER BY count(*) DESC, keyword LIMIT 1",
            [keyword_id],
        ).fetchone()
        if row:
            connection.execute(
                "UPDATE keywords SET label = ? WHERE id = ?", [keyword_parts(row[0])[2], keyword_id]
            )
    _count(connection, "funders", "work_funders", "funder_id", touched, touched.funders)
    ids = (
        [row[0] for row in connection.execute("SELECT id FROM funders")]
        if touched.everything
        else touched.funders
    )
    for funder_id in ids:
        connection.execute(
            "UPDATE funders SET name = coalesce((SELECT name FROM work_funders WHERE funder_id = ?1"
            " GROUP BY name ORDER BY count(*) DESC, length(name) DESC, name LIMIT 1), name)"
            " WHERE id = ?1",
            [funder_id],
        )


def _settle_rankings(connection: sqlite3.Connection, touched: Touched) -> None:
    missing = (
        "INSERT INTO missing_works (doi, cited_by_here, title, first_author, year, container_title)"
        " SELECT doi, count(DISTINCT citing_id), max(title), max(first_author), max(year),"
        " max(container_title) FROM citations WHERE cited_id IS NULL AND doi {} GROUP BY doi"
    )
    by_year = (
        "INSERT INTO works_by_year SELECT year, count(*), count(is_open_access), sum(is_retracted)"
        " FROM works WHERE year {} GROUP BY year"
    )
    if touched.everything:
        connection.execute(missing.format("IS NOT NULL"))
        connection.execute(by_year.format("IS NOT NULL"))
        return
    for doi in touched.dois | touched.cited_dois:
        connection.execute("DELETE FROM missing_works WHERE doi = ?", [doi])
        connection.execute(missing.format("= ?"), [doi])
    for year in touched.years:
        connection.execute("DELETE FROM works_by_year WHERE year = ?", [year])
        connection.execute(by_year.format("= ?"), [year])
    for person_id in touched.people:
        connection.execute(
            "DELETE FROM coauthors WHERE person_id = ?1 OR coauthor_id = ?1", [person_id]
        )
    for person_id in touched.people:
        connection.execute(_COAUTHORS_OF.format(coauthors.LIMIT), [person_id])


_COAUTHORS_OF: Final = """
INSERT OR REPLACE INTO coauthors
SELECT min(?1, b.person_id), max(?1, b.person_id), count(DISTINCT b.work_id)
FROM (SELECT DISTINCT work_id FROM contributions WHERE person_id = ?1) AS a
JOIN contributions AS b ON b.work_id = a.work_id AND b.person_id != ?1
WHERE (SELECT count(*) FROM contributions WHERE work_id = a.work_id) <= {}
GROUP BY b.person_id HAVING count(DISTINCT b.work_id) > 1
"""


def _settle_facets(connection: sqlite3.Connection) -> None:
    """Count the values of the facets that are plain columns; ids of values stay what they are."""
    for facet, (value, condition) in _FACETS.items():
        counted = dict(
            connection.execute(
                f"SELECT CAST({value} AS TEXT), count(*) FROM works"
                f" WHERE {condition} GROUP BY {value}"
            )
        )
        if value == "1":
            counted = {"1": sum(counted.values())} if counted else {}
        old = dict(
            connection.execute("SELECT value, works FROM facet_counts WHERE facet = ?", [facet])
        )
        connection.executemany(
            "DELETE FROM facet_counts WHERE facet = ? AND value = ?",
            [(facet, one) for one in old.keys() - counted.keys()],
        )
        connection.executemany(
            "INSERT INTO facet_counts (facet, value, label, works) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (facet, value) DO UPDATE SET works = excluded.works",
            [
                (facet, one, TYPE_LABELS.get(one, one) if facet == "type" else one, works)
                for one, works in counted.items()
                if old.get(one) != works
            ],
        )


def _all_parts(connection: sqlite3.Connection) -> range:
    highest = connection.execute("SELECT coalesce(max(id), 0) FROM works").fetchone()[0]
    return range((highest >> columns.PART_BITS) + 1)


_COUNTS: Final = {
    **{
        table: f"SELECT count(*) FROM {table}"
        for table in ("works", "people", "venues", "keywords")
    },
    **{table: f"SELECT count(*) FROM {table}" for table in ("funders", "missing_works")},
    "retracted": "SELECT count(*) FROM works WHERE is_retracted = 1",
    "with_doi": "SELECT count(*) FROM works WHERE doi IS NOT NULL",
    "open_access": "SELECT count(*) FROM works WHERE is_open_access = 1",
    **{
        f"findings:{severity}": f"SELECT count(*) FROM findings WHERE severity = '{severity}'"
        for severity in ("error", "warning", "info")
    },
}


def counts(connection: sqlite3.Connection) -> dict[str, str]:
    """Return the rows of `meta` that say how much there is."""
    found = {
        name: connection.execute(statement).fetchone()[0] for name, statement in _COUNTS.items()
    }
    # Both in one pass over the works.
    found["citations"], found["with_abstract"] = connection.execute(
        "SELECT sum(references_count), sum(has_abstract) FROM works"
    ).fetchone()
    return {f"count:{name}": str(value or 0) for name, value in found.items()}
