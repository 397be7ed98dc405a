"""Citations, formatted by the real pandoc in real styles."""

import io
import re
import zipfile
from pathlib import Path

import pytest

from library import citations
from library.citations import engine, styles
from library.citations.finish import finished, safe_html
from library.errors import UsageError

pytestmark = pytest.mark.skipif(not citations.available(), reason="the cite extra is not installed")

ARTICLE = {
    "id": "Todres2014",
    "type": "article-journal",
    "title": "Between law and medicine: what happened between 1980 and 2010?",
    "author": [{"family": "Todres", "given": "Jo A."}, {"family": "Clay", "given": "E.-W."}],
    "issued": {"date-parts": [[2014, 4, 3]]},
    "container-title": "Journal of Made-up Studies",
    "volume": "370",
    "issue": "2-3",
    "page": "1282-1283",
    "DOI": "10.1000/abc",
    "note": "owner's own words",
}


def book(title: str, **more: object) -> dict[str, object]:
    return {
        "id": title,
        "type": "book",
        "title": title,
        "author": [{"family": "Doe", "given": "Ann"}],
        "issued": {"date-parts": [[2001]]},
        **more,
    }


def test_one_work_is_cited_in_apa() -> None:
    (entry,) = citations.cite([ARTICLE], "apa", None, "text")
    assert entry == (
        "Todres, J. A., & Clay, E.-W. (2014). Between law and medicine: what happened between "
        "1980 and 2010? Journal of Made-up Studies, 370(2–3), 1282–1283. "
        "https://doi.org/10.1000/abc"
    )


def test_the_owners_note_is_never_printed() -> None:
    for style in ("apa", "vancouver", "iso690-author-date-en", "mla"):
        assert "own words" not in citations.cite([ARTICLE], style, None, "text")[0]


def test_titles_that_end_in_a_question_keep_the_comma_that_ieee_sets() -> None:
    (entry,) = citations.cite([ARTICLE], "ieee", None, "text")
    assert "2010?,” Journal of Made-up Studies" in entry


def test_short_prepositions_stay_small_in_titles_of_chicago() -> None:
    work = book("The Time between Wars, and during Peace")
    (entry,) = citations.cite([work], "chicago", None, "text")
    assert "The Time between Wars, and during Peace" in entry


def test_titles_keep_small_words_behind_hyphens_and_abbreviations_small() -> None:
    work = book("Tree-like Structures, Proc. of the Dance of Planets")
    (entry,) = citations.cite([work], "chicago", None, "text")
    assert "Tree-like Structures, Proc. of the Dance of Planets" in entry


@pytest.mark.parametrize(
    ("page", "printed"),
    [
        ("333-333", "pp. 333–333"),
        ("xvi + 648", "p. xvi + 648"),
        ("16 pages", "p. 16 pages"),
        ("??-??", "p. ??-??"),
        ("7-??", "pp. 7–??"),
        ("115a-115", "pp. 115a–115"),
        ("12 & 14", "pp. 12 & 14"),
    ],
)
def test_pages_are_printed_as_they_stand_and_called_several_where_they_are(
    page: str, printed: str
) -> None:
    work = book("Pages", type="chapter", page=page) | {"container-title": "A Book"}
    (entry,) = citations.cite([work], "apa", None, "text")
    assert f"A Book ({printed})." in entry


def test_a_page_range_of_one_page_is_not_shortened() -> None:
    work = ARTICLE | {"page": "1451-1451"}
    assert "1451–1451" in citations.cite([work], "chicago", None, "text")[0]


def test_a_volume_that_says_that_it_is_one_is_not_called_so_twice() -> None:
    (entry,) = citations.cite([ARTICLE | {"volume": "vol. 5"}], "ieee", None, "text")
    assert "vol. 5," in entry
    assert "vol. vol." not in entry


def test_a_date_without_parts_is_none() -> None:
    (entry,) = citations.cite([book("Undated", issued={"date-parts": []})], "apa", None, "text")
    assert "(n.d.)" in entry


def test_hyphens_of_initials_go_where_the_style_has_none() -> None:
    work = book("Names", author=[{"family": "Bachor", "given": "H.-A."}])
    assert citations.cite([work], "ama", None, "text")[0].startswith("1. Bachor HA.")
    assert citations.cite([work], "apa", None, "text")[0].startswith("Bachor, H.-A.")


def test_full_stops_go_inside_quotation_marks_that_end_a_title() -> None:
    (entry,) = citations.cite(
        [ARTICLE | {"title": "Review for 'Comprehensive review'"}], "ieee", None, "text"
    )
    assert "“Review for ‘Comprehensive review,’” Journal" in entry


def test_works_of_one_author_and_year_are_told_apart_in_a_bibliography_only() -> None:
    works = [book("Alpha"), book("Beta")]
    together = citations.bibliography(works, "apa", None, "text")
    alone = citations.cite(works, "apa", None, "text")
    assert [entry[:15] for entry in together] == ["Doe, A. (2001a)", "Doe, A. (2001b)"]
    assert [entry[:14] for entry in alone] == ["Doe, A. (2001)", "Doe, A. (2001)"]


