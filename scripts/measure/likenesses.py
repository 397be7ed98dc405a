"""Works that do not exist, made from those that do: their like is met every day.

A second part, a preprint, a correction, a comment, the book around a chapter, a review, a later
edition, next year's report, the journal article that grew out of a conference paper.
"""

import random
import re
from collections.abc import Callable
from dataclasses import replace

from library.judgement.profiles import arxiv_of
from library.values.dates import Date
from library.work import Work


def _part(work: Work, chance: random.Random) -> Work | None:
    form = chance.choice(("{}. Part {}", "{}: Part {}", "{} {}", "{}, part {}", "Part {1}: {0}"))
    roman = chance.random() < 0.5
    number = "II" if roman else "2"
    return _neighbour(replace(work, title=form.format(work.title, number)), chance)


def _preprint(work: Work, chance: random.Random) -> Work | None:
    if work.type not in {"article-journal", "paper-conference"}:
        return None
    server, doi = chance.choice(
        (
            (
                "Cold Spring Harbor Laboratory",
                f"10.1101/2020.0{chance.randrange(1, 9)}.11.{chance.randrange(100000, 999999)}",
            ),
            (
                "arXiv",
                f"10.48550/arxiv.2{chance.randrange(100, 999)}.{chance.randrange(10000, 99999)}",
            ),
            ("Research Square", f"10.21203/rs.3.rs-{chance.randrange(10000, 999999)}/v1"),
        )
    )
    venue = chance.choice((None, {"Cold Spring Harbor Laboratory": "bioRxiv"}.get(server, server)))
    return Work(
        citation_key="",
        type="article",
        title=work.title,
        contributors=work.contributors,
        genre="Preprint",
        publisher=server,
        container_title=venue,
        doi=doi,
        issued=Date((work.year - chance.randrange(2),)) if work.year else None,
    )


def _notice(work: Work, chance: random.Random) -> Work | None:
    form = chance.choice(
        (
            "Correction to: {}", "Erratum: {}", "Corrigendum to “{}”", "Retraction: {}",
            "Retraction notice to “{}”", "Author Correction: {}", "{} [Erratum]",
            "Expression of Concern: {}",
            "Erratum to {}", "Publisher Correction: {}", "Correction: {}", "{}: Correction",
        )
    )  # fmt: skip
    return _neighbour(replace(work, title=form.format(work.title)), chance)


def _comment(work: Work, chance: random.Random) -> Work | None:
    form = chance.choice(
        ("Comment on “{}”", "Reply to “{}”", "Re: {}", "Response to: {}", "{}: reply",
         "Discussion of “{}”", "Commentary on {}", "Authors’ reply: {}")
    )  # fmt: skip
    other = _neighbour(replace(work, title=form.format(work.title)), chance)
    if chance.random() < 0.5 and len(work.contributors) > 1:
        other = replace(other, contributors=work.contributors[1:])
    return other


def _chapter(work: Work, _chance: random.Random) -> Work | None:
    if work.type != "chapter" or not work.container_title:
        return None
    editors = tuple(c for c in work.contributors if c.role != "author") or work.contributors[:1]
    return replace(
        work,
        type="book",
        title=work.container_title,
        container_title=None,
        page=None,
        contributors=tuple(replace(c, role="editor") for c in editors),
        doi=(work.doi or "")[:-2] or None,
    )


def _review_of_it(work: Work, chance: random.Random) -> Work | None:
    if work.type != "book":
        return None
    other = _neighbour(
        replace(work, type="article-journal", title=f"Book review: {work.title}"), chance
    )
    return replace(other, container_title="Journal of Reviews", publisher=None, isbn=())


def _edition(work: Work, chance: random.Random) -> Work | None:
    if work.type != "book" or not work.year:
        return None
    return replace(
        work, edition="2", issued=Date((work.year + chance.randrange(2, 9),)), isbn=(), doi=None
    )


def _yearly(work: Work, chance: random.Random) -> Work | None:
    if not work.year or not re.search(r"[a-z]$", work.title or ""):
        return None
    other = _neighbour(replace(work, title=f"{work.title} {work.year + 1}"), chance)
    return replace(other, issued=Date((work.year + 1,)))


def _extension(work: Work, chance: random.Random) -> Work | None:
    """Return the journal article that grew out of a conference paper, or the other way round."""
    if work.type == "paper-conference":
        journal = replace(
            _neighbour(work, chance),
            type="article-journal",
            container_title="Journal of the Field",
            issued=Date((work.year + 2,)) if work.year else None,
        )
        return replace(
            journal, isbn=(), event_title=None, collection_title=None, container_title_short=None
        )
    if work.type != "article-journal":
        return None
    return replace(
        _neighbour(work, chance),
        type="paper-conference",
        volume=None,
        issue=None,
        container_title_short=None,
        container_title="Proceedings of the 7th International Conference on the Subject",
        issued=Date((work.year - chance.randrange(1, 3),)) if work.year else None,
    )


def _neighbour(work: Work, chance: random.Random) -> Work:
    """Move a work some pages on, into the next issue, under a DOI of its own."""
    page = work.page
    first = re.match(r"[0-9]+", page or "")
    if first:
        start = int(first.group()) + chance.randrange(12, 400)
        page = f"{start}-{start + chance.randrange(1, 9)}"
    elif page:
        page = f"{page}{chance.randrange(1, 9)}"
    doi = f"{work.doi}{chance.randrange(10, 99)}" if work.doi else None
    venue = work.container_title
    if arxiv_of(work):  # its number would give it away
        venue = None
    return replace(
        work, page=page, doi=doi, issue=None, pmid=None, url=None, extra=(), container_title=venue
    )


LIKENESSES: tuple[tuple[str, Callable[[Work, random.Random], Work | None]], ...] = (
    ("part", _part),
    ("preprint", _preprint),
    ("notice", _notice),
    ("comment", _comment),
    ("chapter", _chapter),
    ("review", _review_of_it),
    ("edition", _edition),
    ("yearly", _yearly),
    ("extension", _extension),
)
