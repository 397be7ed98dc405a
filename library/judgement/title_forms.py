"""A title taken apart: its words, its numbers, where a subtitle may begin."""

import re
from dataclasses import dataclass
from typing import Final

from library.judgement.normal import (
    NUMBER_WORDS,
    ROMAN_VALUES,
    content_words,
    fold,
    is_roman,
    language,
    roman,
    tokens,
    words,
)
from library.judgement.notices import split_notice

_LETTERS_A_WORD: Final = 8  # a longer word says no more than one of eight letters

_GENERIC: Final = frozenset(
    "".join(content_words(words(title)))
    for title in [
        "editorial",
        "guest editorial",
        "editorials",
        "introduction",
        "introduction to the special issue",
        "special issue",
        "guest editors' introduction",
        "editor's introduction",
        "editors' introduction",
        "preface",
        "foreword",
        "afterword",
        "epilogue",
        "prologue",
        "index",
        "author index",
        "subject index",
        "contents",
        "table of contents",
        "letter to the editor",
        "letters to the editor",
        "letters",
        "letter",
        "correspondence",
        "comment",
        "comments",
        "commentary",
        "reply",
        "author reply",
        "authors' reply",
        "response",
        "rejoinder",
        "discussion",
        "book review",
        "book reviews",
        "reviews",
        "review",
        "news",
        "news and notes",
        "news and views",
        "obituary",
        "obituaries",
        "in memoriam",
        "abstracts",
        "abstract",
        "announcement",
        "announcements",
        "conclusion",
        "conclusions",
        "summary",
        "acknowledgments",
        "acknowledgements",
        "acknowledgment",
        "erratum",
        "errata",
        "correction",
        "corrections",
        "corrigendum",
        "addendum",
        "front matter",
        "back matter",
        "frontmatter",
        "backmatter",
        "masthead",
        "untitled",
        "title page",
        "editor's note",
        "editors' note",
        "editor's notes",
        "editorial note",
        "notes",
        "note",
        "notes and comments",
        "from the editor",
        "from the editors",
        "message from the editor",
        "message from the chair",
        "chair's message",
        "annual report",
        "welcome",
        "case report",
        "case reports",
        "bibliography",
        "references",
        "glossary",
        "appendix",
        "appendices",
        "list of contributors",
        "contributors",
        "about the authors",
        "calendar",
        "questions and answers",
        "overview",
        "background",
        "methods",
        "results",
        "materials and methods",
        "editorial board",
        "reviewers",
        "list of reviewers",
        "acknowledgment of reviewers",
        "presidential address",
        "president's message",
        "instructions for authors",
        "information for authors",
        "cover",
        "cover image",
        "issue information",
        "in this issue",
        "this issue",
        "highlights",
        "miscellaneous",
        "errata corrige",
        "other",
        "no title",
        "copyright",
        "einleitung",
        "einführung",
        "vorwort",
        "inhaltsverzeichnis",
        "nachwort",
        "buchbesprechung",
        "buchbesprechungen",
        "rezensionen",
        "mitteilungen",
        "avant-propos",
        "préface",
        "comptes rendus",
        "introducción",
        "prólogo",
        "presentación",
        "introduzione",
        "prefazione",
        "introdução",
        "apresentação",
        "inleiding",
        "voorwoord",
        "предисловие",
        "введение",
        "society proceedings",
        "society news",
        "proceedings",
        "books received",
        "new books",
        "readers' forum",
        "quiz",
        "photo quiz",
        "image of the month",
        "tutorial",
        "panel",
        "invited talk",
        "keynote",
        "keynote address",
        "session introduction",
        "workshop summary",
        "conference report",
        "meeting report",
        "research news",
    ]
)
"""Titles that many works have; they say nothing about which."""

_PART_WORDS: Final = (
    "part|pt|parts|teil|partie|parte|deel|del|czesc|vol|volume|volumes|band|bd|tome|tomo|chapter|"
    "ch|kapitel|lecture|no|nr|number|paper|study|studies|episode|section|book|supplement|suppl|module|"
    "phase|version|session|round|report|issue|edition|annual|installment|update|release|level|stage|"
    "international|conference|workshop|symposium|congress|meeting|series|часть|том"
)
_PART_WORD: Final = frozenset(_PART_WORDS.split("|"))
_DIGITS: Final = re.compile(r"[0-9]+")
_GROUPED: Final = re.compile(r"(?<=[0-9])[,\u2009\u202f'’](?=[0-9]{3}(?![0-9]))")
_EDGE: Final = re.compile(
    r"(?<=\w)\s*(?:[:;]|[.?!](?=\s)|\s[-–—]+\s|[—–](?=\D)|--+)\s*|\s+[(\[]"
)  # between a title and its subtitle
_SINGLE_ROMAN: Final = re.compile(r"(?:^|[\s,(])([ivx])(?=\s*(?:[.:;)\]]|$|[-–—]\s|\s[-–—]))")
_CUT: Final = re.compile(r"(?:…|\.\.\.+)\s*$")
# One and nought between letters are misread letters: "eva1uating"; "b12" and "h1n1" are too short.
# At a word's end only behind letters that end words: "numerica1", but not "alpha1", "kinase1".
_MISREAD: Final = re.compile(
    r"(?<=[a-z]{2})[10](?=[a-z])|(?<=[a-z])[10](?=[a-z]{2})|^1(?=[a-z]{4})"
    r"|(?<=[a-z]{3}[aioul])(?<!pha)(?<!eta)(?<!mma)(?<!lta)(?<!gma)(?<!ppa)(?<!bda)1$"
)
_ORDINAL: Final = re.compile(r"\b([0-9]+)(?:st|nd|rd|th)\b")


