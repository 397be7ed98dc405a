"""CSL-YAML, read and written."""

from library.formats import csl_yaml
from library.values.dates import Date
from library.values.names import Name
from library.work import Contributor, Work

WORK = Work(
    citation_key="no",
    type="book",
    title="Yes: a <i>book</i> — 2014-07-21",
    contributors=(Contributor(Name(family="Null", given="true")),),
    issued=Date((2014, 7)),
    volume="1e3",
    doi="10.1000/abc",
)


def test_what_is_written_is_read_again() -> None:
    reading = csl_yaml.read("".join(csl_yaml.write([WORK, WORK])))
    assert reading.works == [WORK, WORK]
    assert reading.findings == []


def test_no_works_make_a_file_without_works() -> None:
    assert csl_yaml.read("".join(csl_yaml.write([]))).works == []


def test_dates_written_as_yaml_dates_are_read() -> None:
    text = "references:\n- id: a\n  type: book\n  title: T\n  issued: 2014-07-21\n"
    assert csl_yaml.read(text).works[0].issued == Date((2014, 7, 21))


def test_aliases_are_refused_since_a_few_of_them_can_fill_the_memory() -> None:
    text = "a: &a [x, x]\nb: &b [*a, *a]\nreferences: [*b, *b]\n"
    reading = csl_yaml.read(text)
    assert [one.check for one in reading.findings] == ["broken-yaml"]


def test_objects_of_python_are_never_made() -> None:
    reading = csl_yaml.read("references: !!python/object/apply:os.getcwd []\n")
    assert reading.works == []
    assert reading.findings[0].severity == "error"
