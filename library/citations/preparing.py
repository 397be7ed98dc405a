"""What goes into the engine and what comes out: items without what no style reads, flat entries."""

from collections.abc import Sequence
from typing import Any, Final

from library.citations.engine import Item
from library.citations.styles import Style

# What an owner notes about a work is not part of it. Abstracts are long, and few styles print one.
_OF_THE_OWNER: Final = ("note",)
_SELDOM: Final = ("abstract", "annote")


def citable(items: Sequence[Item], style: Style) -> list[dict[str, Any]]:
    """Return items without the variables that the style does not read."""
    unread = {name for name in _SELDOM if f'"{name}"'.encode() not in style.xml}
    unread.update(_OF_THE_OWNER)
    return [{name: value for name, value in item.items() if name not in unread} for item in items]


def flat(entry: str) -> str:
    """Return an entry's HTML as the content of one paragraph: number and text in one line."""
    text = entry.replace('<div class="csl-right-inline">', " ").replace("</div>", "")
    for name in ("csl-left-margin", "csl-block", "csl-indent"):
        text = text.replace(f'<div class="{name}">', " ")
    return text.strip()
