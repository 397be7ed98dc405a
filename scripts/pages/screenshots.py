"""`python -m pages.screenshots`: a picture of every page of the site, at both widths.

They are taken of the library that the site's tests use, served as a user would.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, StorageState, sync_playwright

ROOT: Final = Path(__file__).resolve().parents[2]
TARGET: Final = ROOT / "docs" / "screenshots"
PAGE: Final = TARGET / "README.md"
DATA: Final = ROOT / "tests" / "data" / "site"
WIDTHS: Final = {"1280": (1280, 900), "390": (390, 844)}
PAGES: Final[dict[str, tuple[str, str]]] = {
    # name: (address, what it shows)
    "home": ("/", "The first page"),
    "works": ("/works", "All works, with facets"),
    "search": ("/works?q=growth&type=article-journal", "A search, narrowed"),
    "facet": ("/works/by/author", "All values of a facet"),
    "work": ("/w/ordinary2014", "A work"),
    "people": ("/people", "People"),
    "person": ("/person/alder%2C%20ann", "A person"),
    "venues": ("/venues", "Venues"),
    "keywords": ("/keywords", "Topics"),
    "keyword": ("/keyword/topic%3Agrowth", "A topic"),
    "funders": ("/funders", "Funders"),
    "missing": ("/missing", "Works that are cited, but not here"),
    "health": ("/health", "What is wrong with the data"),
    "list": ("/list?key=ordinary2014&key=handbook2010", "A list of chosen works"),
    "cite": ("/cite?key=ordinary2014&key=handbook2010&style=apa", "Works in a citation style"),
    "about": ("/about", "About the site"),
    "nothing-there": ("/w/nobody1900", "An address that leads nowhere"),
    "data": ("/library", "The tables, by Datasette"),
    "add": ("/-/add", "Adding works, signed in"),
}
DARK: Final = ("works", "work")


@contextmanager
def serving(folder: Path) -> Iterator[tuple[str, str]]:
    """Serve the invented library; give its address and one that signs in."""
    shutil.copy(DATA / "library.bib", folder / "references.bib")
    shutil.copy(DATA / "metadata.yml", folder / "metadata.yml")
    command = [sys.executable, "-c", "from library.cli.main import main; main()", "serve"]
    with subprocess.Popen(
        [*command, "--port", "0", "--root", str(folder), "--sign-in"],
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        try:
            if server.stdout is None:
                raise RuntimeError("the server says nothing")
            found = [re.search(r"http://\S+", server.stdout.readline()) for _ in range(2)]
            site, token = (one.group() if one else "" for one in found)
            yield site.rstrip("/"), token
        finally:
            server.terminate()


def main() -> None:
    """Take the pictures, and write the page that shows them."""
    TARGET.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder)) as (site, token),
        sync_playwright() as playwright,
    ):
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM"), args=arguments
        )
        first = browser.new_context()
        first.new_page().goto(token)
        signed_in = first.storage_state()
        for width, size in WIDTHS.items():
            _take(browser, site, width, size, signed_in)
        browser.close()
    PAGE.write_text(page(), encoding="utf-8")


def _take(
    browser: Browser, site: str, width: str, size: tuple[int, int], signed_in: StorageState
) -> None:
    shape = {"width": size[0], "height": size[1]}
    for scheme in ("light", "dark"):
        context = browser.new_context(
            viewport=shape,
            color_scheme=scheme,
            reduced_motion="reduce",  # type: ignore[arg-type]
        )
        tab = context.new_page()
        for name, (address, _) in PAGES.items():
            if scheme == "dark" and (name not in DARK or width != "1280"):
                continue
            if name == "add":
                context.add_cookies(signed_in["cookies"])
            tab.goto(site + address)
            end = "-dark" if scheme == "dark" else ""
            tab.screenshot(path=TARGET / f"{name}-{width}{end}.png")
        context.close()


def page() -> str:
    """Return the page that shows the pictures."""
    lines = [
        "# What the site looks like",
        "",
        "Taken by `scripts/screenshots` in Chromium, of the invented library of the site's tests.",
        "",
    ]
    for name, (_, shows) in PAGES.items():
        desktop = f'<img src="{name}-1280.png" width="640" alt="{shows}, on a desktop">'
        phone = f'<img src="{name}-390.png" width="195" alt="{shows}, on a phone">'
        lines += [f"## {shows}", "", f"{desktop} {phone}", ""]
    lines += [f"![{PAGES[name][1]}, dark]({name}-1280-dark.png)" for name in DARK]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
