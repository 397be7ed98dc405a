"""Adding on the page as a person does it: a real server, a real Chromium, script or none."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Visitor, visitor
from tests.loopback.faults import Dripping, Silent
from tests.loopback.world import World
from tests.site.adding import DOI, HOSTILE, OTHER, RETRACTED, SEED

pytestmark = pytest.mark.browser

AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
COMMAND = [sys.executable, "-c", "from library.cli.main import main; main()"]
BIBTEX = "@article{mine2020,\n  title  = {On Wells},\n  author = {Ash, Ann},\n  year   = {2020},\n}"
AGAIN = (
    "@article{x, title={Integrating curricula on human trafficking into medical education},"
    " author={Grace, Aimee M. and Ahn, Roy}, journal={Academic Medicine}, year={2014}}"
)


@dataclass
class Served:
    """A running server, its folder, and the address that signs one in."""

    url: str
    sign_in: str
    process: subprocess.Popen[str]


@contextmanager
def serving(folder: Path, environment: Mapping[str, str]) -> Iterator[Served]:
    """Run `library serve --sign-in` on a free port."""
    process = subprocess.Popen(
        [*COMMAND, "serve", "--port", "0", "--sign-in", "--root", str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**environment, "PATH": "/usr/bin:/bin", "PYTHONUNBUFFERED": "1"},
    )
    try:
        assert process.stdout is not None
        lines = [process.stdout.readline(), process.stdout.readline()]
        found = [re.search(r"http://\S+", line) for line in lines]
        if not all(found):
            process.kill()
            pytest.fail(f"the server did not start: {lines}{process.communicate()[1]}")
        first, second = (match[0] for match in found if match)
        yield Served(first.rstrip("/"), second, process)
    finally:
        process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=15)
        if process.poll() is None:
            process.kill()
            process.communicate()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of a small library."""
    (tmp_path / "references.bib").write_text(SEED, encoding="utf-8")
    (tmp_path / "metadata.yml").write_text("title: A small library\n", encoding="utf-8")
    return tmp_path


@pytest.fixture
def served(folder: Path, loopback_environment: Mapping[str, str]) -> Iterator[Served]:
    """Serve it, pointed at the loopback services."""
    with serving(folder, loopback_environment) as running:
        yield running


@contextmanager
def signed_in(browser: Browser, served: Served, **options: object) -> Iterator[Visitor]:
    """Let somebody sign in by the printed address; nothing may go wrong until they leave."""
    context, visiting = visitor(browser, served.url, **options)
    visiting.page.goto(served.sign_in)
    yield visiting
    assert visiting.troubles == []
    context.close()


def look_up(visiting: Visitor, text: str) -> Page:
    """Go from the menu to the form, paste, and wait for the preview."""
    page = visiting.go("/")
    page.get_by_role("link", name="Add works").click()
    page.get_by_label("Identifiers, references or a file’s text").fill(text)
    page.get_by_role("button", name="Look them up").click()
    expect(page.locator("h1")).to_contain_text(re.compile("new|Nothing"), timeout=30_000)
    return page


@pytest.mark.parametrize("script", [True, False], ids=["with-javascript", "without-javascript"])
def test_somebody_pastes_looks_chooses_and_gets_keys_and_diff(
    chromium: Browser, served: Served, folder: Path, *, script: bool
) -> None:
    with signed_in(chromium, served, java_script_enabled=script) as visiting:
        page = look_up(visiting, f"{DOI}\n{OTHER}\n{BIBTEX}\n{AGAIN}\n10.5555/nobody.knows")
        expect(page.locator("h1")).to_have_text("3 new works")
        expect(page.get_by_text("Already in the library as present2014")).to_be_visible()
        expect(page.get_by_text("No such DOI is registered anywhere")).to_be_visible()
        page.get_by_role("checkbox").nth(1).uncheck()
        page.get_by_role("button", name="Add the chosen works").click()
        expect(page.locator("h1")).to_have_text("2 works were added", timeout=30_000)
        expect(page.locator("#new-keys")).to_have_text("sandy2017influenza, mine2020")
        page.get_by_text("What changed in references.bib").click()
        expect(page.locator("pre.diff")).to_contain_text("+@article{sandy2017influenza,")
        page.get_by_role("link", name="Influenza A Infections").click()
        expect(page.locator("h1")).to_contain_text("Influenza A Infections in Infants")
    text = (folder / "references.bib").read_text(encoding="utf-8")
    assert text.startswith(SEED)
    assert BIBTEX in text
    assert OTHER not in text


