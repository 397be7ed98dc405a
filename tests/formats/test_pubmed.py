"""PubMed's XML and its tagged text. All records here are made up."""

from pathlib import Path

import pytest

from library.formats import pubmed
from library.values.dates import Date
from library.values.names import Name
from library.work import Work

ARTICLE = """<?xml version="1.0"?>
<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle" "https://dtd.example/pubmed.dtd">
<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID Version="1">12345</PMID>
<Article><Journal><ISSN IssnType="Print">0378-5955</ISSN>
<JournalIssue><Volume>12</Volume><Issue>3</Issue>
<PubDate><Year>2019</Year><Month>Mar</Month></PubDate></JournalIssue>
<Title>Journal of example science (Town, Land)</Title>
<ISOAbbreviation>J Ex Sci</ISOAbbreviation>
</Journal><ArticleTitle>Growth of <i>E. coli</i> in CO<sub>2</sub>.</ArticleTitle>
<Pagination><MedlinePgn>1010-9</MedlinePgn></Pagination>
<ELocationID EIdType="doi" ValidYN="Y">10.5555/Example.1</ELocationID>
<Abstract><AbstractText Label="BACKGROUND">One &lt; two.</AbstractText>
<AbstractText Label="METHODS">Three.</AbstractText></Abstract>
<AuthorList CompleteYN="N"><Author><LastName>van der Berg</LastName><ForeName>Jan A</ForeName>
<Suffix>Jr</Suffix><Identifier Source="ORCID">0000-0002-1825-0097</Identifier>
<AffiliationInfo><Affiliation>Dept, Town.</Affiliation></AffiliationInfo></Author>
<Author><CollectiveName>Example Study Group</CollectiveName></Author></AuthorList>
<Language>eng</Language>
<GrantList><Grant><GrantID>A1</GrantID><Agency>Fund</Agency></Grant></GrantList>
<PublicationTypeList><PublicationType>Journal Article</PublicationType></PublicationTypeList>
<ArticleDate><Year>2018</Year><Month>11</Month><Day>02</Day></ArticleDate></Article>
<CommentsCorrectionsList><CommentsCorrections RefType="RetractionIn">
<RefSource>J Ex Sci. 2020. doi: 10.5555/r.</RefSource><PMID>999</PMID></CommentsCorrections>
</CommentsCorrectionsList>
<KeywordList><Keyword>growth</Keyword></KeywordList></MedlineCitation>
<PubmedData><ArticleIdList><ArticleId IdType="pmc">PMC77</ArticleId></ArticleIdList>
<ReferenceList><Reference><Citation>Meyer A.</Citation><ArticleIdList>
<ArticleId IdType="doi">10.5555/cited</ArticleId></ArticleIdList></Reference></ReferenceList>
</PubmedData></PubmedArticle></PubmedArticleSet>"""

NBIB = """
PMID- 12345
OWN - NLM
IS  - 0378-5955 (Print)
VI  - 12
IP  - 3
DP  - 2019 Mar-Apr
TI  - A title that goes on
      over two lines.
PG  - 1010-9
LID - 10.5555/Example.1 [doi]
AB  - One.
FAU - van der Berg, Jan A
AU  - van der Berg JA
AUID- ORCID: 0000-0002-1825-0097
AD  - Dept, Town.
CN  - Example Study Group
LA  - eng
PT  - Journal Article
JT  - Journal of example science
TA  - J Ex Sci
OT  - *growth
PMC - PMC77

PMID- 2
TI  - [A translated title].
AU  - Meyer AB
DP  - 2001
"""


def changed(old: str, new: str) -> Work:
    assert old in ARTICLE
    return pubmed.read_record(ARTICLE.replace(old, new)).work


def test_an_article_is_read_whole() -> None:
    work = pubmed.read_record(ARTICLE).work
    assert work.title == "Growth of <i>E. coli</i> in CO<sub>2</sub>"
    assert work.container_title == "Journal of Example Science"
    assert work.container_title_short == "J Ex Sci"
    assert (work.volume, work.issue, work.page) == ("12", "3", "1010-1019")
    assert (work.doi, work.pmid, work.pmcid) == ("10.5555/example.1", "12345", "PMC77")
    assert (work.issued, work.available_date) == (Date((2019, 3)), Date((2018, 11, 2)))
    assert work.abstract == "BACKGROUND: One < two.\n\nMETHODS: Three."
    assert (work.language, work.issn, work.keywords) == ("en", ("0378-5955",), ("growth",))
    first, second = work.contributors
    assert first.name == Name(
        family="Berg", given="Jan A.", non_dropping_particle="van der", suffix="Jr"
    )
    assert (first.orcid, first.affiliations) == ("0000-0002-1825-0097", ("Dept, Town.",))
    assert second.name == Name(literal="Example Study Group")
    assert work.others == {"author"}


def test_what_stands_around_an_article_is_read() -> None:
    around = pubmed.read_record(ARTICLE).surroundings
    assert [(item.text, item.doi) for item in around.references] == [("Meyer A.", "10.5555/cited")]
    assert [(item.name, item.awards) for item in around.funders] == [("Fund", ("A1",))]
    notice = around.notices[0]
    assert (notice.type, notice.doi, notice.is_about_this) == ("retraction", "10.5555/r", True)


def test_a_reference_never_gives_its_identifier_to_the_article() -> None:
    doi = '<ELocationID EIdType="doi" ValidYN="Y">10.5555/Example.1</ELocationID>'
    assert changed(doi, "").doi is None


