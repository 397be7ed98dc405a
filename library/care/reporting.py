"""Findings as other programs read them: GitHub's annotations, and SARIF.

Sources: GitHub, "Workflow commands for GitHub Actions"; OASIS, SARIF 2.1.0.
"""

import posixpath
from collections.abc import Iterable
from importlib.metadata import version
from typing import Any, Final
from urllib.parse import quote

from library.findings import Finding

_ANNOTATION: Final = {"error": "error", "warning": "warning", "info": "notice"}
_LEVEL: Final = {"error": "error", "warning": "warning", "info": "note"}


def annotation(finding: Finding, folder: str = "") -> str:
    """Return a finding as a command of GitHub's workflows, which ends at its line's end.

    Args:
        finding: with a line of its file, or of no place.
        folder: of the library in the repository, "" for its root.
    """
    place = [f"title={_property(finding.check)}"]
    if finding.line is not None:
        path = posixpath.normpath(posixpath.join(folder, finding.source))
        place = [f"file={_property(path)}", f"line={finding.line}", *place]
    return f"::{_ANNOTATION[finding.severity]} {','.join(place)}::{_data(_sentence(finding))}"


def sarif(findings: Iterable[Finding], folder: str = "") -> dict[str, Any]:
    """Return findings as one run of SARIF 2.1.0; `folder` as for `annotation`."""
    results = []
    checks: dict[str, None] = {}
    for finding in findings:
        checks[finding.check] = None
        path = posixpath.normpath(posixpath.join(folder, finding.source))
        region = {"region": {"startLine": finding.line}} if finding.line else {}
        place = {"artifactLocation": {"uri": quote(path)}, **region}
        results.append(
            {
                "ruleId": finding.check,
                "level": _LEVEL[finding.severity],
                "message": {"text": _sentence(finding)},
                "locations": [{"physicalLocation": place}],
            }
        )
    driver = {
        "name": "library",
        "version": version("library"),
        "rules": [{"id": check} for check in checks],
    }
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": results}],
    }


def _sentence(finding: Finding) -> str:
    return f"{finding.key}: {finding.message}" if finding.key else finding.message


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
