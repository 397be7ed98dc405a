"""arXiv's Atom entries. All records here are made up."""

import pytest

from library.formats.arxiv_atom import read_record
from library.values.dates import Date
from library.values.names import Name
from library.work import Relation

ENTRY = """<?xml version="1.0"?>
<entry xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom">
<id>http://arxiv.org/abs/2101.00001v2</id><published>2021-01-01T10:00:00Z</published>
<title>A proof of $x^2 \\geq 0$
  for all $x$</title><summary>  Nothing
is proved.</summary>
<author><name>Pia van der Beweis</name><arxiv:affiliation>Town</arxiv:affiliation></author>
<author><name>The Example Collaboration</name></author>
<arxiv:doi>10.5555/ABC</arxiv:doi></entry>"""


def test_a_preprint_is_read_whole() -> None:
    reading = read_record(ENTRY)
    work = reading.work
    assert (work.type, work.genre, work.publisher) == ("article", "Preprint", "arXiv")
    assert work.title == "A proof of x<sup>2</sup> ≥ 0 for all x"
    assert work.abstract == "Nothing is proved."
    assert work.issued == Date((2021, 1, 1))
    assert (work.archive, work.archive_location, work.version) == ("arXiv", "2101.00001", "2")
    assert work.doi == "10.48550/arxiv.2101.00001"
    first, second = work.contributors
    assert first.name == Name(family="Beweis", given="Pia", non_dropping_particle="van der")
    assert first.affiliations == ("Town",)
    assert second.name == Name(literal="The Example Collaboration")
    assert reading.surroundings.relations == (Relation("is-preprint-of", "10.5555/abc"),)


@pytest.mark.parametrize(
    "xml", ["", "<feed/>", "<entry", '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>']
)
def test_what_is_no_entry_is_said(xml: str) -> None:
    assert [finding.check for finding in read_record(xml).findings] == ["no-records"]
