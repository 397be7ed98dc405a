"""Normal forms."""

import pytest

from library.store.forms import sort_title


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("The Lancet", "lancet"),
        ("A review of data models", "review of data models"),
        ("L’étranger", "letranger"),
        ("Data model", "data model"),
        ("Heal the world", "heal the world"),
        ("A", "a"),
    ],
)
def test_only_the_article_that_a_title_begins_with_is_left_out(title: str, expected: str) -> None:
    assert sort_title(title) == expected