def test_numeric_styles_number_in_the_order_given() -> None:
    entries = citations.bibliography([book("Beta"), book("Alpha")], "vancouver", None, "text")
    assert [entry.split(" ")[0] for entry in entries] == ["1.", "2."]
    assert "Beta" in entries[0]


def test_cited_alone_the_entries_keep_the_callers_order() -> None:
    titles = ["Beta", "Gamma", "Alpha"]
    entries = citations.cite([book(title) for title in titles], "apa", None, "text")
    assert [title in entry for title, entry in zip(titles, entries, strict=True)] == [True] * 3


def test_an_editor_is_labelled_where_the_style_has_no_name_element() -> None:
    work = book("Gamma", editor=[{"family": "Roe", "given": "B."}])
    assert "ed." in citations.cite([work], "american-medical-association", None, "text")[0]


def test_a_locale_changes_the_words() -> None:
    work = book("Gamma", edition="2")
    assert "2. Aufl." in citations.cite([work], "apa", "de-DE", "text")[0]


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        '<i onclick="alert(1)">x</i>',
        "</div></li><svg/onload=alert(1)>",
        '<a href="javascript:alert(1)">x</a>',
    ],
)
def test_hostile_text_in_every_field_comes_out_as_text(hostile: str) -> None:
    work = {
        "id": hostile,
        "type": "article-journal",
        "title": hostile,
        "author": [{"family": hostile, "given": hostile}],
        "container-title": hostile,
        "URL": "javascript:alert(1)",
        "DOI": hostile,
        "page": hostile,
    }
    (entry,) = citations.cite([work], "apa")
    tags = re.findall(r"<([^>]*)>", entry)
    assert not [tag for tag in tags if re.search(r'^/?(script|img|svg)|" on|"javascript', tag)]


def test_html_keeps_only_the_marks_of_a_citation() -> None:
    dirty = (
        '<p style="x"><em>a</em><b onclick="x">b</b><a href="https://x.org/?a=1&amp;b">c</a></p>'
    )
    assert safe_html(dirty) == '<i>a</i><b>b</b><a href="https://x.org/?a=1&amp;b">c</a>'


def test_american_quotes_take_in_the_full_stop_and_british_ones_do_not() -> None:
    assert finished("<p>The “Motu”.</p>", american=True) == "The “Motu.”"
    assert finished("<p>The “Motu”.</p>", american=False) == "The “Motu”."


def test_a_dependent_style_is_formatted_as_its_parent() -> None:
    assert styles.load("nature-digest").xml == styles.load("nature").xml


def test_an_unknown_style_is_refused_with_a_way_on() -> None:
    with pytest.raises(citations.UnknownStyleError, match="library cite --styles"):
        citations.cite([ARTICLE], "no-such-style")
    with pytest.raises(citations.UnknownStyleError):
        citations.load("../../../etc/passwd")


def test_a_file_that_declares_entities_is_no_style(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.csl"
    bomb.write_text(
        '<!DOCTYPE style [<!ENTITY a "aaa">]><style xmlns="http://purl.org/net/xbiblio/csl"/>'
    )
    with pytest.raises(UsageError, match="not a CSL style"):
        citations.cite([ARTICLE], str(bomb))


def test_a_style_that_is_broken_is_an_error_with_its_name(tmp_path: Path) -> None:
    broken = tmp_path / "broken.csl"
    broken.write_text('<style xmlns="http://purl.org/net/xbiblio/csl"><bibliography></style>')
    with pytest.raises(citations.CitationError, match="broken.csl"):
        citations.cite([ARTICLE], str(broken))


def test_latex_and_markdown_escape_what_would_be_markup() -> None:
    work = book("A_1 & 50% $x$")
    (latex,) = citations.cite([work], "vancouver", None, "latex")
    (markdown,) = citations.cite([work], "vancouver", None, "markdown")
    assert r"A\_1 \& 50\% \$x\$" in latex
    assert r"A_1 & 50% \$x\$" in markdown


def test_a_word_document_holds_the_entries() -> None:
    made = citations.document([book("Alpha <i>beta</i>")], "apa")
    text = zipfile.ZipFile(io.BytesIO(made)).read("word/document.xml").decode()
    assert "Alpha" in text
    assert "<w:i" in text


def test_what_was_formatted_once_starts_no_process_again() -> None:
    first = citations.cite([ARTICLE], "nature")
    kept = engine.pandoc.cache_info().hits
    assert citations.cite([ARTICLE], "nature") == first
    assert engine.pandoc.cache_info().hits == kept


def test_nothing_gives_nothing() -> None:
    assert citations.cite([], "apa") == []
    assert citations.bibliography([], "apa") == []
