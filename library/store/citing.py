"""Which references are to works of this library, and who is cited here.

By DOI where the reference has one. A reference without a DOI, but with a title, is held against the
works of that title by the judgement (`same_work`).
"""

import json
import re
import sqlite3
from collections.abc import Iterable
from typing import Final

from library.formats import csl_json
from library.judgement import same_work
from library.store.touched import Touched
from library.values.dates import Date
from library.values.names import Name
from library.work import Contributor, Work

_MOST_ALIKE: Final = 20
"""Works of one title that are looked at: "Editorial" says nothing."""

_YEAR: Final = re.compile(r"\b(1[5-9]\d\d|20\d\d)(?!\d)")


def settle(connection: sqlite3.Connection, touched: Touched) -> None:
    """Point references at the works of the library, and count who is cited here."""
    if touched.everything:
        # Two works with one DOI: the first by citation key is the cited one.
        connection.execute(
            "UPDATE citations SET matched_by = 'doi', cited_id = (SELECT id FROM works"
            " WHERE works.doi = citations.doi ORDER BY citation_key LIMIT 1)"
            " WHERE cited_id IS NULL AND doi IN (SELECT doi FROM works WHERE doi IS NOT NULL)"
        )
        keys = connection.execute(
            "SELECT DISTINCT title_key FROM citations JOIN works ON works.sort_title = title_key"
            " WHERE title_key IS NOT NULL"
        ).fetchall()
        for (key,) in keys:
            _settle_title(connection, key, touched)
        connection.execute(
            "UPDATE works SET cited_here = c.n FROM"
            " (SELECT cited_id, count(DISTINCT citing_id) AS n"
            " FROM citations WHERE cited_id IS NOT NULL GROUP BY cited_id) AS c"
            " WHERE c.cited_id = works.id"
        )
    else:
        for doi in touched.dois | touched.cited_dois:
            _settle_doi(connection, doi, touched)
        for key in touched.titles | touched.cited_titles:
            _settle_title(connection, key, touched)
        for work_id in touched.works | touched.cited:
            touched.cited.add(work_id)
            connection.execute(
                "UPDATE works SET cited_here = (SELECT count(DISTINCT citing_id) FROM citations"
                " WHERE cited_id = works.id) WHERE id = ?",
                [work_id],
            )
    _settle_relations(connection, touched)


def _settle_doi(connection: sqlite3.Connection, doi: str, touched: Touched) -> None:
    ids = [
        row[0]
        for row in connection.execute(
            "SELECT id FROM works WHERE doi = ? ORDER BY citation_key", [doi]
        )
    ]
    winner = ids[0] if ids else None
    if doi in touched.dois:
        touched.cited.update(ids)
    elif winner is not None:
        touched.cited.add(winner)
    matched = "doi" if winner is not None else None
    connection.execute(
        "UPDATE citations SET cited_id = ?, matched_by = ? WHERE doi = ? AND cited_id IS NULL",
        [winner, matched, doi],
    )
    for other in {*ids[1:], *touched.held.get(doi, ())} - {winner}:
        connection.execute(
            "UPDATE citations SET cited_id = ?, matched_by = ? WHERE cited_id = ? AND doi = ?",
            [winner, matched, other, doi],
        )


def _settle_title(connection: sqlite3.Connection, key: str, touched: Touched) -> None:
    """Find the cited work of every reference without a DOI whose title has this form."""
    references = connection.execute(
        "SELECT citing_id, position, cited_id, first_author, year, title, container_title"
        " FROM citations WHERE title_key = ?",
        [key],
    ).fetchall()
    if not references:
        return
    candidates = [
        (work_id, csl_json.read_item(json.loads(csl))[0])
        for work_id, csl in connection.execute(
            "SELECT works.id, csl FROM works JOIN work_details ON work_id = works.id"
            " WHERE sort_title = ? ORDER BY citation_key LIMIT ?",
            [key, _MOST_ALIKE],
        )
    ]
    for citing_id, position, old, *stated in references:
        found = _first_same(candidates, citing_id, *stated)
        if found != old:
            connection.execute(
                "UPDATE citations SET cited_id = ?, matched_by = ?"
                " WHERE citing_id = ? AND position = ?",
                [found, "title" if found is not None else None, citing_id, position],
            )
            touched.cited.update({found, old} - {None})


def _first_same(  # noqa: PLR0917 - the columns of a reference
    candidates: Iterable[tuple[int, Work]],
    citing_id: int,
    first_author: str | None,
    year: str | None,
    title: str,
    container: str | None,
) -> int | None:
    """Return the first work that is the one referred to; a work does not cite itself."""
    for work_id, work in candidates:
        stated = _as_stated(work, first_author, year, title, container)
        if work_id != citing_id and same_work.compare(stated, work).same:
            return work_id
    return None


def _as_stated(
    work: Work, first_author: str | None, year: str | None, title: str, container: str | None
) -> Work:
    """Return what a reference says, as a work of the kind of `work`: it does not say its kind."""
    found = _YEAR.search(year or "")
    names: tuple[Contributor, ...] = ()
    if first_author:
        # "Sandy, K" or "Sandy K" or "Sandy": the judgement compares family names first.
        family, _, given = first_author.partition(",")
        names = (Contributor(Name(family=family.strip(), given=given.strip() or None)),)
    return Work(
        "",
        work.type,
        title=title,
        contributors=names,
        others=frozenset({"author"}) if names else frozenset(),
        issued=Date((int(found[1]),)) if found else None,
        container_title=container,
    )


def _settle_relations(connection: sqlite3.Connection, touched: Touched) -> None:
    resolve = (
        "UPDATE relations SET related_id = (SELECT id FROM works WHERE works.doi = relations.value"
        " ORDER BY citation_key LIMIT 1) WHERE scheme = 'doi'"
    )
    if touched.everything:
        connection.execute(resolve)
        return
    for doi in touched.dois:
        connection.execute(f"{resolve} AND value = ?", [doi])
    for work_id in touched.works:
        connection.execute(f"{resolve} AND work_id = ?", [work_id])