def test_the_event_chooses_the_date() -> None:
    assert pubmed.read_record(ARTICLE, event="online").work.issued == Date((2018, 11, 2))


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("<MedlineDate>1998 Dec-1999 Jan</MedlineDate>", 1998),
        ("<MedlineDate>Spring 2003</MedlineDate>", 2003),
        ("<Year>2001</Year><Season>Winter</Season>", 2001),
        ("<Year>2001</Year><Month>13</Month>", 2001),
    ],
)
def test_odd_dates_keep_their_year(date: str, expected: int) -> None:
    work = changed("<Year>2019</Year><Month>Mar</Month>", date)
    assert work.year == expected


def test_a_translated_title_loses_its_brackets_and_keeps_the_original() -> None:
    work = changed(
        "Growth of <i>E. coli</i> in CO<sub>2</sub>.</ArticleTitle>",
        "[Growth].</ArticleTitle><VernacularTitle>Wachstum.</VernacularTitle>",
    )
    assert (work.title, work.original_title) == ("Growth", "Wachstum")


def test_a_book_and_its_chapter_are_told_apart() -> None:
    chapter = """<PubmedBookArticle><BookDocument><PMID>7</PMID>
    <Book><Publisher><PublisherName>Press</PublisherName><PublisherLocation>Town</PublisherLocation>
    </Publisher><BookTitle>The Book</BookTitle><PubDate><Year>2009</Year></PubDate>
    <AuthorList Type="editors"><Author><LastName>Meyer</LastName><ForeName>A</ForeName></Author>
    </AuthorList><Isbn>9780306406157</Isbn></Book><ArticleTitle>The Chapter</ArticleTitle>
    <AuthorList Type="authors"><Author><LastName>Li</LastName><ForeName>W</ForeName></Author>
    </AuthorList></BookDocument></PubmedBookArticle>"""
    work = pubmed.read_record(chapter).work
    assert (work.type, work.title, work.container_title) == ("chapter", "The Chapter", "The Book")
    assert [(p.name.display(), p.role) for p in work.contributors] == [
        ("W. Li", "author"),
        ("A. Meyer", "editor"),
    ]
    assert (work.publisher, work.publisher_place, work.isbn) == (
        "Press",
        "Town",
        ("9780306406157",),
    )
    book = pubmed.read_record(chapter.replace("<ArticleTitle>The Chapter</ArticleTitle>", "")).work
    assert (book.type, book.title) == ("book", "The Book")


BOMB = (
    '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><PubmedArticleSet>&b;</PubmedArticleSet>'
)


@pytest.mark.parametrize(
    ("text", "check"),
    [
        (BOMB, "hostile-xml"),
        ('<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>', "hostile-xml"),
        ("<PubmedArticleSet><PubmedArticle>", "broken-xml"),
        ("<html><body>503</body></html>", "no-records"),
        ("", "broken-xml"),
    ],
)
def test_what_is_no_record_is_said(text: str, check: str) -> None:
    assert check in [finding.check for finding in pubmed.read_record(text).findings]


def test_an_empty_record_gives_a_work_with_findings() -> None:
    reading = pubmed.read_record("<PubmedArticle/>")
    assert reading.work.type == "article-journal"
    assert [finding.check for finding in reading.findings] == ["no-title"]


def test_the_tagged_text_is_read_like_the_xml() -> None:
    first, second = pubmed.read(NBIB).works
    assert first.title == "A title that goes on over two lines"
    assert first.container_title == "Journal of Example Science"
    assert (first.volume, first.issue, first.page) == ("12", "3", "1010-1019")
    assert (first.doi, first.pmid, first.pmcid) == ("10.5555/example.1", "12345", "PMC77")
    assert first.year == 2019
    assert first.names() == (
        Name(family="Berg", given="Jan A.", non_dropping_particle="van der"),
        Name(literal="Example Study Group"),
    )
    assert first.contributors[0].orcid == "0000-0002-1825-0097"
    assert (first.keywords, first.language) == (("growth",), "en")
    assert second.title == "A translated title"
    assert second.names() == (Name(family="Meyer", given="AB"),)


def test_what_nlm_says_besides_is_kept() -> None:
    text = "PMID- 1\nTI  - On x.\nMH  - *Nurses\nMH  - Adult\nPT  - Review\nGN  - A note\n"
    (work,) = pubmed.read(text).works
    assert work.note == "A note"
    assert work.extra == (("medline-mh", "*Nurses; Adult"), ("medline-pt", "Review"))


def test_erics_reports_are_no_articles() -> None:
    text = "OWN - ERIC\nTI  - On tests\nJT  - Example Board\nDP  - 2019\nPT  - {}\n"
    (report,) = pubmed.read(text.format("Reports - Research")).works
    assert (report.type, report.publisher, report.container_title) == (
        "report",
        "Example Board",
        None,
    )
    (article,) = pubmed.read(text.format("Journal Articles")).works
    assert (article.type, article.container_title) == ("article-journal", "Example Board")


def test_text_without_records_is_said_to_have_none() -> None:
    reading = pubmed.read("hello", "x.nbib")
    assert [finding.check for finding in reading.findings] == ["no-records"]


@pytest.mark.corpus
def test_every_record_of_real_files_is_kept(corpora: Path) -> None:
    for path in sorted((corpora / "nbib").rglob("*")):
        if path.suffix not in {".nbib", ".xml"} or "Malformed" in path.name:
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        reading = pubmed.read(text, path.name)
        if path.suffix == ".nbib":
            starts = sum(line.startswith("PMID-") for line in text.splitlines())
            assert len(reading.works) >= starts, path.name
        else:
            assert reading.works, path.name
