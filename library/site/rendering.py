"""Our own templates, and what every page knows about the site."""

import hashlib
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from library.site import compat
from library.site.addresses import doi_url, safe_url
from library.site.compat import Datasette
from library.values import markup

FOLDER = Path(__file__).parent
STATIC = FOLDER / "static"


@dataclass(frozen=True, slots=True)
class Site:
    """What the pages say about the library as a whole; from metadata.yml."""

    title: str = "Library"
    description: str = ""
    license: str = ""
    license_url: str | None = None
    source: str = ""
    source_url: str | None = None
    about: str = ""
    about_url: str | None = None
    url: str = ""  # the site's public address, where it is known: "https://library.example.org"
    fingerprint: str = field(default="", compare=False)  # changes when any of the above does

    @classmethod
    async def of(cls, datasette: Datasette) -> "Site":
        """Read what `datasette` has been told about the site."""
        told = await compat.metadata(datasette)
        ours = datasette.plugin_config("library") or {}
        named = {
            name: str(told[name])
            for name in ("title", "description", "license", "source", "about")
            if told.get(name)
        }
        links = {
            name: safe_url(told.get(name)) for name in ("license_url", "source_url", "about_url")
        }
        url = str(ours.get("site_url") or "").rstrip("/")
        mark = hashlib.sha256(repr((sorted(named.items()), list(links.items()), url)).encode())
        return cls(
            **named,
            license_url=links["license_url"],
            source_url=links["source_url"],
            about_url=links["about_url"],
            url=url if urlsplit(url).scheme in ("http", "https") else "",
            fingerprint=mark.hexdigest(),
        )


def render(template: str, ask: Any, context: dict[str, Any]) -> str:  # noqa: ANN401 - answers.Ask, which imports us
    """Fill one of our templates; `ask` is the `answers.Ask` behind the page."""
    return (
        environment()
        .get_template(template)
        .render(to=ask.to, site=ask.site, ask=ask, asset=asset_version(), **context)
    )


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Return the Jinja environment of our pages; everything is escaped unless marked as safe."""
    env = Environment(
        loader=ChoiceLoader([FileSystemLoader(FOLDER / "templates" / "library")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    env.filters.update(
        number=number, rich=rich, plain=markup.plain, linkable=safe_url, doi_url=doi_url
    )
    return env


def frame_stock_pages(env: Environment, datasette: Datasette) -> None:
    """Put Datasette's own pages into our frame: our base.html goes before its own.

    A template folder that the user gave (`--template-dir`) still goes before ours.
    """
    ours = FileSystemLoader(FOLDER / "templates" / "datasette")
    theirs = getattr(datasette, "template_dir", None)
    first = [FileSystemLoader(theirs)] if theirs else []
    env.loader = ChoiceLoader([*first, ours, *([env.loader] if env.loader else [])])
    env.globals["library_asset"] = asset_version()
    env.globals["library_title"] = "Library"  # until `title_stock_pages`


async def title_stock_pages(datasette: Datasette) -> None:
    """Give Datasette's own pages the library's title, once metadata can be read."""
    environment = compat.environment(datasette)
    environment.globals["library_title"] = (await Site.of(datasette)).title


def number(value: int | None) -> str:
    """Return a count as people write it: 12,345."""
    return "" if value is None else f"{value:,}"


def rich(text: str | None) -> Markup:
    """Return text that may hold CSL's inline markup as safe HTML."""
    return Markup(markup.to_html(text)) if text else Markup()  # noqa: S704 - to_html escapes


@lru_cache(maxsize=1)
def asset_version() -> str:
    """Return a name for the present state of our style sheet and script."""
    digest = hashlib.sha256()
    for path in sorted(STATIC.iterdir()):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
