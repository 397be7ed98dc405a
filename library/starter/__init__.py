"""The files that a new library begins with; texts, and where each of them goes.

They lie in `files/` without the dots in front of their names, so that no tool takes this package
for a repository of its own.
"""

import json
from collections.abc import Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

_PLACES: Final = {
    "references.bib": "references.bib",
    "metadata.yml": "metadata.yml",
    "README.md": "README.md",
    "gitignore": ".gitignore",
    "gitattributes": ".gitattributes",
}
_GITHUB: Final = "github"


def starting_files(title: str, *, github: bool = False) -> dict[str, str]:
    """Return the texts of a new library's files, by their place in its folder.

    Args:
        title: of the site.
        github: whether GitHub's workflows and issue form are among them.
    """
    here = files(__name__) / "files"
    words = {
        "@TITLE@": " ".join(title.split()),
        # JSON's strings are YAML's: a title may hold quotes and colons.
        "@YAML_TITLE@": json.dumps(" ".join(title.split()), ensure_ascii=False),
    }
    made = {place: _text(here / name, words) for name, place in _PLACES.items()}
    if github:
        for path, text in _tree(here / _GITHUB):
            # Not `words`: a workflow's own `${{ … }}` stays as it is.
            made[f".github/{path}"] = text
    return made


def _text(file: Traversable, words: Mapping[str, str]) -> str:
    text = file.read_text(encoding="utf-8")
    for mark, word in words.items():
        text = text.replace(mark, word)
    return text


def _tree(folder: Traversable, before: str = "") -> Iterator[tuple[str, str]]:
    for child in sorted(folder.iterdir(), key=lambda item: item.name):
        if child.is_dir():
            yield from _tree(child, f"{before}{child.name}/")
        else:
            yield f"{before}{child.name}", child.read_text(encoding="utf-8")
