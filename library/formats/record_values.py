"""Values that the records of several sources hold alike: dates, pages, languages, identifiers."""

import re
from collections.abc import Callable, Iterable

from library.errors import IdentifierError
from library.formats.record import Record
from library.values.dates import Date, DateParts
from library.values.markup import from_markup, plain

_NOTHING = frozenset(
    {"n/a", "na", "n/a-n/a", "n/an/a", "no-no", "null", "null-null", "none", "undefined", "-", "--"}
    | {"nil", "unknown", "unpaged", "n.pag", "n.pag.", "not available", "ahead-of-print"}
    | {
        "ahead of print",
        "in press",
        "online first",
        "epub ahead of print",
        "undefined-undefined",
        "0-0",
    }
)
_DASHES = re.compile(r"\s*[-\u00ad\u2010-\u2015\u2212]+\s*")
_LANGUAGES = {
    "eng": "en", "english": "en", "ger": "de", "deu": "de", "german": "de", "deutsch": "de",
    "fre": "fr", "fra": "fr", "french": "fr", "français": "fr", "spa": "es", "spanish": "es",
    "español": "es", "ita": "it", "italian": "it", "por": "pt", "portuguese": "pt", "rus": "ru",
    "russian": "ru", "chi": "zh", "zho": "zh", "chinese": "zh", "jpn": "ja", "japanese": "ja",
    "kor": "ko", "korean": "ko", "dut": "nl", "nld": "nl", "dutch": "nl", "pol": "pl",
    "polish": "pl", "tur": "tr", "turkish": "tr", "ara": "ar", "arabic": "ar", "swe": "sv",
    "swedish": "sv", "dan": "da", "danish": "da", "nor": "no", "norwegian": "no", "fin": "fi",
    "finnish": "fi", "cze": "cs", "ces": "cs", "czech": "cs", "hun": "hu", "hungarian": "hu",
    "gre": "el", "ell": "el", "greek": "el", "heb": "he", "hebrew": "he", "ukr": "uk",
    "ukrainian": "uk", "ind": "id", "indonesian": "id", "per": "fa", "fas": "fa", "persian": "fa",
    "rum": "ro", "ron": "ro", "romanian": "ro", "hrv": "hr", "croatian": "hr", "srp": "sr",
    "serbian": "sr", "slv": "sl", "slovenian": "sl", "slo": "sk", "slk": "sk", "slovak": "sk",
    "bul": "bg", "bulgarian": "bg", "cat": "ca", "catalan": "ca", "lat": "la", "latin": "la",
    "vie": "vi", "vietnamese": "vi", "tha": "th", "thai": "th", "lit": "lt", "lithuanian": "lt",
    "lav": "lv", "latvian": "lv", "est": "et", "estonian": "et", "ice": "is", "isl": "is",
}  # fmt: skip
_LAST_YEAR = 2200
_MONTHS = 12
_SEASONS = range(21, 25)
_DAYS = 31


def date_of(record: Record, key: str) -> Date | None:
    """Return the date under `key`, from CSL's `date-parts`; None for none and for `[[null]]`."""
    value = record.raw(key)
    if not isinstance(value, dict):
        if value not in (None, "", []):
            record.find("wrong-shape", f"{key} is not a date that can be read", field=key)
        return None
    parts = value.get("date-parts")
    first = parts[0] if isinstance(parts, list) and parts else None
    start = date_parts(first if isinstance(first, list) else parts)
    return Date(start=start) if start else None


def range_of(record: Record, start_key: str, end_key: str) -> Date | None:
    """Return the range between two dates; one date where they are the same or one is missing."""
    start, end = date_of(record, start_key), date_of(record, end_key)
    if start is None:
        return end
    if end is None or end.start == start.start or (end.start or (0,)) < (start.start or (0,)):
        return start
    return Date(start=start.start, end=end.start)


def date_parts(values: object) -> DateParts | None:
    """Return [2014, 3, 1] (numbers or strings) as date parts, as far as they make sense."""
    if not isinstance(values, list):
        return None
    numbers: list[int] = []
    for value in values[:3]:
        number = _number(value)
        if number is None:
            break
        numbers.append(number)
    if not numbers or not -_LAST_YEAR * 5 < numbers[0] <= _LAST_YEAR or numbers[0] == 0:
        return None
    year = numbers[0]
    month = numbers[1] if len(numbers) > 1 else 0
    if not (1 <= month <= _MONTHS or month in _SEASONS):
        return (year,)
    day = numbers[2] if len(numbers) > 2 and month <= _MONTHS else 0  # noqa: PLR2004 - year, month, day
    return (year, month, day) if 1 <= day <= _DAYS else (year, month)


