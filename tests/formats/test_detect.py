"""A file's format, told by its content."""

import pytest

from library.formats.detect import detect, text_of


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("% a comment\n@Article{a, title = {TY  - JOUR}}", "bibtex"),
        ("\ufeffTY  - JOUR\nTI  - @book{no}\nER  - \n", "ris"),
        ("Provider: X\n\nTY - JOUR\n", "ris"),
        ("PMID- 123\nOWN - NLM\n", "nbib"),
        ("%0 Journal Article\n%T A\n", "enw"),
        ('[{"id": "a", "type": "book"}]', "csl-json"),
        ("---\nreferences:\n- id: a\n  type: book\n", "csl-yaml"),
        ('<?xml version="1.0"?><xml><records><record/></records></xml>', "endnote-xml"),
        ("<!DOCTYPE PubmedArticleSet><PubmedArticleSet></PubmedArticleSet>", "pubmed-xml"),
        ('<?xml version="1.0"?><modsCollection xmlns="m"><mods/></modsCollection>', "mods"),
        ('<?xml version="1.0"?><mods:mods xmlns:mods="m"/>', "mods"),
        ('<?xml version="1.0"?><rdf:RDF xmlns:rdf="r"></rdf:RDF>', "zotero-rdf"),
        ("<html><body>no</body></html>", None),
        ("10.1000/abc", None),
        ("", None),
    ],
)
def test_a_format_is_told_by_what_the_file_holds(text: str, form: str | None) -> None:
    assert detect(text) == form


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]
)
def test_the_encoding_is_found_out(encoding: str) -> None:
    text = "TY  - JOUR\nAU  - Müller, Zoë\nTI  - Größe\nER  - \n"
    assert text_of(text.encode(encoding)) == text
