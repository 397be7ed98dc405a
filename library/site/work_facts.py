"""The facts of a work as its page lists them: identifiers, publication, licence, funders."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from library.site import describing, presenting
from library.site.addresses import Addresses, doi_url, safe_url
from library.store.read import WorkPage

SCHEMES: Final = {
    "doi": "DOI", "pmid": "PubMed", "pmcid": "PubMed Central", "arxiv": "arXiv", "isbn": "ISBN",
    "issn": "ISSN", "url": "Address",
}  # fmt: skip

_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September"),
    *("October", "November", "December"),
)


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a detail, with where it leads."""

    text: str
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Detail:
    """One line of the details."""

    label: str
    values: list[Value] = field(default_factory=list)


def date_of(page: WorkPage) -> str:
    """Return the day, month or year of publication in words: "20 March 2014"."""
    parts = describing.date_parts(page.csl)
    if not parts:
        return page.work.issued or ""
    words = [presenting.year(parts[0])]
    if len(parts) > 1:
        words.insert(0, _MONTHS[parts[1] - 1])
    if len(parts) > 2:  # noqa: PLR2004 - year, month and day
        words.insert(0, str(parts[2]))
    return " ".join(words)


def facts(page: WorkPage, to: Addresses) -> list[Detail]:
    """Return the facts of a work, in the order in which the page lists them."""
    row, item = page.work, page.csl
    found = [Detail("Citation key", [Value(row.citation_key)])]
    if page.other_keys:
        found.append(Detail("Also known as", [Value(key) for key in page.other_keys]))
    found.append(Detail("Type", [Value(row.type_label, to.where(type=row.type))]))
    if row.year is not None:
        found.append(
            Detail(
                "Published", [Value(date_of(page), to.where(year_from=row.year, year_to=row.year))]
            )
        )
    found += [
        Detail(label, [Value(presenting.shortened(str(item[name]), 300))])
        for label, name in _ITEM_FACTS
        if item.get(name)
    ]
    for scheme, label in SCHEMES.items():
        values = [value for name, value in page.identifiers if name == scheme]
        if values:
            found.append(Detail(label, [Value(value, resolved(scheme, value)) for value in values]))
    if page.language:
        found.append(Detail("Language", [Value(page.language, to.where(language=page.language))]))
    if page.funders:
        found.append(
            Detail(
                "Funded by",
                [
                    Value(name + (f" ({awards})" if awards else ""), to.of("funder", key))
                    for key, name, awards in page.funders[:30]
                ],
            )
        )
    if page.licenses:
        found.append(
            Detail("Licence", [Value(url, safe_url(url)) for url, _, _ in _distinct(page.licenses)])
        )
    relations = [
        Value(f"{kind.replace('-', ' ')} {value}", to.work(key) if key else resolved(scheme, value))
        for kind, scheme, value, key in page.relations[:30]
    ]
    if relations:
        found.append(Detail("Related", relations))
    if row.cited_by is not None:
        found.append(Detail("Cited by", [Value(f"{row.cited_by:,} works, as Crossref counts")]))
    if page.note:
        found.append(Detail("Note", [Value(presenting.shortened(page.note, 1000))]))
    if page.added:
        found.append(Detail("Added to the library", [Value(page.added)]))
    return found


_ITEM_FACTS: Final = (
    ("Part of", "collection-title"),
    ("Number", "number"),
    ("Edition", "edition"),
    ("Publisher", "publisher"),
    ("Place", "publisher-place"),
    ("Pages", "number-of-pages"),
    ("Medium", "medium"),
    ("Event", "event-title"),
)


def _distinct(
    licenses: Sequence[tuple[str, str | None, str | None]],
) -> list[tuple[str, str | None, str | None]]:
    return list({one[0]: one for one in licenses}.values())


def resolved(scheme: str, value: str) -> str | None:
    """Return the address at which an identifier is opened, if there is one."""
    resolvers = {
        "doi": doi_url(value),
        "pmid": f"https://pubmed.ncbi.nlm.nih.gov/{value}/",
        "pmcid": f"https://www.ncbi.nlm.nih.gov/pmc/articles/{value}/",
        "arxiv": f"https://arxiv.org/abs/{value}",
        "url": value,
    }
    return safe_url(resolvers.get(scheme))