def pages(text: str | None) -> str | None:
    """Return pages with "-" in ranges: "1282–1283" gives "1282-1283"; None for "n/a"."""
    if not text:
        return None
    cleaned = plain(from_markup(text)).strip(" .,;")
    cleaned = re.sub(
        r"^(?:pp?\.?|pages?|seiten?|S\.)\s*(?=\w?\d)", "", cleaned, flags=re.IGNORECASE
    )
    cleaned = _DASHES.sub("-", cleaned).strip("-")
    cleaned = re.sub(r"\s*,\s*", ", ", cleaned)
    return None if not cleaned or cleaned.lower() in _NOTHING else cleaned


def locator(record: Record, key: str) -> str | None:
    """Return a volume, issue or article number; None for words that stand for nothing."""
    text = record.text(key)
    if text is None:
        return None
    cleaned = plain(text)
    if cleaned.lower() in _NOTHING or (cleaned == "0" and key != "article-number"):
        return None
    return cleaned


def language_tag(text: str | None) -> str | None:
    """Return a language as a BCP 47 tag: "eng" gives "en", "EN_us" gives "en-US"."""
    if not text or not text.strip():
        return None
    words = re.split(r"[-_]", text.strip())
    head = _LANGUAGES.get(words[0].lower(), words[0].lower())
    if not re.fullmatch(r"[a-z]{2,3}", head) or head in {"und", "mul", "zxx", "mis"}:
        return None
    tail = [word.upper() if len(word) == 2 else word.title() for word in words[1:]]  # noqa: PLR2004 - a region
    return "-".join([head, *tail])


def one_identifier(record: Record, key: str, normalise: Callable[[str], str]) -> str | None:
    """Return the identifier under `key` in its stored form; a wrong one is a finding and None."""
    text = record.string(key)
    if text is None:
        return None
    try:
        return normalise(text)
    except IdentifierError as error:
        record.find("bad-identifier", f"{error}; it was left out", field=key)
        return None


def identifiers(
    record: Record, keys: Iterable[str], typed_key: str, normalise: Callable[[str], str]
) -> tuple[str, ...]:
    """Return ISBNs or ISSNs, each once, those in print first; a wrong one is kept as written.

    Args:
        record: where they stand.
        keys: names of lists of strings.
        typed_key: name of a list of {"type": "print", "value": …}; "" for none.
        normalise: brings one to its stored form, or raises IdentifierError.
    """
    typed = record.children(typed_key) if typed_key else []
    printed = [item.string("value") for item in typed if item.string("type") == "print"]
    rest = [item.string("value") for item in typed]
    stated = [text for key in keys for text in record.strings(key)]
    found: dict[str, None] = {}
    for text in (*printed, *stated, *rest):
        for one in several(text or "", normalise):
            try:
                found.setdefault(normalise(one))
            except IdentifierError as error:
                if one not in found:
                    record.find(
                        "bad-identifier", f"{error}; it was kept as written", severity="info"
                    )
                found.setdefault(one)
    return tuple(found)


def several(text: str, normalise: Callable[[str], str]) -> list[str]:
    """Return the identifiers in one string: "1935-7893, 1938-744X (online)" holds two."""
    bare = re.sub(r"\([^()]*\)", " ", text)
    bare = re.sub(r"https?://\S*/(?:isbn|issn)/", "", bare, flags=re.IGNORECASE)
    found: list[str] = []
    for part in re.split(r"[,;/|]", bare):
        words = part.split()
        if len(words) > 1 and not _is_valid(part, normalise):
            if all(len(word) >= 8 for word in words):  # noqa: PLR2004 - an ISSN is the shortest
                found.extend(words)
                continue
            words = [" ".join(words)]
        if words:
            found.append(" ".join(words))
    return found


def _is_valid(text: str, normalise: Callable[[str], str]) -> bool:
    try:
        normalise(text)
    except IdentifierError:
        return False
    return True


def _number(value: object) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and re.fullmatch(r"\s*-?\d{1,6}\s*", value):
        return int(value)
    return None
