"""docs/reference/checks.md: every check, made from the list that the command uses."""

from pathlib import Path
from typing import Final

from library.care.registry import CHECKS

PATH: Final = Path(__file__).parents[2] / "docs" / "reference" / "checks.md"

_HEAD: Final = """\
# The checks

Made by `scripts/reference` from `library/care/registry.py`; do not edit.

`library check` makes all of them. `--only` and `--skip` take their names; in `metadata.yml` they
can be made graver or milder, put off, and waived for one entry with a reason:

```yaml
plugins:
  library:
    checks:
      unprotected-acronym: off
      missing-field: error
    waived:
      doe2014: "missing-field: the leaflet bears no date; bad-isbn: printed so"
```
"""


def page() -> str:
    """Return the page."""
    parts = [_HEAD]
    for group in dict.fromkeys(check.group for check in CHECKS.values()):
        parts.append(f"\n## {group}\n\n| check | severity | why it matters | example | `--fix` |\n")
        parts.append("|---|---|---|---|---|\n")
        for check in CHECKS.values():
            if check.group == group:
                example = f"`{check.example}`".replace("|", "\\|") if check.example else ""
                fixed = "safe" if check.fixed else "–"
                parts.append(
                    f"| `{check.name}` | {check.severity} | {check.why} | {example} | {fixed} |\n"
                )
    return "".join(parts)
