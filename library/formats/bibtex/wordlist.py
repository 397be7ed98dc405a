"""Tables of words, written as people read them: one after the other."""


def words(text: str) -> frozenset[str]:
    """Return the words of a text between blanks."""
    return frozenset(text.split())


def mapping(text: str) -> dict[str, str]:
    """Read "name:value name:value …"."""
    return dict(pair.split(":", 1) for pair in text.split())
