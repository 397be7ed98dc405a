"""Pairs of works that are one, and pairs that only look like it, made from real records."""

import gzip
import json
import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from library.formats import crossref_json, csl_json
from library.formats.bibtex import read as bibtex
from library.judgement.normal import content_words, words
from library.judgement.notices import split_notice
from library.judgement.titles import title_form
from library.work import Work
from measure.damage import MAKERS
from measure.likenesses import LIKENESSES

SEED = "2026-11"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two works, whether they are one, and how the pair was made."""

    a: Work
    b: Work
    same: bool
    kind: str  # how it was made: "damaged", "same first author", "part", …
    maker: str = ""  # whose damage it bears, of `damage.MAKERS`; "" for none


def line(pair: Pair) -> str:
    """Return the pair as a line of JSON: {"a": CSL item, "b": CSL item, "same": …, "kind": …}."""
    record = {
        "a": csl_json.item(pair.a),
        "b": csl_json.item(pair.b),
        "same": pair.same,
        "kind": pair.kind,
        "maker": pair.maker,
    }
    return json.dumps(record, ensure_ascii=False)


def read_line(text: str) -> Pair:
    """Return the pair of a line; "kind" and "maker" may be missing."""
    record = json.loads(text)
    a, _ = csl_json.read_item(record["a"])
    b, _ = csl_json.read_item(record["b"])
    kind = str(record.get("kind") or ("same" if record["same"] else "differ"))
    return Pair(a, b, bool(record["same"]), kind, str(record.get("maker") or ""))


def entries(corpora: Path, most: int = 500) -> list[Work]:
    """Return works of the larger bibliographies under `corpora`, at most `most` of each file.

    Bibliographies hold works twice, and nobody marked them: of works with one title only the
    first is taken, so that pairs that are made to differ do.
    """
    found: list[Work] = []
    known: set[str] = set()
    for pattern in _BIBLIOGRAPHIES:
        for path in sorted((corpora / "bib").glob(pattern)):
            told = []
            for work in bibtex.read(path.read_bytes(), path.name).works:
                title = "".join(words(work.title or ""))
                if title and title not in known:
                    known.add(title)
                    told.append(work)
            random.Random(f"{SEED}:{path.name}").shuffle(told)
            found += told[:most]
    return found


_BIBLIOGRAPHIES = (
    "ContextLab+CDL-bibliography/**/cdl.bib",
    "kjhealy+socbibs/**/*.bib",
    "geodynamics+aspect/**/*.bib",
    "stacks+stacks-project/**/*.bib",
    "uwsbel+BibFiles/**/*.bib",
)


def records(corpora: Path) -> list[Work]:
    """Return the works of every Crossref record under `corpora`, each DOI once, in file order."""
    found: dict[str, Work] = {}
    for path in sorted((corpora / "crossref").glob("*.jsonl*")):
        if path.name.startswith("content"):
            continue
        with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as lines:
            for text in lines:
                message = json.loads(text)
                work = crossref_json.read_record(message.get("message", message)).work
                if work.doi and work.title:
                    found.setdefault(work.doi, work)
    return list(found.values())


def can_be_told(work: Work) -> bool:
    """Tell whether the work says enough to be known again once it is damaged.

    "Editorial" without names is no one's work in particular: such records serve as pairs that
    differ, never as pairs that agree.
    """
    if not work.title or split_notice(work.title)[0] is not None:
        return False
    told = content_words(words(work.title))
    return len(told) >= 3 and bool(work.names("author") or work.names("editor") or work.page)


def make_pairs(
    works: Sequence[Work], *, each: int = 1, makers: Sequence[str] = tuple(MAKERS)
) -> Iterator[Pair]:
    """Yield pairs, always the same ones for the same works.

    Args:
        works: real, undamaged descriptions of different works.
        each: how many pairs a maker makes of a work.
        makers: names of `damage.MAKERS`.
    """
    yield from _true_pairs(works, each, makers)
    for a, b, kind in _false_pairs(works):
        chance = random.Random(f"{SEED}:{kind}:{a.doi or a.title}:{b.doi or b.title}")
        if _is_twin(a, b):
            continue
        draw = chance.random()
        maker = chance.choice(tuple(makers))
        x, y = a, b
        if draw > 0.3:
            x = _still_told(a, MAKERS[maker](a, chance), kind)
        if draw > 0.8:
            y = _still_told(b, MAKERS[maker](b, chance), kind)
        if kind not in _MARKED or (_mark(a) == _mark(x) and _mark(b) == _mark(y)):
            yield Pair(x, y, same=False, kind=kind, maker=maker if draw > 0.3 else "")


def _still_told(work: Work, damaged: Work, kind: str) -> Work:
    """Give back what alone tells a likeness from the work: damage must not make them one."""
    if kind not in {"preprint", "extension", "chapter", "edition", "review"}:
        return damaged
    return replace(
        damaged,
        type=work.type,
        genre=work.genre,
        container_title=damaged.container_title or work.container_title,
        publisher=work.publisher,
        edition=work.edition,
        issued=damaged.issued or work.issued,
    )


_MARKED = frozenset({"part", "yearly", "notice", "comment"})


def _mark(work: Work) -> tuple[object, ...]:
    """Return what in the title tells a part, a year's report or a notice from the work."""
    title = title_form(work.title or "")
    return title.notice, title.numbers


