"""What people come for: to explore, to choose, to cite; with JavaScript and without."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Visitor, visitor
from tests.browser.slowly import slowly

pytestmark = pytest.mark.browser


def test_explore_from_the_first_page_to_a_work(anyone: Visitor) -> None:
    page = anyone.go("/")
    page.get_by_role("searchbox").fill("growth light")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("2 works")
    assert page.locator("mark").count() > 0
    page.get_by_role("link", name="Growth and Light, Revisited").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Growth and Light, Revisited")
    page.get_by_role("link", name="Ann Alder").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ann Alder")


def test_filters_narrow_and_chips_take_them_back(anyone: Visitor) -> None:
    page = anyone.go("/works")
    page.get_by_role("checkbox", name=re.compile("^Book 1")).check()
    apply = page.get_by_role("button", name="Apply filters")
    if apply.is_visible():
        page.get_by_role("checkbox", name=re.compile("^Thesis")).check()
        apply.click()
    else:
        expect(page.get_by_role("heading", level=1)).to_have_text("1 work")
        page.get_by_role("checkbox", name=re.compile("^Thesis")).check()
    expect(page.get_by_role("heading", level=1)).to_have_text("2 works")
    assert "type=book" in page.url
    assert "type=thesis" in page.url
    page.get_by_role("link", name=re.compile("Remove the filter Type: Book")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("1 work")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("2 works")


def test_years_narrow_by_field_and_by_bar(anyone: Visitor) -> None:
    page = anyone.go("/works")
    page.locator("#year_from").fill("2016")
    page.locator("#year_from").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("5 works")
    page = anyone.go("/works")
    page.locator(".histogram a").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("1 work")
    assert "year_from=2021&year_to=2021" in page.url


def test_the_order_can_be_chosen(anyone: Visitor) -> None:
    page = anyone.go("/works")
    page.get_by_label("Sort by").select_option("title")
    sort = page.get_by_role("button", name="Sort")
    if sort.is_visible():
        sort.click()
    expect(page.locator(".work-title").first).to_have_text("Addresses that Must not be Linked")


def test_choose_works_and_take_them_away(anyone: Visitor) -> None:
    page = anyone.go("/works?q=growth")
    page.get_by_role("checkbox", name="Choose Handbook of Growth").check()
    put = page.get_by_role("button", name="Put in a list")
    if put.is_visible():
        put.click()
        page.get_by_role("link", name="Add more works").click()
        page.get_by_role("checkbox", name="Choose On Light").check()
        page.get_by_role("button", name="Put in a list").click()
    else:
        page.goto(anyone.site + "/works?q=light")
        page.get_by_role("checkbox", name="Choose On Light").check()
        page.get_by_role("link", name="Your list (2)").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your list")
    titles = page.locator(".work-title").all_inner_texts()
    assert sorted(titles) == ["Handbook of Growth", "On Light"]
    page.locator("summary", has_text="Export").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="BibTeX", exact=True).click()
    text = download.value.path().read_text(encoding="utf-8")
    assert text.count("@") == 2
    assert download.value.suggested_filename == "list.bib"


def test_cite_a_work_by_one_click(guest: Visitor) -> None:
    page = guest.go("/w/ordinary2014")
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == (
        "Alder, Ann; de Birch, Beda; Cedar Institute (2014) A Study of CO2 in Quercus Leaves. "
        "Journal of Invented Botany, 12(3), 101–118. https://doi.org/10.5555/ordinary.2014"
    )
    page.get_by_role("button", name="Copy BibTeX").click()
    expect(page.get_by_role("status")).to_have_text("Copied to the clipboard.")
    assert page.evaluate("navigator.clipboard.readText()").startswith("@article{ordinary2014,")


def test_cite_a_work_in_another_style(guest: Visitor) -> None:
    page = guest.go("/w/ordinary2014")
    page.get_by_label("Style").select_option(label="AMA")
    expect(page.locator("#citation")).to_contain_text("Alder A, de Birch B, Cedar Institute.")
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").startswith("1.")
    kinds = "navigator.clipboard.read().then((items) => items[0].types)"
    assert set(page.evaluate(kinds)) == {"text/plain", "text/html"}
    page.get_by_label("Style").select_option(label="Plain")
    expect(page.locator("#citation")).to_contain_text("Alder, Ann; de Birch, Beda")


def test_cite_without_a_script(chromium: Browser, site: str) -> None:
    context, reader = visitor(chromium, site, java_script_enabled=False)
    page = reader.go("/w/ordinary2014")
    page.get_by_label("Style").select_option(label="Nature")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Cite")
    expect(page.locator("#cited")).to_contain_text("Alder, A., de Birch, B.")
    context.close()


def test_a_list_is_kept_in_the_browser_and_can_be_emptied(guest: Visitor) -> None:
    page = guest.go("/w/ordinary2014")
    button = page.get_by_role("button", name="Add to your list")
    button.click()
    expect(page.get_by_role("link", name="Your list (1)")).to_be_visible()
    expect(page.get_by_role("button", name="In your list")).to_have_attribute(
        "aria-pressed", "true"
    )
    page.get_by_role("link", name="Your list (1)").click()
    expect(page.locator(".work-title")).to_have_count(1)
    page.get_by_role("button", name="Empty the list").click()
    expect(page.get_by_text("There is nothing in it yet")).to_be_visible()


def test_everything_on_the_works_page_is_reached_by_keyboard(guest: Visitor) -> None:
    page = guest.go("/works")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("light")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("works for “light”")
    box = page.get_by_role("checkbox", name=re.compile("^Thesis"))
    box.focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("heading", level=1)).to_contain_text("1 work for")
    expect(page.get_by_role("checkbox", name=re.compile("^Thesis"))).to_be_focused()
    expect(page.get_by_role("status")).to_contain_text("1 work")


def test_on_a_telephone_results_come_first_and_filters_are_a_sheet(
    chromium: Browser, site: str
) -> None:
    for with_javascript in (True, False):
        context, guest = visitor(
            chromium,
            site,
            viewport={"width": 390, "height": 800},
            java_script_enabled=with_javascript,
        )
        page = guest.go("/works")
        expect(page.get_by_role("checkbox", name=re.compile("^Book 1"))).to_be_hidden()
        assert page.locator(".work-title").first.bounding_box()["y"] < 500  # type: ignore[index] # it is visible
        page.get_by_role("link", name="Filters").click()
        page.get_by_role("checkbox", name=re.compile("^Book 1")).check()
        if with_javascript:
            expect(page.get_by_role("link", name="Show 1 work", exact=True)).to_be_visible()
            page.get_by_role("link", name="Show 1 work", exact=True).click()
        else:
            page.get_by_role("button", name="Apply filters").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("1 work")
        expect(page.get_by_role("checkbox", name=re.compile("^Book 1"))).to_be_hidden()
        context.close()
        assert guest.troubles == []


@pytest.fixture
def measured(chromium: Browser, site: str) -> Iterator[Visitor]:
    """Return a visitor whose pages count how much of them shifts while they load."""
    context, visiting = visitor(chromium, site)
    context.add_init_script(
        "window.shifted = 0; new PerformanceObserver(list => { for (const entry of "
        "list.getEntries()) window.shifted += entry.value; })"
        ".observe({type: 'layout-shift', buffered: true})"
    )
    yield visiting
    context.close()


@pytest.mark.parametrize("path", ["/", "/works", "/works?q=growth", "/w/ordinary2014", "/health"])
def test_nothing_shifts_complains_or_asks_another_host(measured: Visitor, path: str) -> None:
    page = measured.go(path)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("window.shifted") == 0
    assert measured.troubles == []
    weight = page.evaluate(
        "performance.getEntriesByType('resource').concat(performance.getEntriesByType('navigation'))"
        ".reduce((sum, one) => sum + one.decodedBodySize, 0)"
    )
    assert weight <= 120_000
    kinds = page.evaluate("performance.getEntriesByType('resource').map(one => one.name)")
    assert sum(name.endswith(".css") for name in kinds) == 1
    assert sum(name.endswith(".js") for name in kinds) == 1


@pytest.mark.parametrize("path", ["/", "/works?q=growth", "/w/ordinary2014", "/people"])
def test_nothing_shifts_when_a_page_comes_in_pieces(
    measured: Visitor, site: str, path: str
) -> None:
    with slowly(site) as address:
        page = measured.page
        page.goto(address + path)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("window.shifted") == 0


@pytest.mark.parametrize(
    "path", ["/library", "/library/works", "/library?sql=select+citation_key+from+works"]
)
def test_datasettes_own_pages_run_under_their_policy(guest: Visitor, path: str) -> None:
    page = guest.go(path)
    page.wait_for_load_state("networkidle")
    if "sql=" in path:
        expect(page.locator(".CodeMirror")).to_be_visible()
