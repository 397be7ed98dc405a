"""docs/reference/settings.md: every setting of ours, made from the table that reads them."""

from pathlib import Path
from typing import Final

from library.settings import SETTINGS, VARIABLES

PATH: Final = Path(__file__).parents[2] / "docs" / "reference" / "settings.md"

_HEAD: Final = """\
# The settings

Made by `scripts/reference` from `library/settings.py`; do not edit.

They stand in `metadata.yml`, which is Datasette's own file, under `plugins: library:`; a setting
that is not known is refused with its line.

```yaml
plugins:
  library:
    mailto: library@example.org
    history: true
```

| setting | is | what it decides | for instance |
|---|---|---|---|
"""


_FOOT: Final = """
Variables of the environment that override a setting:

{overriding}

`LIBRARY_ROOT` names the library's folder. Further ones point a command at other services:
`LIBRARY_DATACITE_URL`, `LIBRARY_DOI_URL`, `LIBRARY_PUBMED_URL`, `LIBRARY_PMC_URL`,
`LIBRARY_ARXIV_URL`, `LIBRARY_OPENLIBRARY_URL`.
"""


def page() -> str:
    """Return the page."""
    rows = []
    for name, one in SETTINGS.items():
        words = (one.kind,) if isinstance(one.kind, str) else [f"`{word}`" for word in one.kind]
        rows.append(f"| `{name}` | {', '.join(words)} | {one.text} | `{name}: {one.example}` |\n")
    overriding = "\n".join(f"- `{name}`: `{setting}`" for name, setting in VARIABLES.items())
    return _HEAD + "".join(rows) + _FOOT.format(overriding=overriding)
