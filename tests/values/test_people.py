"""Names as records send them, and the names that people have."""

import pytest

from library.values.names import Name
from library.values.people import organisation, person, split_particle


@pytest.mark.parametrize(
    ("family", "given", "name"),
    [
        ("Meyer", "Anna", Name(family="Meyer", given="Anna")),
        ("van der Berg", "Jan", Name(family="Berg", given="Jan", non_dropping_particle="van der")),
        ("MEYER", "ANNA B.", Name(family="Meyer", given="Anna B.")),
        ("MCDONALD", "J.", Name(family="McDonald", given="J.")),
        ("McDONALD", "JOHN", Name(family="McDonald", given="John")),
        ("O'BRIEN", "J.A.", Name(family="O'Brien", given="J.A.")),
        ("SMITH-JONES", "JEAN-PIERRE", Name(family="Smith-Jones", given="Jean-Pierre")),
        ("VON NEUMANN", "J", Name(family="Neumann", given="J", non_dropping_particle="von")),
        ("LI", "Wei", Name(family="Li", given="Wei")),
        ("JA", "Smith", Name(family="JA", given="Smith")),
        ("ИВАНОВ", "ПЁТР", Name(family="Иванов", given="Пётр")),
        ("Meyer", "AB", Name(family="Meyer", given="AB")),
        ("Raimundo, Jr.", "Ivo", Name(family="Raimundo", given="Ivo", suffix="Jr.")),
        ("Fox IV", "James", Name(family="Fox", given="James", suffix="IV")),
        ("Meyer, MD, PhD", "Anna", Name(family="Meyer", given="Anna")),
        ("Meyer MD", "Anna", Name(family="Meyer", given="Anna")),
        ("Meyer", "Prof. Dr. Anna", Name(family="Meyer", given="Anna")),
        ("Rahman", "Md", Name(family="Rahman", given="Md")),
        ("Ma", "Jun", Name(family="Ma", given="Jun")),
        ("Meyer", "Anna\xa0B.", Name(family="Meyer", given="Anna B.")),
        ("M&uuml;ller*", "<i>Anna</i>", Name(family="Müller", given="Anna")),
        ("The ATLAS Collaboration", None, Name(literal="The ATLAS Collaboration")),
        ("WHO", None, Name(family="WHO")),
        ("Meyer, Anna", None, Name(family="Meyer", given="Anna")),
        ("Lee,Sang-Youp", None, Name(family="Lee", given="Sang-Youp")),
        ("Plato", None, Name(family="Plato")),
        (None, "Madonna", Name(literal="Madonna")),
        ("&NA;", None, None),
        ("-", "", None),
        ("", None, None),
    ],
)
def test_a_name_in_fields_becomes_the_name_a_person_has(
    family: str | None, given: str | None, name: Name | None
) -> None:
    assert person(family, given) == name


def test_a_degree_is_no_suffix_and_junior_is() -> None:
    assert person("Meyer", "Anna", "M.D.") == Name(family="Meyer", given="Anna")
    assert person("Meyer", "Anton", "Jr.") == Name(family="Meyer", given="Anton", suffix="Jr.")


def test_an_organisation_is_never_split_or_put_in_lower_case() -> None:
    assert organisation("WORLD HEALTH ORGANIZATION, Geneva") == Name(
        literal="WORLD HEALTH ORGANIZATION, Geneva"
    )
    assert organisation("n/a") is None


@pytest.mark.parametrize(
    ("family", "parts"),
    [
        ("de la Cruz", ("de la", "Cruz")),
        ("d'Angelo", (None, "d'Angelo")),
        ("Van Dyke", (None, "Van Dyke")),
        ("e silva", (None, "e silva")),
        ("Berg", (None, "Berg")),
    ],
)
def test_a_particle_stands_in_lower_case_before_a_capital(
    family: str, parts: tuple[str | None, str]
) -> None:
    assert split_particle(family) == parts
