"""axe-core finds nothing on any page of ours, in light and dark, wide and narrow."""

from importlib.resources import files

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import visitor

pytestmark = pytest.mark.browser

AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
PAGES = (
    *("/", "/works", "/works?q=growth&type=article-journal", "/works?q=nothing-at-all"),
    *("/works?year_from=2010#filters", "/w/ordinary2014", "/w/hostile-markup", "/w/arabic2011"),
    *("/people", "/venues", "/keywords", "/funders", "/missing", "/health", "/about", "/list"),
    *("/list?key=ordinary2014&key=thesis2012", "/works/by/author", "/person/alder%2C%20ann"),
    *("/cite?key=ordinary2014&key=thesis2012&style=apa", "/keyword/topic%3Agrowth"),
    *("/w/gone", "/works?sort=colour"),
)
MAY_FAIL = frozenset(("/w/gone", "/works?sort=colour"))
"""Pages whose status the browser itself reports as an error on its console."""


DARK_AND_NARROW = PAGES[:8] + PAGES[15:17]
"""Colours and widths belong to the pieces, which these pages have all of."""
LOOKS = [
    *(pytest.param("light", 1280, path, id=f"light-wide-{path}") for path in PAGES),
    *(pytest.param("dark", 390, path, id=f"dark-narrow-{path}") for path in DARK_AND_NARROW),
]


@pytest.mark.parametrize(("scheme", "width", "path"), LOOKS)
def test_axe_finds_nothing(
    chromium: Browser, site: str, scheme: str, width: int, path: str
) -> None:
    context, looking = visitor(
        chromium, site, color_scheme=scheme, viewport={"width": width, "height": 900}
    )
    page = looking.go(path)
    for menu in page.locator("details").all():
        menu.evaluate("element => element.open = true")
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    told = [
        f"{one['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
        for one in found["violations"]
        for node in one["nodes"][:3]
    ]
    assert told == []
    width = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert width <= 0, "the page scrolls sideways"
    if path not in MAY_FAIL:
        assert looking.troubles == []
    context.close()
