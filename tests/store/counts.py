"""How often a test that lives by repetition repeats."""

import os


def times(few: int, all_: int) -> int:
    """Return `few`, or `all_` where LIBRARY_REPEAT_ALL is set: minutes instead of seconds."""
    return all_ if os.environ.get("LIBRARY_REPEAT_ALL") else few
