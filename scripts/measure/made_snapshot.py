"""Made-up files in the form of Crossref's public data file: any size, always the same.

Sizes and counts follow real records (Crossref's own statistics and a sample of 1,584): 47 % have
references, 34 on average, three quarters of these with a DOI; 29 % an abstract, 25 % a funder;
about 5 kB a record. A few works are cited by very many. Every 997th is retracted by the next.
"""

import gzip
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, Literal

from measure.made_library import MadeLibrary

Form = Literal["jsonl", "items"]
RETRACTED: Final = 997  # every so many works one is retracted
_POOL: Final = 200_000  # words, in a row, from which texts are cut
_MADE_AT: Final = "2026-03-01T00:00:00Z"


class MadeSnapshot:
    """`size` records in `files` files, sorted by DOI over all files."""

    def __init__(self, size: int, files: int, seed: int = 1) -> None:
        self.size = size
        self.files = files
        self.seed = seed
        made = MadeLibrary(20_000, seed)
        chance = random.Random(seed)
        weights = [1 / (rank + 3) for rank in range(len(made.words))]
        self._pool = chance.choices(made.words, weights, k=_POOL)
        self._families = sorted({name.family or "" for name in made.people})
        self._given = sorted({name.given or "" for name in made.people})
        self._venues = made.venues

    def doi(self, number: int) -> str:
        """Return the DOI of the record `number`; their order is that of the numbers."""
        return f"10.{1000 + number * 9000 // self.size}/made.{number:010d}"

    def span(self, file: int) -> range:
        """Return the numbers of the records in one file."""
        return range(self.size * file // self.files, self.size * (file + 1) // self.files)

    def records(self, file: int) -> Iterator[dict[str, Any]]:
        """Yield the records of one file."""
        chance = random.Random(self.seed * 1_000_003 + file)
        for number in self.span(file):
            yield self._record(number, chance)

    def write(self, file: int, folder: Path, form: Form = "jsonl") -> Path:
        """Write one file, in the form of 2025 on ("jsonl") or before ("items")."""
        path = folder / f"{file}.{'jsonl' if form == 'jsonl' else 'json'}.gz"
        lines = (
            json.dumps(record, ensure_ascii=False, separators=(",", ":"))
            for record in self.records(file)
        )
        text = "\n".join(lines) + "\n" if form == "jsonl" else '{"items":[' + ",".join(lines) + "]}"
        # No time and no name in the gzip header: the same bytes at each run.
        with path.open("wb") as raw, gzip.GzipFile("", "wb", 4, raw, mtime=0) as packed:
            packed.write(text.encode())
        return path

    def _words(self, chance: random.Random, count: int) -> str:
        start = int(chance.random() * (_POOL - count))
        return " ".join(self._pool[start : start + count])

    def _person(self, chance: random.Random, position: int) -> dict[str, Any]:
        person: dict[str, Any] = {
            "given": chance.choice(self._given),
            "family": chance.choice(self._families),
            "sequence": "additional" if position else "first",
            "affiliation": [],
        }
        if chance.random() < 0.4:
            person["affiliation"] = [{"name": f"Institute of {self._words(chance, 4)}"}]
        return person

    def _reference(self, number: int, position: int, chance: random.Random) -> dict[str, Any]:
        reference: dict[str, Any] = {"key": f"ref{position}"}
        if chance.random() < 0.75:
            # Most cite far and wide; the cube makes a few works famous.
            cited = int(self.size * chance.random() ** 3 * 0.999)
            if cited != number:
                reference |= {"doi-asserted-by": "publisher", "DOI": self.doi(cited)}
        if chance.random() < 0.5:
            reference |= {
                "author": chance.choice(self._families),
                "year": str(chance.randint(1970, 2025)),
                "journal-title": chance.choice(self._venues),
                "volume": str(chance.randint(1, 90)),
                "first-page": str(chance.randint(1, 900)),
            }
        else:
            reference["unstructured"] = self._words(chance, 16)
        return reference

    def _record(self, number: int, chance: random.Random) -> dict[str, Any]:
        doi = self.doi(number)
        year = 1950 + int(75 * (1 - chance.random() ** 2))
        date = {"date-parts": [[year, chance.randint(1, 12), chance.randint(1, 28)]]}
        moment = {
            "date-parts": [[2026, 1, 1 + number % 28]],
            "date-time": f"2026-01-{1 + number % 28:02d}T05:{number % 60:02d}:00Z",
            "timestamp": 1_767_225_600_000 + number,
        }
        venue = self._venues[int(len(self._venues) * chance.random() ** 2)]
        count = int(chance.expovariate(1 / 34)) + 1 if chance.random() < 0.47 else 0
        people = min(30, 1 + int(chance.expovariate(0.28)))
        record: dict[str, Any] = {
            "indexed": moment,
            "reference-count": count,
            "publisher": f"{venue.split()[-1]} Press",
            "issue": str(chance.randint(1, 12)),
            "license": [
                {
                    "start": date,
                    "content-version": "vor",
                    "delay-in-days": 0,
                    "URL": "https://creativecommons.org/licenses/by/4.0/",
                }
            ],
            "content-domain": {"domain": [], "crossmark-restriction": False},
            "short-container-title": [venue[:12]],
            "DOI": doi,
            "type": "journal-article" if chance.random() < 0.8 else "book-chapter",
            "created": {**moment, "date-parts": [[year, 6, 1]]},
            "page": f"{number % 900 + 1}-{number % 900 + 9}",
            "source": "Crossref",
            "is-referenced-by-count": chance.randint(0, 40),
            "title": [self._words(chance, chance.randint(5, 14)).capitalize()],
            "prefix": doi.partition("/")[0],
            "volume": str(max(1, year - 1950)),
            "author": [self._person(chance, position) for position in range(people)],
            "member": str(number % 9000),
            "published-print": date,
            "container-title": [venue],
            "original-title": [],
            "language": "en",
            "link": [
                {
                    "URL": f"https://example.org/made/{number}.pdf",
                    "content-type": "application/pdf",
                    "content-version": "vor",
                    "intended-application": "text-mining",
                }
            ],
            "deposited": moment,
            "score": 0,
            "resource": {"primary": {"URL": f"https://example.org/made/{number}"}},
            "subtitle": [],
            "short-title": [],
            "issued": date,
            "references-count": count,
            "URL": f"https://doi.org/{doi}",
            "relation": {},
            "ISSN": ["2049-3630"],
            "issn-type": [{"value": "2049-3630", "type": "electronic"}],
            "published": date,
        }
        if count:
            record["reference"] = [self._reference(number, n, chance) for n in range(count)]
        if chance.random() < 0.29:
            record["abstract"] = f"<jats:p>{self._words(chance, 160)}.</jats:p>"
        if chance.random() < 0.25:
            record["funder"] = [{"name": f"Fund for {self._words(chance, 3)}", "award": ["A1"]}]
        record |= self._notices(number)
        return record

    def _notices(self, number: int) -> dict[str, Any]:
        updated = {"updated": {"date-time": _MADE_AT}, "type": "retraction", "label": "Retraction"}
        if number % RETRACTED == RETRACTED - 2 and number + 1 < self.size:
            return {"updated-by": [{**updated, "DOI": self.doi(number + 1)}]}
        if number % RETRACTED == RETRACTED - 1:
            return {"update-to": [{**updated, "DOI": self.doi(number - 1)}]}
        return {}
