"""What life does to a bibliographic description: four makers of damage that share no code.

Each takes a work and gives the same work as another hand would have written it down. They are
kept independent on purpose: rules that please one maker alone do not survive the others.

typist    a person with a keyboard: case, slips, lost subtitles, initials, abbreviated journals
exporter  a program: wrong encodings, LaTeX and HTML left over, names unsplit, types lost
index     a citation index: "J Smith", cut titles and lists, venues missing, years wrong
scan      text recognition: letters confused, words joined and torn, accents and dashes lost
"""

import random
import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace

from library.values.dates import Date
from library.values.names import Name
from library.work import Contributor, Work

Maker = Callable[[Work, random.Random], Work]

_ISO4 = {
    "journal": "J.", "international": "Int.", "proceedings": "Proc.", "national": "Natl.",
    "academy": "Acad.", "sciences": "Sci.", "science": "Sci.", "american": "Am.",
    "research": "Res.", "medicine": "Med.", "medical": "Med.", "review": "Rev.",
    "reviews": "Rev.", "letters": "Lett.", "physics": "Phys.", "physical": "Phys.",
    "chemistry": "Chem.", "chemical": "Chem.", "biology": "Biol.", "biological": "Biol.",
    "archives": "Arch.", "annals": "Ann.", "clinical": "Clin.", "transactions": "Trans.",
    "society": "Soc.", "engineering": "Eng.", "applied": "Appl.", "european": "Eur.",
    "british": "Br.", "quarterly": "Q.", "dermatology": "Dermatol.", "surgery": "Surg.",
    "psychology": "Psychol.", "computer": "Comput.", "conference": "Conf.",
    "advances": "Adv.", "communications": "Commun.", "zeitschrift": "Z.",
}  # fmt: skip
_LITTLE = frozenset(
    ("of", "the", "and", "in", "for", "on", "a", "an", "de", "la", "le", "des", "und")
)
_SLIPS = "qwertyuiopasdfghjklzxcvbnm"


def typist(work: Work, chance: random.Random) -> Work:
    """Retype the work by hand."""
    work = _fewer_fields(work, chance, 0.25)
    title = work.title
    if title:
        if chance.random() < 0.3:
            title = _without_subtitle(title)
        for _ in range(chance.choice((0, 0, 0, 1, 1, 2))):
            title = _slip(title, chance)
        title = chance.choice((str, str, str.upper, str.title, str.lower, str.capitalize))(title)
    names = [_by_hand(c, chance) for c in work.contributors]
    others = work.others
    if len(names) > 3 and chance.random() < 0.25:
        names, others = names[: chance.choice((1, 2, 3))], others | {"author"}
    if len(names) > 1 and chance.random() < 0.08:
        first = chance.randrange(len(names) - 1)
        names[first], names[first + 1] = names[first + 1], names[first]
    return replace(
        work,
        title=title,
        contributors=tuple(names),
        others=others,
        container_title=_abbreviated(work.container_title, chance),
        container_title_short=None,
        page=_pages_by_hand(work.page, chance),
        issued=_another_year(work.issued, chance, 0.12),
        collection_title=None,
    )


def _fewer_fields(work: Work, chance: random.Random, share: float) -> Work:
    gone = {
        name: None
        for name in ("volume", "issue", "page", "container_title", "publisher", "issued", "doi")
        if chance.random() < share * (0.3 if name in {"issued", "container_title"} else 1)
    }
    lists = {name: () for name in ("issn", "isbn") if chance.random() < 2 * share}
    return replace(work, **gone, **lists, pmid=None, abstract=None, url=None)  # type: ignore[arg-type]


def _without_subtitle(title: str) -> str:
    head = re.split(r"(?:: | - | – |\? |\. )", title)[0]
    return head if len(head) > 12 else title


def _slip(title: str, chance: random.Random) -> str:
    """Make one slip of the pen inside a long word; the first letter of a word mostly survives."""
    spots = [m.span() for m in re.finditer(r"[A-Za-z]{5,}", title)]
    if not spots or "<" in title:
        return title
    start, end = chance.choice(spots)
    at = chance.randrange(start + 1, end - 1)
    kind = chance.randrange(4)
    if kind == 0:
        return title[:at] + title[at + 1] + title[at] + title[at + 2 :]
    if kind == 1:
        return title[:at] + title[at + 1 :]
    if kind == 2:
        return title[:at] + title[at] + title[at:]
    return title[:at] + chance.choice(_SLIPS) + title[at + 1 :]