@dataclass(frozen=True, slots=True)
class TitleForm:
    """A title, ready to be compared."""

    text: str  # as the work has it
    notice: str | None  # see notices.split_notice
    content: tuple[str, ...]  # folded words that mean something, in order
    known: frozenset[str]  # the same as a set
    joined: str  # the same in one run
    run: str  # every word, little ones too, in one run
    every: tuple[str, ...]  # every word
    weight: int  # letters of the content words, eight a word at most
    edges: frozenset[int]  # how many content words stand before a colon, dash, full stop, …
    heads: tuple[int, ...]  # the same, counting every word
    numbers: tuple[str, ...]  # every number in it, roman ones as digits; in order
    parts: tuple[str, ...]  # those that count a part, volume, edition
    is_generic: bool
    is_cut: bool  # ends in dots
    language: str | None


def title_form(title: str) -> TitleForm:
    """Return `title` ready to be compared."""
    notice, folded = split_notice(title)
    is_only_notice = notice is not None and not tokens(folded)
    if is_only_notice:  # "Editorial", "Reply"
        folded = " ".join(fold(title[:2_000]).split())
    folded = _ORDINAL.sub(r"\1", _GROUPED.sub("", folded))
    all_words = tuple(
        _MISREAD.sub(_letter, w) if len(w) > 4 and not w.isalpha() else w for w in tokens(folded)
    )
    content = content_words(all_words)
    joined = "".join(content)
    numbers, parts = _numbers(folded, all_words)
    edges = _edges(folded)
    return TitleForm(
        text=title,
        notice=notice,
        content=content,
        known=frozenset(content),
        joined=joined,
        run="".join(all_words),
        every=all_words,
        weight=weight_of(content),
        edges=frozenset(edge for _, edge in edges if edge < len(content)),
        heads=tuple(head for head, _ in edges),
        numbers=numbers,
        parts=parts,
        is_generic=is_only_notice or not joined or joined in _GENERIC,
        is_cut=bool(_CUT.search(title[-20:])),
        language=language(all_words),
    )


def _numbers(folded: str, all_words: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return every number of a title, and those that count a part, volume or edition."""
    singles = set(_SINGLE_ROMAN.findall(folded)) if len(all_words) > 1 else set()
    found: list[str] = []
    parts: list[str] = []
    for index, word in enumerate(all_words):
        before = all_words[index - 1] if index else ""
        after = all_words[index + 1] if index + 1 < len(all_words) else ""
        value = _value(word, singles, before, after)
        if value is None:
            found += _DIGITS.findall(word) if not word.isalpha() else []
            continue
        found.append(value)
        if (
            before in _PART_WORD
            or (word in singles)
            or (is_roman(word) and not word.isdigit())
            or (index == 0 and after and re.match(r"\W*\w+\s*[.:)]", folded))
        ):
            parts.append(value)
    return tuple(found), tuple(parts)


def _value(word: str, singles: set[str], before: str, after: str) -> str | None:
    if word.isdecimal() and word.isascii():
        return word.lstrip("0") or "0"
    if word in NUMBER_WORDS:
        beside = before in _PART_WORD or (after in _PART_WORD and NUMBER_WORDS[word] != word)
        return NUMBER_WORDS[word] if beside else None
    if len(word) > 1 and is_roman(word):
        return str(roman(word))
    if word in ROMAN_VALUES and (word in singles or before in _PART_WORD):
        return str(ROMAN_VALUES[word])
    return None


def _edges(folded: str) -> list[tuple[int, int]]:
    """Return after how many words, and content words, a subtitle may begin."""
    edges = []
    for match in _EDGE.finditer(folded):
        before = tokens(folded[: match.start()])
        if before:
            edges.append((len(before), len(content_words(before))))
    return edges


def _letter(match: re.Match[str]) -> str:
    return "l" if match.group() == "1" else "o"


def weight_of(content: tuple[str, ...] | list[str]) -> int:
    """Return how many letters of meaning the words hold, a long word's beyond eight left out."""
    return sum(min(len(word), _LETTERS_A_WORD) for word in content)
