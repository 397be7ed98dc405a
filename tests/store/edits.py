"""Random bibliographies and random edits of them."""

import random
import re

FAMILIES = ("Diaz", "Clayton", "Simon", "Müller", "van der Berg", "Wang", "O'Neil", "Smith")
GIVEN = ("Hannah", "H.", "Hannah J.", "Ellen", "E.", "Wei", "W.", "Per Åke", "Jane", "J.")
VENUES = ("Journal of Tests", "J. Tests", "Annals of Edits", "The Lancet", "JOT")
WORDS = [
    "trafficking", "health", "care", "of", "the", "and", "edits", "über", "naïve", "β", "cells",
    "a", "review", "model", "data",
]  # fmt: skip
MACROS = ("jot", "ann")
TITLES = (
    "Confronting commercial exploitation of minors in the emergency department",
    "Responding to trafficking: a model of care for community health centres",
    "Cells, data and naïve edits: a review of long titles that are cited",
)
"""Long enough that a reference which has no more than title, author and year finds its work."""


def value(chance: random.Random, count: int) -> str:
    """Return some words."""
    return " ".join(chance.choice(WORDS) for _ in range(count))


def entry(chance: random.Random, key: str) -> str:
    """Return one entry, mostly well formed."""
    kind = chance.choice(["article"] * 5 + ["book", "inproceedings", "misc", "video"])
    names = " and ".join(
        f"{chance.choice(FAMILIES)}, {chance.choice(GIVEN)}" for _ in range(chance.randint(0, 4))
    )
    is_known = chance.random() < 0.3
    title = chance.choice(TITLES) if is_known else value(chance, chance.randint(1, 6))
    fields = [f"title = {{{title}}}"]
    if names:
        fields.append(f"author = {{{names}}}")
    if chance.random() < 0.8:
        fields.append(f"year = {chance.choice(['2003', '1999', '{2014}', '{n.d.}'])}")
    if kind == "article":
        venue = chance.choice([f"{{{chance.choice(VENUES)}}}", chance.choice(MACROS)])
        fields.append(f"journal = {venue}")
        if chance.random() < 0.4:
            fields.append(f"issn = {{{chance.choice(['0028-4793', '0140-6736', '1234-5679'])}}}")
    if kind == "inproceedings":
        fields.append(f"crossref = {{{chance.choice(['parent1', 'parent2', 'nowhere'])}}}")
    if chance.random() < 0.3:
        fields.append("xdata = {shared}")
    if chance.random() < 0.5:
        fields.append(f"doi = {{10.1000/{chance.randint(1, 40)}}}")
    if chance.random() < 0.6:
        fields.append(
            "keywords = {topic:"
            + chance.choice(WORDS)
            + ", "
            + chance.choice(["Ethics", "ethics"])
            + "}"
        )
    if chance.random() < 0.2:
        fields.append(f"abstract = {{{value(chance, 30)}}}")
    if chance.random() < 0.1:
        fields.append(f"ids = {{old{key}, old{chance.randint(1, 9)}}}")
    chance.shuffle(fields)
    return f"@{kind}{{{key},\n  " + ",\n  ".join(fields) + ",\n}\n"


ODD = (
    "@article{broken, title = {never closed\n",
    "% a comment with @article in it\n",
    "some loose text\n",
    "@comment{jabref-meta: grouping:x;}\n",
    "@article{nocomma title = {x}}\n",
    "@misc{, title = {no key}}\n",
    "title = {stray}, }\n",
    '@preamble{"\\newcommand{x}{y}"}\n',
)


def bibliography(chance: random.Random, size: int) -> list[str]:
    """Return the parts of a file."""
    parts = [
        '@string{jot = "Journal of Tests"}\n',
        "@string{ann = {Annals of Edits}}\n",
        "@xdata{shared, publisher = {Shared House}, location = {Bern}}\n",
    ]
    parts += [entry(chance, f"k{number}") for number in range(size)]
    parts.append(
        "@proceedings{parent1, title = {Proceedings One}, year = 2001, editor = {Wang, Wei}}\n"
    )
    parts.append("@book{parent2, title = {Book Two}, date = {2005-03}, ids = {parent-two}}\n")
    if chance.random() < 0.5:
        parts.insert(chance.randrange(len(parts)), chance.choice(ODD))
    return parts


def edit(chance: random.Random, parts: list[str]) -> None:  # noqa: C901, PLR0912 - one branch an edit
    """Change the file in one way."""
    place = chance.randrange(len(parts))
    kind = chance.randrange(14)
    if kind <= 3:
        parts[place] = re.sub(
            r"(title|author) = \{[^}]*\}",
            lambda match: f"{match[1]} = {{{value(chance, 2)}, {value(chance, 1)}}}",
            parts[place],
            count=1,
        )
    elif kind == 4:
        parts.insert(place, entry(chance, f"n{chance.randrange(10_000)}"))
    elif kind == 5:
        parts.append(entry(chance, f"n{chance.randrange(10_000)}"))
    elif kind == 6:
        del parts[place]
    elif kind == 7:
        parts.insert(chance.randrange(len(parts)), parts.pop(place))
    elif kind == 8:
        parts.insert(place, chance.choice(ODD))
    elif kind == 9:
        parts[0] = f'@string{{jot = "Journal of {chance.choice(WORDS)}"}}\n'
    elif kind == 10:
        parts[place] = parts[place].replace(
            "shared, publisher = {Shared House}", "shared, publisher = {Other House}"
        )
        for index, part in enumerate(parts):
            if part.startswith("@proceedings{parent1"):
                parts[index] = part.replace("One", "One, " + chance.choice(WORDS))
    elif kind == 11:
        parts[place] = re.sub(
            r"@(\w+)\{(\w+),", rf"@\1{{r{chance.randrange(10_000)},", parts[place], count=1
        )
    elif kind == 12:
        parts[place] = re.sub(r"10\.1000/\d+", f"10.1000/{chance.randint(1, 40)}", parts[place])
    else:
        parts[place] = parts[place] + "\n" * chance.randint(1, 3)
