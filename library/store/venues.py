"""Which printed venues are one venue.

1. Forms that share an ISSN are one venue.
2. A form without an ISSN is the venue of its normal name; when venues with ISSNs bear that name,
   it joins them only if they are one.
3. A form without an ISSN whose name is printed elsewhere as an abbreviation of one venue, and of
   no other, is that venue.
4. What the user decided in metadata.yml comes before all of these.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from library.store.forms import plain_words


@dataclass(frozen=True, slots=True)
class VenueName:
    """One form in which a venue is printed."""

    id: int
    name: str
    abbreviation: str  # "" where there is none
    issn: str  # joined by "; ", "" where there is none


class _Sets:
    """Disjoint sets of texts."""

    def __init__(self) -> None:
        self._parents: dict[str, str] = {}

    def find(self, node: str) -> str:
        parents = self._parents
        root = node
        while (parent := parents.setdefault(root, root)) != root:
            root = parent
        while parents[node] != root:
            parents[node], node = root, parents[node]
        return root

    def join(self, a: str, b: str) -> None:
        a, b = self.find(a), self.find(b)
        # The smaller text leads, so that the order of the forms does not matter.
        if a != b:
            self._parents[max(a, b)] = min(a, b)


def decide(names: Iterable[VenueName], overrides: Mapping[str, str]) -> dict[int, str]:
    """Return the venue's key of each form: its smallest ISSN, else its normal name.

    Args:
        names: all forms of the library; their order does not matter.
        overrides: a venue as printed -> the name of the venue that it is.
    """
    forms = list(names)
    wanted = {plain_words(printed): plain_words(name) for printed, name in overrides.items()}
    sets = _Sets()
    words: dict[int, str] = {}
    bearers: dict[str, set[str]] = defaultdict(set)  # normal name -> ISSNs printed with it
    for form in forms:
        plain = plain_words(form.name) or form.name
        words[form.id] = "name:" + wanted.get(plain, plain)
        issns = [f"issn:{issn}" for issn in form.issn.split("; ") if issn]
        for issn in issns:
            sets.join(issns[0], issn)
        if issns:
            bearers[words[form.id]].add(issns[0])
            if plain in wanted:
                sets.join(words[form.id], issns[0])
    for name, issns_of_name in bearers.items():
        if len({sets.find(issn) for issn in issns_of_name}) == 1:
            sets.join(name, next(iter(issns_of_name)))
    _join_abbreviations(forms, words, sets)
    keys: dict[str, str] = {}
    nodes: dict[int, str] = {}
    for form in forms:
        issn = form.issn.partition("; ")[0]
        node = nodes[form.id] = sets.find(f"issn:{issn}" if issn else words[form.id])
        own = [f"issn:{one}" for one in form.issn.split("; ") if one] or [words[form.id]]
        keys[node] = min([*own, *([keys[node]] if node in keys else [])])
    return {form.id: keys[nodes[form.id]].partition(":")[2] for form in forms}


def _join_abbreviations(forms: list[VenueName], words: dict[int, str], sets: _Sets) -> None:
    meanings: dict[str, set[str]] = defaultdict(set)
    for form in forms:
        short = plain_words(form.abbreviation)
        if short and "name:" + short != words[form.id]:
            issn = form.issn.partition("; ")[0]
            meanings["name:" + short].add(f"issn:{issn}" if issn else words[form.id])
    with_issn = {words[form.id] for form in forms if form.issn}
    # All meanings are looked up before any is joined: joining one must not make another certain.
    certain = {
        short: next(iter(venues))
        for short, venues in meanings.items()
        if len({sets.find(venue) for venue in venues}) == 1 and short not in with_issn
    }
    for short, venue in sorted(certain.items()):
        sets.join(short, venue)
