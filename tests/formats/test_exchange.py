"""The formats that are written from a CSL-JSON item, and those of them that are read again."""

import json
import re
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
import typst
import yaml
from defusedxml.ElementTree import fromstring
from hypothesis import given
from hypothesis import strategies as st

from library.formats import (
    csl_json,
    hayagriva,
    medline_writing,
    mods,
    pubmed,
    word_sources,
    zotero_rdf,
)
from library.formats.losses import losses
from library.formats.table import BY_NAME, FILE_FORMATS, readable, writable
from library.values.dates import Date
from library.values.names import Name
from library.work import Contributor, Work
from library.work_types import WORK_TYPES, WorkType
from tests.formats.test_csl_json import works

FULL = Work(
    citation_key="Doe2014",
    type="chapter",
    title="On <i>E. coli</i> & p < 0.05",
    title_short="On E. coli",
    contributors=(
        Contributor(Name(family="Doe", given="Ann B.")),
        Contributor(
            Name(family="Berg", given="Jan", non_dropping_particle="van der", suffix="Jr.")
        ),
        Contributor(Name(literal="Institute of Examples, Committee")),
        Contributor(Name(family="Poe", given="C."), "editor"),
        Contributor(Name(family="Woe", given="D."), "translator"),
        Contributor(Name(family="Moe", given="E."), "illustrator"),
    ),
    issued=Date((2014, 4, 3)),
    accessed=Date((2020, 5, 4)),
    original_date=Date((1850,), circa=True),
    container_title="The “book” & more",
    collection_title="Series of Examples",
    collection_number="7",
    volume="2",
    page="101-110",
    edition="3",
    publisher="Press of Examples",
    publisher_place="Exeter",
    language="en-GB",
    doi="10.5555/example.1",
    pmid="27135362",
    pmcid="PMC3531190",
    isbn=("9780306406157",),
    url="https://example.org/a?b=1&c=2",
    abstract="One.\n\nTwo < three.",
    annote="Read this.\n\nAnd that.",
    note="A note.",
    keywords=("one", "two, three"),
    genre="Essay",
)
SPACES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "z": "http://www.zotero.org/namespaces/export#",
    "bib": "http://purl.org/net/biblio#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "prism": "http://prismstandard.org/namespaces/1.2/basic/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "vcard": "http://nwalsh.com/rdf/vCard#",
}
DECLARED = " ".join(f'xmlns:{name}="{space}"' for name, space in SPACES.items())

BARE = Work(citation_key="k", type="document")


@pytest.mark.parametrize("module", [mods, zotero_rdf], ids=["mods", "zotero-rdf"])
def test_a_full_work_comes_back(module: ModuleType) -> None:
    text = "".join(module.write([FULL, BARE]))
    reading = module.read(text, "f")
    assert reading.findings == []
    work, bare = reading.works
    title = FULL.title if module is zotero_rdf else "On E. coli & p < 0.05"
    expected = replace(FULL, title=title)
    assert replace(work, contributors=()) == replace(expected, contributors=())
    assert {(one.role, one.name.display()) for one in work.contributors} == {
        (one.role, one.name.display()) for one in FULL.contributors
    }
    assert bare == BARE


@pytest.mark.parametrize("module", [mods, zotero_rdf], ids=["mods", "zotero-rdf"])
@pytest.mark.parametrize("row", WORK_TYPES, ids=lambda row: row.csl)
def test_every_type_comes_back(module: ModuleType, row: WorkType) -> None:
    work = Work(
        citation_key="k",
        type=row.csl,
        title="A title",
        contributors=(Contributor(Name(family="Doe", given="Ann")),),
        issued=Date((2014,)),
        container_title="Around it",
        publisher="Press",
        number="7",
    )
    assert module.read("".join(module.write([work])), "f").works == [work]


@given(st.lists(works, max_size=3))
def test_no_work_breaks_a_format(originals: list[Work]) -> None:
    """Whatever is in a work: XML parses, YAML loads, and every record is there again."""
    for form in writable():
        assert form.write is not None
        text = "".join(form.write(csl_json.item(work) for work in originals))
        if form.content_type.endswith("xml"):
            fromstring(text)
        if form.read is not None and form.name != "bibtex":
            found = form.read(text, "f").works
            wanted = len(originals)
            # Records without anything that the format holds are none.
            assert len(found) == wanted or form.name in {"nbib", "ris", "enw", "endnote-xml"}


