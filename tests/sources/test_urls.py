"""Addresses of publishers' pages: what they say by themselves, and what their pages say."""

import pytest

from library.sources import urls
from library.sources.session import Session
from tests.loopback import faults
from tests.loopback.world import World


@pytest.mark.parametrize(
    ("address", "doi"),
    [
        ("https://www.nejm.org/doi/full/10.1056/NEJMp1314927", "10.1056/nejmp1314927"),
        ("https://www.nejm.org/doi/pdf/10.1056/NEJMp1314927?articleTools=true",
         "10.1056/nejmp1314927"),
        ("https://onlinelibrary.wiley.com/doi/abs/10.1002/9781118445112.stat01234",
         "10.1002/9781118445112.stat01234"),
        ("https://onlinelibrary.wiley.com/doi/10.1002/ange.201208571/full",
         "10.1002/ange.201208571"),
        ("https://link.springer.com/article/10.1007/s11606-014-2884-5/fulltext.html",
         "10.1007/s11606-014-2884-5"),
        ("https://link.springer.com/content/pdf/10.1007/s11606-014-2884-5.pdf",
         "10.1007/s11606-014-2884-5"),
        ("https://journals.plos.org/plosone/article?id=10.1371/journal.pone.0033693",
         "10.1371/journal.pone.0033693"),
        ("https://journals.plos.org/plosone/article/file?id=10.1371/journal.pone.0033693&type=printable",
         "10.1371/journal.pone.0033693"),
        ("https://www.tandfonline.com/doi/full/10.1080/01459740.2014.888720?src=recsys",
         "10.1080/01459740.2014.888720"),
        ("https://dl.acm.org/doi/10.1145/3290605.3300233#sec-comments", "10.1145/3290605.3300233"),
        ("https://www.biorxiv.org/content/10.1101/2020.01.30.927871v1.full.pdf",
         "10.1101/2020.01.30.927871"),
        ("https://www.medrxiv.org/content/10.1101/2020.02.14.20023028v3",
         "10.1101/2020.02.14.20023028"),
        ("https://www.frontiersin.org/articles/10.3389/fpsyg.2014.00001/full",
         "10.3389/fpsyg.2014.00001"),
        ("https://bmcmedicine.biomedcentral.com/articles/10.1186/1741-7015-11-20",
         "10.1186/1741-7015-11-20"),
        ("https://www.science.org/doi/epdf/10.1126/science.1234567", "10.1126/science.1234567"),
        ("https://ascelibrary.org/doi/10.1061/%28ASCE%29WR.1943-5452.0000001",
         "10.1061/(asce)wr.1943-5452.0000001"),
        ("https://www.nature.com/articles/s41586-020-2649-2.pdf", "10.1038/s41586-020-2649-2"),
        ("https://www.nature.com/articles/nature12373", "10.1038/nature12373"),
        ("https://elifesciences.org/articles/01234", "10.7554/elife.1234"),
        ("https://aclanthology.org/P19-1001/", "10.18653/v1/p19-1001"),
        ("https://www.jstor.org/stable/1234567", "10.2307/1234567"),
        ("https://doi-org.proxy.example.edu/10.1056/NEJMp1314927", "10.1056/nejmp1314927"),
        ("https://doi.org/10.1056/NEJMp1314927?utm_source=x&utm_medium=y", "10.1056/nejmp1314927"),
        ("HTTPS://DOI.ORG/10.1056/NEJMp1314927", "10.1056/nejmp1314927"),
    ],
)  # fmt: skip
def test_an_address_that_holds_a_doi_needs_no_page(address: str, doi: str) -> None:
    assert urls.candidates(address)[0] == urls.Found("doi", doi)


@pytest.mark.parametrize(
    "address",
    [
        "https://www.sciencedirect.com/science/article/pii/S0140673614600001",
        "https://jamanetwork.com/journals/jamapediatrics/fullarticle/2653443",
        "https://www.example.org/10.5/short",
        "https://example.org/",
    ],
)
def test_an_address_without_a_doi_says_nothing(address: str) -> None:
    assert urls.candidates(address) == []


@pytest.mark.parametrize(
    "head",
    [
        '<meta name="citation_doi" content="10.5555/Loopback.Article">',
        "<META CONTENT='doi:10.5555/loopback.article' NAME='DC.Identifier'>",
        '<meta name="prism.doi" content="https://doi.org/10.5555/loopback.article" />',
        '<meta property="citation_doi" content="info:doi/10.5555/loopback.article">',
        '<script>var a = "<meta name=citation_doi content=10.1/x>";</script>'
        '<meta name="dc.identifier" content="S0140-6736">'
        '<meta name="citation_doi" content="10.5555%2Floopback.article">',
    ],
)
def test_a_page_names_its_doi_in_a_meta_tag(head: str, loopback: World, session: Session) -> None:
    loopback.pages.pages["/p"] = f"<html><head>{head}</head><body></body></html>"
    (record,) = urls.fetch([loopback.url("pages") + "/p"], session)
    assert urls.identifiers_of(record) == [urls.Found("doi", "10.5555/loopback.article")]


def test_the_address_that_a_page_leads_to_may_name_the_doi(
    loopback: World, session: Session
) -> None:
    loopback.pages.moved["/short"] = "/pages/doi/10.5555/loopback.article"
    loopback.pages.pages["/doi/10.5555/loopback.article"] = "<html></html>"
    (record,) = urls.fetch([loopback.url("pages") + "/short"], session)
    assert urls.identifiers_of(record) == [urls.Found("doi", "10.5555/loopback.article")]


def test_a_page_of_any_length_is_read_only_at_its_start(loopback: World, session: Session) -> None:
    tag = '<meta name="citation_doi" content="10.5555/loopback.article">'
    loopback.pages.pages["/long"] = f"<html><head>{tag}</head>" + "<p>x</p>" * 1_000_000
    (record,) = urls.fetch([loopback.url("pages") + "/long"], session)
    assert urls.identifiers_of(record)
    assert len(record.body or "") < 1000


def test_a_page_that_is_no_text_at_all_names_nothing(loopback: World, session: Session) -> None:
    loopback.fail(faults.Body(bytes(range(256)) * 100, "application/pdf"), service="pages")
    (record,) = urls.fetch([loopback.url("pages") + "/article.html"], session)
    assert urls.identifiers_of(record) == []


def test_redirects_without_end_are_an_error(loopback: World, session: Session) -> None:
    loopback.pages.moved["/round"] = "/pages/round"
    (record,) = urls.fetch([loopback.url("pages") + "/round"], session)
    assert record.status == "error"
    assert "redirects" in str(record.reason)
