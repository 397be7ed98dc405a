"""Slips of the pen: words misspelt, torn apart, grown together, abbreviated or spelt out."""

import re
from typing import Final

from library.judgement.normal import is_typo, within

_DIGITS: Final = re.compile(r"[0-9]+")


def pair_off(only_a: list[str], only_b: list[str]) -> int:
    """Take words that are one another's misspelling or abbreviation off both lists; count slips."""
    if not only_a or not only_b:
        return 0
    slips = _join_split(only_a, only_b)
    if len(only_a) * len(only_b) > 100:
        return slips
    for word in tuple(only_a):
        other = next((w for w in only_b if is_typo(word, w) or _abbreviates(word, w)), None)
        if other is not None:
            only_a.remove(word)
            only_b.remove(other)
            slips += 1
    return slips + _spelt_out(only_a, only_b) + _spelt_out(only_b, only_a)


def _join_split(only_a: list[str], only_b: list[str]) -> int:
    """Pair "data base" with "database": the rest, read as one run, is the same."""
    if len(only_a) == len(only_b) == 1:
        return 0
    run_a, run_b = "".join(only_a), "".join(only_b)
    torn = (
        len(only_a) != len(only_b)
        and min(len(run_a), len(run_b)) > 7
        and not _DIGITS.search(run_a + run_b)
    )
    if run_a == run_b or (torn and within(run_a, run_b, 2)):
        only_a.clear()
        only_b.clear()
        return 1
    return 0


def _abbreviates(a: str, b: str) -> bool:
    """Tell whether one word is the other's beginning, or its plural."""
    short, long = (a, b) if len(a) < len(b) else (b, a)
    if not (short.isalpha() and long.isalpha()):
        return False
    if len(long) - len(short) == 1 and long == short + "s" and len(short) > 2:
        return True
    return 3 <= len(short) <= 0.6 * len(long) and long.startswith(short)


def _spelt_out(acronyms: list[str], spelt: list[str]) -> int:
    """Pair "ptsd" with "post traumatic stress disorder"; words taken in common may fill gaps."""
    for acronym in tuple(acronyms):
        size = len(acronym)
        if not (2 <= size <= len(spelt) and acronym.isalpha()):
            continue
        for start in range(len(spelt) - size + 1):
            run = spelt[start : start + size]
            if "".join(word[0] for word in run) == acronym:
                acronyms.remove(acronym)
                del spelt[start : start + size]
                return 1
    return 0


def mended(a: tuple[str, ...], b: tuple[str, ...]) -> int | None:
    """Return how many slips make one title of the other; None if slips do not explain it.

    The titles are walked side by side; where they part, the words up to where they meet again are
    read as one run, so that words torn apart or grown together are a slip like any other.
    """
    slips, i, j = 0, 0, 0
    while i < len(a) or j < len(b):
        if i < len(a) and j < len(b) and a[i] == b[j]:
            i, j = i + 1, j + 1
            continue
        step = _meeting_point(a, b, i, j)
        run_a, run_b = "".join(a[i : i + step[0]]), "".join(b[j : j + step[1]])
        if run_a != run_b:
            if not _is_slip(run_a, run_b):
                return None
            slips += 1
        i, j = i + step[0], j + step[1]
    return slips


def _meeting_point(a: tuple[str, ...], b: tuple[str, ...], i: int, j: int) -> tuple[int, int]:
    for total in range(2, 9):
        for x in range(min(total, len(a) - i) + 1):
            y = total - x
            if y <= len(b) - j and i + x < len(a) and j + y < len(b) and a[i + x] == b[j + y]:
                return x, y
    return len(a) - i, len(b) - j


def _is_slip(run_a: str, run_b: str) -> bool:
    longest = max(len(run_a), len(run_b))
    if min(len(run_a), len(run_b)) < 4 or _DIGITS.findall(run_a) != _DIGITS.findall(run_b):
        return False
    if run_a[0] != run_b[0] and (longest < 7 or len(run_a) != len(run_b)):
        return False  # "rats" and "cats", "typical" and "atypical"
    return within(run_a, run_b, 1 if longest < 8 else 2 if longest < 16 else 3)