def test_zotero_reads_fields_where_it_looks_for_them() -> None:
    text = zotero_rdf.record(csl_json.item(FULL))
    root = fromstring(f"<r {DECLARED}>{text}</r>")
    (node, memo) = root
    assert node.tag == f"{{{SPACES['bib']}}}BookSection"
    assert node.findtext("z:itemType", namespaces=SPACES) == "bookSection"
    book = node.find("dcterms:isPartOf/bib:Book", SPACES)
    assert book is not None
    assert book.findtext("dc:title", namespaces=SPACES) == "The “book” & more"
    assert book.findtext("prism:volume", namespaces=SPACES) == "2"
    assert node.findtext("z:accessDate", namespaces=SPACES) == "2020-05-04"
    extra = (node.findtext("z:extra", namespaces=SPACES) or "").splitlines()
    assert {"PMID: 27135362", "illustrator: Moe || E.", "Citation Key: Doe2014"} <= set(extra)
    assert "DOI: 10.5555/example.1" in extra  # a book section of Zotero has no field for it
    assert memo.findtext("rdf:value", namespaces=SPACES) == "<p>Read this.</p><p>And that.</p>"


# As Zotero itself writes: nodes that point to each other, a note, an attachment.
FROM_ZOTERO = f"""<?xml version="1.0"?>
<rdf:RDF {DECLARED}>
  <bib:Article rdf:about="#item_1">
    <z:itemType>journalArticle</z:itemType>
    <dcterms:isPartOf rdf:resource="urn:issn:0378-5955"/>
    <bib:authors><rdf:Seq><rdf:li><foaf:Person>
      <foaf:surname>van der Berg</foaf:surname><foaf:givenName>Jan</foaf:givenName>
    </foaf:Person></rdf:li></rdf:Seq></bib:authors>
    <dcterms:isReferencedBy rdf:resource="#item_2"/>
    <dc:subject>one</dc:subject>
    <dc:subject><z:AutomaticTag><rdf:value>two</rdf:value></z:AutomaticTag></dc:subject>
    <dc:title>Leaves of examples</dc:title>
    <dc:date>2014 Spring</dc:date>
    <bib:pages>1-9</bib:pages>
    <dc:description>PMID: 27135362</dc:description>
    <dcterms:dateSubmitted>2020-05-04 10:00:00</dcterms:dateSubmitted>
    <dc:identifier><dcterms:URI><rdf:value>https://example.org/</rdf:value></dcterms:URI>
    </dc:identifier>
  </bib:Article>
  <bib:Journal rdf:about="urn:issn:0378-5955">
    <dc:title>Journal of Examples</dc:title><dcterms:alternative>J Ex</dcterms:alternative>
    <prism:volume>3</prism:volume><prism:number>4</prism:number>
    <dc:identifier>DOI 10.5555/example.2</dc:identifier>
    <dc:identifier>ISSN 0378-5955</dc:identifier>
  </bib:Journal>
  <bib:Memo rdf:about="#item_2"><rdf:value>&lt;p&gt;Read it.&lt;/p&gt;</rdf:value></bib:Memo>
  <z:Attachment rdf:about="#item_3"><z:itemType>attachment</z:itemType></z:Attachment>
</rdf:RDF>"""


def test_a_file_of_zotero_is_read() -> None:
    reading = zotero_rdf.read(FROM_ZOTERO, "z.rdf")
    assert reading.works == [
        Work(
            citation_key="",
            type="article-journal",
            title="Leaves of examples",
            contributors=(
                Contributor(Name(family="Berg", given="Jan", non_dropping_particle="van der")),
            ),
            issued=Date((2014, 21)),
            accessed=Date((2020, 5, 4)),
            container_title="Journal of Examples",
            container_title_short="J Ex",
            volume="3",
            issue="4",
            page="1-9",
            doi="10.5555/example.2",
            issn=("0378-5955",),
            pmid="27135362",
            url="https://example.org/",
            keywords=("one", "two"),
            annote="Read it.",
        )
    ]


FROM_A_CATALOGUE = """<mods xmlns="http://www.loc.gov/mods/v3" version="3.5">
  <titleInfo><nonSort>The</nonSort><title>leaf</title><subTitle>a study</subTitle></titleInfo>
  <name type="personal"><namePart>Doe, Ann</namePart><namePart type="date">1970-</namePart>
    <role><roleTerm type="text">author</roleTerm></role></name>
  <genre authority="marcgt">article</genre>
  <relatedItem type="host"><titleInfo><title>Journal of Examples</title></titleInfo>
    <part><detail type="volume"><number>3</number></detail>
      <extent unit="pages"><start>1</start><end>9</end></extent><date>2014</date></part>
    <identifier type="issn">0378-5955</identifier></relatedItem>
  <identifier type="doi">10.5555/example.2</identifier>
</mods>"""


