"""A name in its two orders."""

import pytest

from library.values.names import Name


@pytest.mark.parametrize(
    ("name", "display", "inverted"),
    [
        (Name("Beethoven", "Ludwig", "van"), "Ludwig van Beethoven", "van Beethoven, Ludwig"),
        (Name("Fontaine", "Jean", "La", "de"), "Jean de La Fontaine", "La Fontaine, Jean de"),
        (
            Name("King", "Martin Luther", suffix="Jr."),
            "Martin Luther King Jr.",
            "King, Martin Luther, Jr.",
        ),
        (Name("Aristotle"), "Aristotle", "Aristotle"),
        (Name(literal="Rain and Sons"), "Rain and Sons", "Rain and Sons"),
    ],
)
def test_a_name_is_shown_in_reading_and_in_index_order(
    name: Name, display: str, inverted: str
) -> None:
    assert name.display() == display
    assert name.inverted() == inverted
