"""Which address is answered by which view."""

from collections.abc import Callable
from typing import Any, Final

from datasette.utils.asgi import Request, Response

from library.export import FORMATS
from library.site import (
    care_pages,
    citing,
    feeds,
    group_pages,
    home,
    taking,
    unapi,
    work_page,
    works_page,
)
from library.site.answers import SAFE_HEADERS, View, answering
from library.site.rendering import STATIC, asset_version

_KEY: Final = r"(?P<key>[^/]+)"
_EXTENSIONS: Final = rf"\.(?P<extension>{'|'.join(FORMATS)})"

VIEWS: Final[tuple[tuple[str, View], ...]] = (
    (r"/$", home.home),
    (r"/works$", works_page.works),
    (r"/works\.atom$", feeds.atom),
    (r"/works/by/(?P<facet>[a-z_]+)$", works_page.facet_values),
    (rf"/w/{_KEY}$", work_page.work),
    (r"/doi/(?P<doi>.+)$", work_page.by_doi),
    (r"/people$", group_pages.people),
    (r"/venues$", group_pages.venues),
    (r"/keywords$", group_pages.keywords),
    (r"/funders$", group_pages.funders),
    (rf"/person/{_KEY}$", group_pages.person),
    (rf"/venue/{_KEY}$", group_pages.venue),
    (rf"/keyword/{_KEY}$", group_pages.keyword),
    (rf"/funder/{_KEY}$", group_pages.funder),
    (r"/missing$", care_pages.missing),
    (r"/health$", care_pages.health),
    (r"/about$", care_pages.about),
    (r"/list$", works_page.chosen_list),
    (r"/unapi$", unapi.unapi),
    (r"/sitemap\.xml$", feeds.sitemap_index),
    (r"/sitemap-(?P<part>[0-9]+)\.xml$", feeds.sitemap),
    (r"/robots\.txt$", feeds.robots),
    (r"/opensearch\.xml$", feeds.opensearch),
)
"""Pattern of the path -> view; the order does not matter, since no path matches two."""

_CONTENT_TYPES: Final = {
    "library.css": "text/css; charset=utf-8",
    "library.js": "text/javascript; charset=utf-8",
    "adding.css": "text/css; charset=utf-8",
    "adding.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}


def table() -> list[tuple[str, Callable[..., Any]]]:
    """Return what Datasette's hook register_routes wants."""
    return [
        *((pattern, answering(view)) for pattern, view in VIEWS),
        (rf"/works{_EXTENSIONS}$", taking.works),
        (rf"/list{_EXTENSIONS}$", taking.chosen_list),
        (r"/cite$", citing.page),
        (r"/cite\.json$", citing.as_json),
        (r"/cite\.docx$", citing.word),
        (r"/cite/styles\.json$", citing.styles_json),
        (r"/-/library/(?P<version>[0-9a-f]+)/(?P<name>[a-z.]+)$", static),
    ]


async def static(request: Request) -> Response:
    """Answer with our style sheet, script or icon; kept for a year under the present version."""
    name = request.url_vars["name"]
    if name not in _CONTENT_TYPES:
        return Response.text("There is no such file.", status=404)
    current = request.url_vars["version"] == asset_version()
    headers = {
        **SAFE_HEADERS,
        "cache-control": "public, max-age=31536000, immutable" if current else "no-cache",
    }
    return Response((STATIC / name).read_bytes(), 200, headers, _CONTENT_TYPES[name])