def _by_hand(person: Contributor, chance: random.Random) -> Contributor:
    name = person.name
    if not name.family or not name.given:
        return Contributor(name, person.role)
    draw = chance.random()
    if draw < 0.4:
        given: str | None = " ".join(
            part[0] + "." for part in re.split(r"[\s-]+", name.given) if part
        )
    elif draw < 0.5:
        given = name.given.split()[0]
    elif draw < 0.55:
        given = None
    else:
        given = name.given
    family = name.family.upper() if chance.random() < 0.1 else name.family
    if chance.random() < 0.1:
        family = "".join(
            c for c in unicodedata.normalize("NFD", family) if not unicodedata.combining(c)
        )
    return Contributor(replace(name, family=family, given=given), person.role)


def _abbreviated(venue: str | None, chance: random.Random) -> str | None:
    if venue is None or chance.random() < 0.45:
        return venue
    if chance.random() < 0.2:
        return venue.replace(" and ", " & ")
    kept = [w for w in re.split(r"[\s,]+", venue) if w and w.lower() not in _LITTLE]
    if len(kept) < 2:
        return venue
    return " ".join(_ISO4.get(w.lower(), w[:4] + "." if len(w) > 8 else w) for w in kept)


def _pages_by_hand(page: str | None, chance: random.Random) -> str | None:
    if not page or "-" not in page:
        return page
    first, _, last = page.partition("-")
    forms = [page, first, f"{first}--{last}", f"{first}–{last}"]
    if first.isdigit() and last.isdigit() and len(first) == len(last) > 1:
        same = next((i for i, (x, y) in enumerate(zip(first, last, strict=True)) if x != y), 0)
        forms.append(f"{first}-{last[same:]}")
    return chance.choice(forms)


def _another_year(issued: Date | None, chance: random.Random, share: float) -> Date | None:
    if issued is None or issued.year is None:
        return issued
    year = issued.year + (chance.choice((-1, 1)) if chance.random() < share else 0)
    return Date((year,))


def exporter(work: Work, chance: random.Random) -> Work:
    """Send the work through a program that means well."""
    text = chance.choice((_mojibake, _entities, _latex, _plain))
    title = text(work.title) if work.title else None
    if title and chance.random() < 0.2:
        title = "{" + title + "}"
    names = tuple(_through_a_program(c, chance, text) for c in work.contributors)
    page = work.page
    if page and chance.random() < 0.5:
        page = chance.choice(("pp. {}", "p {}", "{}.", " {}")).format(page.replace("-", "–"))
    volume = work.volume
    if volume and chance.random() < 0.3:
        volume = chance.choice(("Vol. {}", "vol {}", "0{}")).format(volume)
    url = f"https://doi.org/{work.doi}" if work.doi and chance.random() < 0.4 else None
    kind = chance.choice((work.type, work.type, work.type, "document"))
    return replace(
        work,
        type=kind,
        title=title,
        contributors=names,
        container_title=text(work.container_title) if work.container_title else None,
        page=page,
        volume=volume,
        doi=work.doi if url is None and chance.random() < 0.5 else None,
        url=url,
        issued=Date((work.year,)) if work.year else None,
        issn=(),
        pmid=None,
        abstract=None,
    )


def _through_a_program(
    person: Contributor, chance: random.Random, text: Callable[[str], str]
) -> Contributor:
    name = person.name
    if name.family is None:
        return Contributor(replace(name, literal=text(name.literal or "")), person.role)
    given, family = name.given, text(name.family)
    draw = chance.random()
    if draw < 0.12:
        return Contributor(Name(literal=f"{family}, {given}" if given else family), person.role)
    if draw < 0.2 and given:
        return Contributor(Name(literal=f"{text(given)} {family}"), person.role)
    if draw < 0.24 and given and chance.random() < 0.5:
        return Contributor(Name(family=given, given=family), person.role)
    return Contributor(Name(family=family, given=text(given) if given else None), person.role)


def _mojibake(text: str) -> str:
    try:
        return text.encode().decode("cp1252")
    except UnicodeError:
        return text


def _entities(text: str) -> str:
    return text.replace("&", "&amp;").encode("ascii", "xmlcharrefreplace").decode()


def _latex(text: str) -> str:
    marks = {"\u0301": "'", "\u0300": "`", "\u0308": '"', "\u0302": "^", "\u0303": "~"}
    out = text.replace("ß", "{\\ss}").replace("ø", "{\\o}").replace("&", "\\&").replace("%", "\\%")
    for letter in set(out):
        apart = unicodedata.normalize("NFD", letter)
        if len(apart) == 2 and apart[1] in marks:
            out = out.replace(letter, "{\\" + marks[apart[1]] + apart[0] + "}")
    return re.sub(r"\b([A-Z]{2,})\b", r"{\1}", out)


