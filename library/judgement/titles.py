"""Are two titles the title of one work? With what is usual in life: lost subtitles, slips, cuts."""

from dataclasses import dataclass
from typing import Final

from library.judgement.normal import is_roman
from library.judgement.slips import mended, pair_off
from library.judgement.title_forms import TitleForm, title_form, weight_of

_ENOUGH: Final = 30  # letters in words that mean something: by then a title is hardly ever shared
_SHORT: Final = 12  # a main title below this says little by itself ("Trafficking: …")


@dataclass(frozen=True, slots=True)
class TitleMatch:
    """What two titles say about one another."""

    verdict: str  # for people: "equal", "subtitle left out", …
    weight: float  # for (plus) or against (minus) the same work
    kind: (
        str  # "equal", "contained", "near", "different", "translated", "numbers", "part", "notice"
    )


def compare_titles(a: TitleForm, b: TitleForm) -> TitleMatch:
    """Return what the titles say; the same for (b, a)."""
    if a.notice != b.notice:
        return TitleMatch(f"one is {_shown_notice(a.notice or b.notice)}", -8.0, "notice")
    if (a.joined, a.run, a.text) > (b.joined, b.run, b.text):
        a, b = b, a
    if a.joined == b.joined or a.run == b.run:
        return _equal(b if b.is_generic else a, 0)
    only_a = [word for word in a.content if word not in b.known]
    only_b = [word for word in b.content if word not in a.known]
    common = (a.weight - weight_of(only_a) + b.weight - weight_of(only_b)) / 2
    if common < 0.25 * min(a.weight, b.weight) and not _is_cut_of(a, b):
        short_and_close = (
            len(a.every) <= 8
            and abs(len(a.run) - len(b.run)) <= 4
            and (a.run[0] == b.run[0] or a.run[-2:] == b.run[-2:])
        )
        after = _after_mending(a, b) if short_and_close else None
        return _different(a, b, 0.0) if after is None else _numbers_first(a, b, after)
    slips = pair_off(only_a, only_b)
    if not only_a and not only_b:
        return _numbers_first(a, b, _equal(a, slips))
    if not only_a or not only_b:
        shorter, longer = (a, b) if not only_a else (b, a)
        extra = only_a or only_b
        return _numbers_first(a, b, _contained(shorter, longer, extra, slips))
    if _is_cut_of(a, b):
        shorter, longer = (a, b) if len(a.joined) < len(b.joined) else (b, a)
        return _numbers_first(a, b, _cut(shorter, longer))
    unlike = weight_of(only_a) + weight_of(only_b)
    if unlike < 0.8 * (a.weight + b.weight):
        after = _after_mending(a, b)
        if after is not None:
            return _numbers_first(a, b, after)
    return _different(a, b, 1 - unlike / max(1, a.weight + b.weight))


def _after_mending(a: TitleForm, b: TitleForm) -> TitleMatch | None:
    """Judge titles that slips make equal, or one the other without its subtitle."""
    shorter, longer = (a, b) if len(a.every) <= len(b.every) else (b, a)
    most = 1 + len(shorter.every) // 4
    slips = mended(shorter.every, longer.every)
    if slips is not None and slips <= most:
        return _equal(shorter, slips)
    for head in longer.heads:
        if abs(head - len(shorter.every)) <= 2 and shorter.weight >= _SHORT:
            slips = mended(shorter.every, longer.every[:head])
            if slips is not None and slips <= most:
                points = _equal(shorter, slips).weight * 0.75
                return TitleMatch("subtitle left out, and slips of the pen", points, "contained")
    return None


def _equal(form: TitleForm, slips: int) -> TitleMatch:
    if form.is_generic or (form.notice and form.weight < _SHORT):
        return TitleMatch("equal, but many works are called that", -1.0, "equal")
    points = 2 + 4 * min(1.0, form.weight / _ENOUGH)
    if form.notice:
        points *= 0.6  # two corrections of one work have one title
    if slips:
        words_slip = "slip" if slips == 1 else "slips"
        return TitleMatch(
            f"equal but for {slips} {words_slip} of the pen", points - 0.25 * slips, "equal"
        )
    return TitleMatch("equal", points, "equal")


def _numbers_first(a: TitleForm, b: TitleForm, otherwise: TitleMatch) -> TitleMatch:
    """Let numbers that differ overrule words that agree."""
    if a.numbers == b.numbers or "".join(a.numbers) == "".join(b.numbers):
        return otherwise
    only_a, only_b = _minus(a.numbers, b.numbers), _minus(b.numbers, a.numbers)
    if only_a and only_b:
        kind = "part" if a.parts != b.parts and (a.parts or b.parts) else "numbers"
        shown = f"{', '.join(only_a)} against {', '.join(only_b)}"
        return TitleMatch(f"numbers differ: {shown}", -9.0 if kind == "part" else -6.0, kind)
    if not only_a and not only_b:
        return TitleMatch("numbers stand in another order", -6.0, "numbers")
    ends_in_it = _ends_in_number(a) != _ends_in_number(b)
    one_more = abs(len(a.content) - len(b.content)) == 1 and ends_in_it
    cut_within = otherwise.verdict == "cut off within a word" and not one_more
    if cut_within or otherwise.verdict == "cut off by dots":
        return otherwise
    if a.parts != b.parts:
        return TitleMatch(
            "one names a part, volume or edition that the other does not", -5.0, "part"
        )
    if otherwise.verdict.startswith("subtitle") and not one_more:
        return otherwise
    if ends_in_it and otherwise.kind in {"equal", "contained"}:
        return TitleMatch("one counts or dates itself, the other does not", -4.0, "part")
    return TitleMatch(
        f"{otherwise.verdict}; a number in one alone", otherwise.weight - 2, otherwise.kind
    )


