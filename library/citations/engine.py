"""Pandoc, run once for a whole request: items in, finished HTML entries out; results are kept.

Source: pandoc manual, "Citations", "Pandoc Lua"; CSL 1.0.2.
"""

import hashlib
import json
import subprocess
import tempfile
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Any, Final
from xml.etree.ElementTree import ParseError

from library.citations.errors import CitationError, CiteExtraMissingError
from library.citations.finish import finished
from library.citations.repair import item_for, name_forms, repaired
from library.citations.styles import Style

FORMATTER: Final = Path(__file__).with_name("formatter.lua")
KEPT: Final = 20_000  # entries in memory: about 10 MB
TIMEOUT: Final = 300  # seconds; 1,000 works take up to 8
Item = Mapping[str, Any]


class _Kept:
    """The entries that were used last; safe between threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._entries: OrderedDict[bytes, str] = OrderedDict()
        self._lock = Lock()

    def get(self, key: bytes) -> str | None:
        with self._lock:
            found = self._entries.get(key)
            if found is not None:
                self._entries.move_to_end(key)
            return found

    def put(self, key: bytes, entry: str) -> None:
        with self._lock:
            self._entries[key] = entry
            while len(self._entries) > self._most:
                self._entries.popitem(last=False)


_KEPT = _Kept(KEPT)


@lru_cache(maxsize=1)
def pandoc() -> Path:
    """Return pandoc, as the `cite` extra brings it.

    Raises:
        CiteExtraMissingError: it is not installed.
    """
    found = find_spec("pypandoc")
    for place in (found.submodule_search_locations or ()) if found else ():
        for name in ("pandoc", "pandoc.exe"):
            path = Path(place) / "files" / name
            if path.is_file():
                return path
    raise CiteExtraMissingError


def solo(items: Sequence[Item], style: Style, locale: str | None) -> list[str]:
    """Return each item's entry as HTML, as if it stood alone; "" where the style prints nothing."""
    keys = [_key(item, style, locale) for item in items]
    found = [_KEPT.get(key) for key in keys]
    missing = [place for place, entry in enumerate(found) if entry is None]
    if missing:
        entries = dict(run([items[place] for place in missing], style, locale, alone=True))
        for number, place in enumerate(missing):
            found[place] = entries.get(number, "")
            _KEPT.put(keys[place], found[place] or "")
    return [entry or "" for entry in found]


def _key(item: Item, style: Style, locale: str | None) -> bytes:
    content = json.dumps(item, sort_keys=True, ensure_ascii=False).encode("utf-8", "surrogatepass")
    digest = hashlib.blake2b(content, digest_size=20)
    digest.update(hashlib.blake2b(style.xml).digest())
    digest.update((locale or "").encode())
    return digest.digest()


def run(
    items: Sequence[Item], style: Style, locale: str | None, *, alone: bool
) -> list[tuple[int, str]]:
    """Format items and return (place in `items`, HTML) in the bibliography's order.

    Raises:
        CitationError: pandoc refused the style or ran too long.
        CiteExtraMissingError: pandoc is not installed.
    """
    names = name_forms(style.xml)
    sent = [item_for(one, place, names) for place, one in enumerate(items)]
    language = locale or style.locale or "en-US"
    with tempfile.TemporaryDirectory(prefix="library-cite-") as folder:
        path = Path(folder) / "style.csl"
        try:
            path.write_bytes(repaired(style.xml, solo=alone))
        except ParseError as error:
            raise CitationError(style.name, str(error)) from error
        request = {
            "groups": [json.dumps(sent)],
            "csl": str(path),
            "lang": language,
            "form": "html",
        }
        answer = call(["lua", str(FORMATTER)], json.dumps(request), style.name)
    try:
        (entries,) = json.loads(answer)
    except ValueError as error:
        raise CitationError(style.name, str(error)) from error
    american = language == "en-US"
    return [
        (int(name.removeprefix("ref-w")), finished(html, american=american))
        for name, html in entries
    ]


def call(arguments: Sequence[str], text: str, style: str) -> str:
    """Run pandoc on `text`, away from the network's and the user's own settings."""
    return _pandoc(arguments, text, style).decode()


def convert(body: str, arguments: Sequence[str], style: str) -> bytes:
    """Return an HTML fragment in another of pandoc's formats; it may read no file and no address.

    Raises:
        CitationError: pandoc failed.
        CiteExtraMissingError: pandoc is not installed.
    """
    return _pandoc([*arguments, "--sandbox"], body, style)


def _pandoc(arguments: Sequence[str], text: str, style: str) -> bytes:
    try:
        done = subprocess.run(  # noqa: S603 - our own program and arguments
            [str(pandoc()), *arguments],
            input=text.encode("utf-8", "replace"),
            capture_output=True,
            timeout=TIMEOUT,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CitationError(style, str(error)) from error
    if done.returncode:
        raise CitationError(style, done.stderr.decode(errors="replace"))
    return done.stdout