def _plain(text: str) -> str:
    return text.replace("’", "'").replace("–", "-").replace("“", '"').replace("”", '"')


def index(work: Work, chance: random.Random) -> Work:
    """Index the work as a search engine that read it off a list of references."""
    title = work.title
    if title:
        title = re.sub(r"</?[a-z][^<>]*>", "", title)
        if chance.random() < 0.15 and len(title) > 60:
            title = title[: chance.randrange(50, len(title))]
            title += chance.choice(("", "…", " ..."))
        title = re.sub(r"[:;,()]", chance.choice((" ", " -", "")), title)
        title = chance.choice((str, str, str.lower, str.upper))(title)
    names = [
        Contributor(_indexed(c.name), "author") for c in work.contributors if c.role == "author"
    ]
    if len(names) > 4:
        names = names[: chance.choice((3, 4, len(names)))]
    draw = chance.random()
    venue = work.container_title
    if venue and draw < 0.35:
        venue = None
    elif venue and draw < 0.6:
        venue = venue[: chance.randrange(min(len(venue), 12), 40)]
    elif venue and draw < 0.7:
        venue = "Proc. of " + venue if work.type == "paper-conference" else venue.upper()
    year = work.year
    if year and chance.random() < 0.2:
        year = None if chance.random() < 0.5 else year + chance.choice((-1, 1, 1, -2))
    return Work(
        citation_key="",
        type=work.type if chance.random() < 0.6 else "article-journal",
        title=title,
        contributors=tuple(names),
        container_title=venue,
        issued=Date((year,)) if year else None,
        publisher=work.publisher if chance.random() < 0.3 else None,
        edition=work.edition,
        number=work.number,
    )


def _indexed(name: Name) -> Name:
    if name.family is None:
        return name
    initials = "".join(part[0] for part in re.split(r"[\s.-]+", name.given or "") if part)
    return Name(family=name.family, given=initials.upper() or None)


_CONFUSED = (
    ("rn", "m"),
    ("l", "1"),
    ("fi", "ﬁ"),
    ("cl", "d"),
    ("e", "c"),
    ("h", "b"),
    ("ti", "tl"),
)


def scan(work: Work, chance: random.Random) -> Work:
    """Read the work off a photograph."""

    def misread(text: str | None, share: float) -> str | None:
        if not text:
            return text
        out = text.replace("–", "-").replace("’", "'")
        if chance.random() < share:
            wrong, right = chance.choice(_CONFUSED)
            at = [m.start() for m in re.finditer(wrong, out) if m.start() > 0]
            if at:
                spot = chance.choice(at)
                out = out[:spot] + right + out[spot + len(wrong) :]
        if chance.random() < share:  # a word torn at the line's end
            words = [m.span() for m in re.finditer(r"[a-z]{7,}", out)]
            if words:
                start, _ = chance.choice(words)
                out = out[: start + 4] + chance.choice(("- ", "-", " ")) + out[start + 4 :]
        if chance.random() < share / 2:
            gaps = [m.start() for m in re.finditer(r"(?<=[a-z]) (?=[a-z])", out)]
            if gaps:
                spot = chance.choice(gaps)
                out = out[:spot] + out[spot + 1 :]
        if chance.random() < 0.5:
            out = unicodedata.normalize("NFKD", out).encode("ascii", "ignore").decode()
        return out.strip() or text

    names = [
        Contributor(
            replace(
                c.name,
                family=misread(c.name.family, 0.08),
                given=c.name.given[0] + "." if c.name.given else None,
                literal=misread(c.name.literal, 0.1),
            ),
            c.role,
        )
        for c in work.contributors
    ]
    if len(names) > 2 and chance.random() < 0.2:
        names = names[:1]
    return replace(
        work,
        title=misread(work.title, 0.5),
        contributors=tuple(names),
        container_title=misread(_abbreviated(work.container_title, chance), 0.2),
        container_title_short=None,
        issued=Date((work.year,)) if work.year else None,
        doi=None,
        url=None,
        issn=(),
        isbn=(),
        pmid=None,
        issue=None,
        abstract=None,
        volume=work.volume if chance.random() < 0.8 else None,
        page=work.page.split("-")[0] if work.page and chance.random() < 0.8 else None,
    )


MAKERS: dict[str, Maker] = {
    "typist": typist,
    "exporter": exporter,
    "index": index,
    "scan": scan,
}
