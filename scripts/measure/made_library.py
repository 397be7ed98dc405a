"""Made-up libraries of any size: what looks like titles, names and abstracts, always the same.

Words, people and venues follow Zipf's law as in life: a few are everywhere, most are rare. No
name, title or DOI means anything; the DOIs lie under a prefix that is kept for examples.
"""

import random
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from typing import Final

from library.formats.bibtex.write import entry_text
from library.values.dates import Date
from library.values.names import Name
from library.work import Contributor, Reference, Surroundings, Work

_SYLLABLES: Final = [
    "ba", "ce", "di", "fo", "gu", "la", "me", "ni", "po", "ru", "sa", "te", "vi", "zo", "car",
    "den", "fil", "gor", "han", "jus", "kel", "lam", "mor", "nes", "pil", "qua", "ros", "sul",
    "tan", "ver", "wen", "xel", "yor", "zim", "bri", "cla", "dro", "fle", "gra", "pla", "ste",
    "tri",
]  # fmt: skip
_COMMON: Final = [
    "the", "of", "and", "in", "a", "to", "for", "with", "on", "by", "from", "study", "analysis",
    "effects", "health", "care", "patients", "clinical", "model", "treatment", "risk",
    "children", "trial", "systems", "outcomes", "evidence", "method", "cells", "disease",
    "review", "identification", "victims", "training", "response", "policy", "survey", "cohort",
    "network", "learning",
]  # fmt: skip
EVERYWHERE: Final = "cohort"
"""A word that stands in 40 % of the abstracts."""

_FIRST_YEAR, _LAST_YEAR = 1985, 2025
_TYPES: Final = (
    *(("article-journal", 74), ("paper-conference", 8), ("chapter", 7), ("book", 4)),
    *(("report", 4), ("webpage", 2), ("thesis", 1)),
)
_PREFIX: Final = "10.5555"  # Crossref's prefix for examples
_OTHER: Final = "10.5556"


class MadeLibrary:
    """`size` works, numbered from 0; each is the same whichever others are asked for."""

    def __init__(self, size: int, seed: int = 1) -> None:
        self.size = size
        self.seed = seed
        chance = random.Random(seed)
        rare = {"".join(chance.choices(_SYLLABLES, k=chance.randint(2, 4))) for _ in range(24_000)}
        self.words = [*_COMMON, *sorted(rare - set(_COMMON))]
        self._word_weights = _zipf(len(self.words), 1.05)
        families = [w.capitalize() for w in self.words[40 : 40 + min(9000, max(400, size // 12))]]
        given = [w.capitalize() for w in self.words[9100:9900]]
        count = max(60, int(size * 0.9))
        self.people = [
            Name(family=chance.choice(families), given=chance.choice(given)) for _ in range(count)
        ]
        self._people_weights = _zipf(count, 0.6)
        self.venues = [
            ("Journal of " if n % 3 else "Annals of ") + self._text(chance, 3).title()
            for n in range(max(20, min(20_000, size // 40)))
        ]
        self._venue_weights = _zipf(len(self.venues), 0.9)
        self.topics = [self._text(chance, 2) for _ in range(min(4000, max(30, size // 25)))]
        self._topic_weights = _zipf(len(self.topics), 0.8)
        years = range(_FIRST_YEAR, _LAST_YEAR + 1)
        self._years = list(years)
        self._year_weights = list(accumulate(1.06 ** (year - _FIRST_YEAR) for year in years))
        self._kinds = [kind for kind, _ in _TYPES]
        self._kind_weights = list(accumulate(weight for _, weight in _TYPES))

    def _text(self, chance: random.Random, count: int) -> str:
        return " ".join(chance.choices(self.words, cum_weights=self._word_weights, k=count))

    def work(self, number: int) -> Work:
        """Return one work."""
        chance = random.Random(self.seed * 1_000_003 + number)
        kind = chance.choices(self._kinds, cum_weights=self._kind_weights)[0]
        year = chance.choices(self._years, cum_weights=self._year_weights)[0]
        people = chance.choices(
            self.people,
            cum_weights=self._people_weights,
            k=min(12, 1 + int(chance.expovariate(0.24))),
        )
        names = [_shortened(name) if chance.random() < 0.1 else name for name in people]
        abstract = None
        if chance.random() < 0.7:
            words = chance.choices(
                self.words, cum_weights=self._word_weights, k=chance.randint(60, 140)
            )
            abstract = " ".join(word for word in words if word != EVERYWHERE).capitalize() + "."
        if chance.random() < 0.4:
            abstract = f"{abstract or 'An overview.'} A {EVERYWHERE} of these."
        is_article = kind == "article-journal"
        venue = chance.choices(range(len(self.venues)), cum_weights=self._venue_weights)[0]
        title = self._text(chance, chance.randint(5, 13)).capitalize()
        return Work(
            citation_key=f"{(names[0].family or '').lower()}{year}{number}",
            type=kind,
            title=title,
            contributors=tuple(Contributor(name) for name in names),
            issued=Date((year, chance.randint(1, 12))),
            container_title=self.venues[venue]
            if kind not in ("book", "report", "thesis")
            else None,
            volume=str(year - 1980) if is_article else None,
            issue=str(chance.randint(1, 12)) if is_article else None,
            page=f"{number % 900 + 1}-{number % 900 + 9}" if is_article else None,
            publisher=None if is_article else f"{self.words[50 + venue % 90].capitalize()} Press",
            doi=f"{_PREFIX}/{number}" if chance.random() < 0.85 else None,
            issn=(_issn(venue),) if is_article else (),
            language="en" if chance.random() < 0.9 else "es",
            abstract=abstract,
            keywords=tuple(
                f"topic:{topic}"
                for topic in dict.fromkeys(
                    chance.choices(self.topics, cum_weights=self._topic_weights, k=3)
                )
            ),
        )

    def surroundings(self, number: int, references: int = 30) -> Surroundings:
        """Return what a record would say around one work: `references` references on average."""
        chance = random.Random(self.seed * 7_000_003 + number)
        cited = []
        for position in range(1, chance.randint(references // 2, references * 3 // 2) + 1):
            if chance.random() < 0.4 and number:
                other = int(number * chance.random() ** 2)
                cited.append(Reference(position, f"{_PREFIX}/{other}"))
            else:
                other = int(self.size * 8 * chance.random() ** 3)
                year = str(1980 + other % 45)
                cited.append(
                    Reference(
                        position,
                        f"{_OTHER}/{other}",
                        title=f"Missing work {other}",
                        first_author=self.words[40 + other % 9000].capitalize(),
                        year=year,
                    )
                )
        return Surroundings(references=tuple(cited), cited_by_count=chance.randint(0, 300))

    def works(self) -> Iterator[Work]:
        """Yield all works."""
        return (self.work(number) for number in range(self.size))

    def write_bib(self, path: Path) -> None:
        """Write all works as one .bib file."""
        with path.open("w", encoding="utf-8") as file:
            for work in self.works():
                file.write(entry_text(work, "biblatex") + "\n")


def _zipf(count: int, power: float) -> list[float]:
    return list(accumulate(1 / (rank + 3) ** power for rank in range(count)))


def _shortened(name: Name) -> Name:
    return Name(family=name.family, given=f"{(name.given or 'X')[0]}.")


def _issn(number: int) -> str:
    digits = f"{1_000_000 + number:07d}"
    total = sum((8 - place) * int(digit) for place, digit in enumerate(digits))
    check = -total % 11
    return f"{digits[:4]}-{digits[4:]}{'X' if check == 10 else check}"
