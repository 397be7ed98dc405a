"""A real Chromium and a real server, for what only a browser can tell."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    sync_playwright,
)

DATA = Path(__file__).parents[1] / "data" / "site"
USUAL = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def find_chromium(playwright: Playwright) -> str | None:
    """Return the path of a Chromium: CHROMIUM, the usual names, Playwright's own."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named
    for name in USUAL:
        path = shutil.which(name)
        if path:
            return path
    own = Path(playwright.chromium.executable_path)
    return str(own) if own.exists() else None


# For a module, not the session: while Playwright runs, no other event loop can (tests of the site).
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Return a running Chromium, or skip and say why; under CI=true its absence is a failure."""
    with sync_playwright() as playwright:
        path = find_chromium(playwright)
        if path is None:
            told = "no Chromium: set CHROMIUM, or install one (playwright install chromium)"
            if os.environ.get("CI") == "true":
                pytest.fail(told)
            pytest.skip(told)
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the invented library as a user would, and return its address without a last slash."""
    root = tmp_path_factory.mktemp("library")
    shutil.copy(DATA / "library.bib", root / "references.bib")
    shutil.copy(DATA / "metadata.yml", root / "metadata.yml")
    command = [sys.executable, "-c", "from library.cli.main import main; main()"]
    server = subprocess.Popen(
        [*command, "serve", "--port", "0", "--root", str(root)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert server.stdout is not None
    line = server.stdout.readline()
    if "http://" not in line:
        server.kill()
        pytest.fail(f"the server did not start: {line}{server.communicate()[1]}")
    yield line.split()[4].rstrip("/")
    server.terminate()
    with suppress(subprocess.TimeoutExpired):
        server.communicate(timeout=10)
    if server.poll() is None:
        server.kill()


class Visitor:
    """A page of the browser that remembers what went wrong on it."""

    def __init__(self, page: Page, site: str) -> None:
        self.page = page
        self.site = site
        self.troubles: list[str] = []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.troubles.append(f"error: {error}"))
        page.on("dialog", lambda dialog: self.troubles.append(f"dialog: {dialog.message}"))
        page.on("request", self._request)

    def go(self, path: str) -> Page:
        """Open a path of the site."""
        self.page.goto(self.site + path)
        return self.page

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.troubles.append(f"{message.type}: {message.text}")

    def _request(self, request: object) -> None:
        url = str(getattr(request, "url", ""))
        if not url.startswith((self.site, "data:", "blob:")):
            self.troubles.append(f"request to another host: {url}")


def visitor(browser: Browser, site: str, **options: object) -> tuple[BrowserContext, Visitor]:
    """Return a fresh browser context and a visitor in it."""
    context = browser.new_context(reduced_motion="reduce", **options)  # type: ignore[arg-type] # Playwright's own options
    return context, Visitor(context.new_page(), site)


@pytest.fixture(params=[True, False], ids=["with-javascript", "without-javascript"])
def anyone(chromium: Browser, site: str, request: pytest.FixtureRequest) -> Iterator[Visitor]:
    """Return a visitor with JavaScript, then one without; nothing may go wrong for either."""
    context, visiting = visitor(chromium, site, java_script_enabled=request.param)
    yield visiting
    context.close()
    assert visiting.troubles == []


@pytest.fixture
def guest(chromium: Browser, site: str) -> Iterator[Visitor]:
    """Return a visitor with JavaScript; nothing may go wrong."""
    context, visiting = visitor(chromium, site, permissions=["clipboard-read", "clipboard-write"])
    yield visiting
    context.close()
    assert visiting.troubles == []