def test_progress_is_seen_while_a_service_is_slow(
    chromium: Browser, served: Served, loopback: World
) -> None:
    loopback.fail(Dripping(0.002), times=1)
    with signed_in(chromium, served) as visiting:
        page = visiting.go("/-/add")
        page.get_by_label("Identifiers, references or a file’s text").fill(DOI)
        page.get_by_role("button", name="Look them up").click()
        expect(page.locator("h1")).to_have_text("Looking up 1 work")
        expect(page.get_by_role("progressbar")).to_be_visible()
        expect(page.locator("h1")).to_have_text("1 new work", timeout=30_000)


def test_a_killed_server_goes_on_with_the_job_when_it_starts_again(
    chromium: Browser, folder: Path, loopback: World, loopback_environment: Mapping[str, str]
) -> None:
    loopback.fail(Silent(), times=1)
    with (
        serving(folder, loopback_environment) as served,
        signed_in(chromium, served) as visiting,
    ):
        page = visiting.go("/-/add")
        page.get_by_label("Identifiers, references or a file’s text").fill(DOI)
        page.get_by_role("button", name="Look them up").click()
        expect(page.locator("h1")).to_have_text("Looking up 1 work")
        path = page.url.removeprefix(served.url)
        while not loopback.log:  # the service was asked, and is silent
            page.wait_for_timeout(100)
        page.goto("about:blank")
        served.process.kill()
    with (
        serving(folder, loopback_environment) as served,
        signed_in(chromium, served) as visiting,
    ):
        page = visiting.go(path)
        expect(page.locator("h1")).to_have_text("1 new work", timeout=30_000)
        page.get_by_role("button", name="Add it").click()
        expect(page.locator("h1")).to_have_text("1 work was added", timeout=30_000)


def test_a_visitor_finds_no_way_in(chromium: Browser, served: Served) -> None:
    context, visiting = visitor(chromium, served.url)
    expect(visiting.go("/").get_by_role("link", name="Add works")).to_have_count(0)
    assert visiting.troubles == []
    expect(visiting.go("/-/add").locator("h1")).to_have_text("Not for you to use")
    expect(visiting.page.locator("main form")).to_have_count(0)
    context.close()


def test_a_file_comes_into_the_field_and_the_bookmarklet_is_for_dragging(
    chromium: Browser, served: Served, tmp_path: Path
) -> None:
    path = tmp_path / "mine.bib"
    path.write_text(BIBTEX, encoding="utf-8")
    with signed_in(chromium, served) as visiting:
        page = visiting.go("/-/add?url=https://example.org/article")
        field = page.get_by_label("Identifiers, references or a file’s text")
        expect(field).to_have_value("https://example.org/article")
        page.get_by_label("or take a file").set_input_files(path)
        expect(field).to_have_value(BIBTEX)
        page.get_by_role("link", name="Add to A small library").click()
        expect(page.get_by_role("link", name="Drag me to your bookmarks")).to_be_visible()
        assert page.url.endswith("/-/add?url=https://example.org/article")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_axe_finds_nothing_on_the_pages_of_adding(
    chromium: Browser, served: Served, scheme: str, width: int
) -> None:
    def look(page: Page) -> None:
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
        sideways = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert sideways <= 0, "the page scrolls sideways"

    size = {"width": width, "height": 900}
    with signed_in(chromium, served, color_scheme=scheme, viewport=size) as visiting:
        look(visiting.go("/-/add"))
        page = look_up(
            visiting,
            f"{DOI}\n{RETRACTED}\n{HOSTILE}\n{AGAIN}\nno identifier at all\n10.5555/nobody.knows",
        )
        look(page)
        expect(page.get_by_label("Add A Trial That Was Never Run")).not_to_be_checked()
        page.get_by_role("button", name="Add the chosen works").click()
        expect(page.locator("h1")).to_contain_text("added", timeout=30_000)
        look(page)
        look(visiting.go("/-/add"))