def _true_pairs(works: Sequence[Work], each: int, makers: Sequence[str]) -> Iterator[Pair]:
    for work in works:
        if not can_be_told(work):
            continue
        for maker in makers:
            for number in range(each):
                chance = random.Random(f"{SEED}:{maker}:{number}:{work.doi or work.title}")
                if chance.random() < 0.5:
                    continue
                damaged = MAKERS[maker](work, chance)
                other = work
                if chance.random() < 0.2:
                    other = MAKERS[chance.choice(tuple(makers))](work, chance)
                yield Pair(damaged, other, same=True, kind="damaged", maker=maker)


def _is_twin(a: Work, b: Work) -> bool:
    """Tell whether two records are one work registered twice: no judge could tell them apart."""
    if a.doi and b.doi and a.doi.rstrip("*") == b.doi.rstrip("*"):
        return True
    return (
        (a.title or "").lower() == (b.title or "").lower()
        and (a.container_title, a.volume, a.year) == (b.container_title, b.volume, b.year)
        and (a.page == b.page)
        and [n.family for n in a.names()] == [n.family for n in b.names()]
    )


def _false_pairs(works: Sequence[Work]) -> Iterator[tuple[Work, Work, str]]:
    for kind, key in _SHARED.items():
        yield from _sharing(works, key, kind)
    yield from _near_titles(works)
    for work in works:
        chance = random.Random(f"{SEED}:made:{work.doi or work.title}")
        if can_be_told(work) and chance.random() < 0.5:
            kind, make = chance.choice(LIKENESSES)
            other = make(work, chance)
            if other is not None:
                yield work, other, kind


def _first_author(work: Work) -> str | None:
    names = work.names("author")
    if not names or not names[0].family:
        return None
    return f"{names[0].family} {(names[0].given or '')[:1]}".lower()


_SHARED: dict[str, Callable[[Work], str | None]] = {
    "same first author": _first_author,
    "same venue and year": lambda w: f"{w.container_title} {w.year}" if w.container_title else None,
    "same venue and volume": lambda w: f"{w.container_title} {w.volume}" if w.volume else None,
    "same title": lambda w: "".join(words(w.title or "")) or None,
    "same series or book": lambda w: w.isbn[0] if w.isbn else w.collection_title,
    "same page": lambda w: (
        f"{w.container_title} {w.volume} {w.page}" if w.page and w.volume else None
    ),
}


def _sharing(
    works: Sequence[Work], key: Callable[[Work], str | None], kind: str, most: int = 900
) -> Iterator[tuple[Work, Work, str]]:
    groups: defaultdict[str, list[Work]] = defaultdict(list)
    for work in works:
        shared = key(work)
        if shared:
            groups[shared].append(work)
    made = [
        (group[i], group[i + 1])
        for group in groups.values()
        for i in range(min(len(group) - 1, 12))
    ]
    random.Random(f"{SEED}:{kind}").shuffle(made)
    yield from ((a, b, kind) for a, b in made[:most])


def _near_titles(works: Sequence[Work], most: int = 900) -> Iterator[tuple[Work, Work, str]]:
    """Pair each work with the one whose title shares the largest part of its words."""
    told = [frozenset(content_words(words(work.title or ""))) for work in works]
    having: defaultdict[str, list[int]] = defaultdict(list)
    for index, title in enumerate(told):
        for word in title:
            having[word].append(index)
    made = []
    for index, title in enumerate(told):
        counts: defaultdict[int, int] = defaultdict(int)
        for word in title:
            if len(having[word]) < 400:
                for other in having[word]:
                    if other > index:
                        counts[other] += 1
        if counts:
            best = max(counts, key=lambda o: (counts[o] / len(title | told[o]), -o))
            share = counts[best] / len(title | told[best])
            if share < 1:
                made.append((share, index, best))
    made.sort(reverse=True)
    yield from ((works[i], works[j], "near title") for _, i, j in made[:most])