def test_a_record_of_a_catalogue_is_read() -> None:
    assert mods.read(FROM_A_CATALOGUE, "c.xml").works == [
        Work(
            citation_key="",
            type="article-journal",
            title="The leaf: a study",
            contributors=(Contributor(Name(family="Doe", given="Ann")),),
            issued=Date((2014,)),
            container_title="Journal of Examples",
            volume="3",
            page="1-9",
            doi="10.5555/example.2",
            issn=("0378-5955",),
        )
    ]


@pytest.mark.parametrize("module", [mods, zotero_rdf], ids=["mods", "zotero-rdf"])
@pytest.mark.parametrize(
    ("text", "check"),
    [
        ("<mods", "broken-xml"),
        (
            '<!DOCTYPE a [<!ENTITY b "c">]><mods xmlns="http://www.loc.gov/mods/v3">&b;</mods>',
            "unsafe-xml",
        ),
        ("<other/>", "no-records"),
    ],
)
def test_what_cannot_be_read_is_a_finding(module: ModuleType, text: str, check: str) -> None:
    reading = module.read(text, "f.xml")
    assert reading.works == []
    assert [(one.check, one.source) for one in reading.findings] == [(check, "f.xml")]


def test_nbib_is_what_pubmed_saves() -> None:
    article = replace(
        FULL, type="article-journal", genre=None, container_title_short="J Ex", issue="3"
    )
    text = medline_writing.record(csl_json.item(article))
    assert text.startswith("PMID- 27135362\n")
    assert "\nDP  - 2014 Apr 3\n" in text
    assert "\nFAU - Doe, Ann B.\nAU  - Doe AB\n" in text
    assert "\nCN  - Institute of Examples, Committee\n" in text
    assert all(len(line) <= 80 for line in text.splitlines())
    (work,) = pubmed.read(text, "f").works
    for name in ("title", "issued", "volume", "issue", "page", "doi", "pmid", "pmcid", "abstract"):
        expected = "On E. coli & p < 0.05" if name == "title" else getattr(article, name)
        assert getattr(work, name) == expected, name


def test_typst_sets_a_bibliography_from_hayagriva(tmp_path: Path) -> None:
    every = [
        replace(
            FULL, type=row.csl, citation_key=f"k{place}", title=f"Costs $5 {{of}} \\ #x {place}"
        )
        for place, row in enumerate(WORK_TYPES)
    ]
    text = "".join(hayagriva.write(every))
    assert set(yaml.safe_load(text)) == {work.citation_key for work in every}
    (tmp_path / "works.yml").write_text(text)
    (tmp_path / "a.typ").write_text('#bibliography("works.yml", full: true, style: "apa")\n')
    assert typst.compile(str(tmp_path / "a.typ"), format="pdf").startswith(b"%PDF")


def test_word_gets_its_sources() -> None:
    space = {"b": "http://schemas.openxmlformats.org/officeDocument/2006/bibliography"}
    root = fromstring("".join(word_sources.write([FULL])))
    (source,) = root
    values = {re.sub(r"{.*}", "", one.tag): one.text for one in source if one.text}
    assert values["Tag"] == "Doe2014"
    assert values["SourceType"] == "BookSection"
    assert values["Title"] == "On E. coli & p < 0.05"
    assert values["BookTitle"] == "The “book” & more"
    assert (values["Year"], values["Month"], values["Day"]) == ("2014", "4", "3")
    lasts = [one.text for one in source.findall("b:Author/b:Author//b:Last", space)]
    assert lasts == ["Doe", "van der Berg, Jr.", "Institute of Examples, Committee"]


def test_names_and_addresses_tell_formats_apart() -> None:
    for form in FILE_FORMATS:
        assert form.read or form.write
        assert BY_NAME[form.name] is form
    addresses = [form.address for form in writable()]
    assert len(set(addresses)) == len(addresses)
    assert all(address.isalpha() for address in addresses)
    assert {"bibtex", "ris", "mods", "zotero-rdf"} <= {form.name for form in readable()}


def test_losses_are_told_by_variable() -> None:
    assert losses(FULL, BY_NAME["csl-json"]) == []
    assert losses(FULL, BY_NAME["zotero-rdf"]) == []
    assert losses(FULL, BY_NAME["mods"]) == ["title"]
    assert "original-date" in losses(FULL, BY_NAME["ris"])
    assert "keyword" in losses(FULL, BY_NAME["word"])
    more = replace(BARE, title="x", others=frozenset({"author"}), extra=(("eid", "e1"),))
    assert losses(more, BY_NAME["zotero-rdf"]) == ["author (et al.)", "eid"]


def test_csl_yaml_is_yaml() -> None:
    text = "".join(BY_NAME["csl-yaml"].write([csl_json.item(FULL)]))  # type: ignore[misc]
    assert yaml.safe_load(text)["references"] == json.loads(json.dumps([csl_json.item(FULL)]))