def _contained(shorter: TitleForm, longer: TitleForm, extra: list[str], slips: int) -> TitleMatch:
    """Judge a title whose words are all in the other, which has more."""
    full = _equal(shorter, slips).weight
    size = len(longer.content) - len(extra)
    head = _starts_with(longer, shorter)
    if shorter.is_generic:
        return TitleMatch("one is only the general beginning of the other", -1.5, "contained")
    if head and size in longer.edges:
        points = full * 0.75 if shorter.weight >= _SHORT else 1.0
        return TitleMatch("subtitle left out", points, "contained")
    if head:
        return _cut(shorter, longer)
    if weight_of(extra) <= 0.12 * longer.weight:
        return TitleMatch("equal but for a word left out", full - 2, "near")
    if len(longer.content) - size in longer.edges and shorter.weight >= 2 * _SHORT:
        return TitleMatch("only the subtitle is given", -2.0, "contained")
    return TitleMatch("words left out", min(0.5, full - 5), "near")


def _cut(shorter: TitleForm, longer: TitleForm) -> TitleMatch:
    """Judge a title that breaks off where the other goes on."""
    long_enough = shorter.weight >= _ENOUGH
    if shorter.is_cut and shorter.weight >= _SHORT:
        return TitleMatch("cut off by dots", 4.0 if long_enough else 2.5, "contained")
    cut_within = shorter.every[-1] not in longer.every and longer.run.startswith(shorter.run)
    if cut_within and shorter.weight >= _SHORT:
        return TitleMatch("cut off within a word", 4.0 if long_enough else 2.5, "contained")
    if shorter.weight >= 0.6 * longer.weight and long_enough:
        return TitleMatch("cut off", 3.0, "contained")
    return TitleMatch("one goes on where the other ends", 1.0 if long_enough else -3.0, "contained")


def _different(a: TitleForm, b: TitleForm, alike: float) -> TitleMatch:
    if a.numbers != b.numbers and alike >= 0.6:
        only_a, only_b = _minus(a.numbers, b.numbers), _minus(b.numbers, a.numbers)
        if only_a and only_b:
            kind = "part" if a.parts != b.parts else "numbers"
            return TitleMatch("words and numbers differ", -9.0, kind)
    if alike >= 0.9:
        return TitleMatch("a word differs", -2.0, "near")
    if alike >= 0.8:
        return TitleMatch("words differ", -3.0, "near")
    if a.language and b.language and a.language != b.language and alike < 0.5:
        return TitleMatch("in different languages", -4.0, "translated")
    if alike < 0.6 and _same_letters(a.run, b.run):
        return TitleMatch("the words differ, hardly the letters", -3.0, "near")
    if alike >= 0.6:
        return TitleMatch("words differ", -5.0, "different")
    return TitleMatch("different", -9.0, "different")


def _starts_with(longer: TitleForm, shorter: TitleForm) -> bool:
    head = longer.content[: len(shorter.content)]
    if head == shorter.content or longer.joined.startswith(shorter.joined):
        return True
    odd = [w for w in head if w not in shorter.known]
    rest = [w for w in shorter.content if w not in set(head)]
    pair_off(odd, rest)
    return not odd and not rest


def _is_cut_of(a: TitleForm, b: TitleForm) -> bool:
    short, long = (a, b) if len(a.run) < len(b.run) else (b, a)
    return len(short.run) > _SHORT and long.run.startswith(short.run)


def _ends_in_number(form: TitleForm) -> bool:
    last = form.content[-1] if form.content else ""
    return last.isdecimal() or (bool(last) and is_roman(last) and len(last) > 1)


def _same_letters(a: str, b: str) -> bool:
    """Tell whether two titles are mostly the same letters, as when most words are torn."""
    if not (a[:3] == b[:3] or a[-3:] == b[-3:]) or abs(len(a) - len(b)) > 0.2 * max(len(a), len(b)):
        return False
    threes_a = {a[i : i + 3] for i in range(len(a) - 2)}
    threes_b = {b[i : i + 3] for i in range(len(b) - 2)}
    return len(threes_a & threes_b) >= 0.7 * max(len(threes_a), len(threes_b))


def _minus(a: tuple[str, ...], b: tuple[str, ...]) -> list[str]:
    rest = list(a)
    for number in b:
        if number in rest:
            rest.remove(number)
    return rest


def _shown_notice(kind: str | None) -> str:
    kind = kind or "notice"
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


__all__ = ["TitleForm", "TitleMatch", "compare_titles", "title_form"]
