"""What Crossref calls each kind of work, and what it is in CSL's terms.

`work_types.WORK_TYPES` holds the table; here is what a record says beyond its type: the subtype of
posted content, the kind of a peer review, the degree of a thesis.
"""

import re

from library.work_types import WORK_TYPES

_CSL: dict[str, str] = {}
for _row in WORK_TYPES:
    if _row.crossref:
        _CSL.setdefault(_row.crossref, _row.csl)
del _row

# The API's own spelling differs at times from the schema's.
_ALIASES = {
    "journal_article": "journal-article",
    "article": "journal-article",
    "book_section": "book-section",
    "conference-paper": "proceedings-article",
    "conference-proceeding": "proceedings",
    "conference-series": "proceedings-series",
    "preprint": "posted-content",
    "standard-series": "standard",
    "report-paper": "report",
    "report-paper-series": "report-series",
    "report-paper-component": "report-component",
    "posted-content-preprint": "posted-content",
    "reference": "reference-book",
    "dissertation-thesis": "dissertation",
    "sa-component": "component",
    "journal-series": "journal",
}
# Posted content, by subtype: (CSL type, genre).
_POSTED = {
    "preprint": ("article", "Preprint"),
    "working_paper": ("report", "Working paper"),
    "working-paper": ("report", "Working paper"),
    "dissertation": ("thesis", None),
    "report": ("report", None),
    "letter": ("article", "Letter"),
    "review": ("review", None),
}
_REVIEWS = {
    "referee-report": "Peer review",
    "editor-report": "Editor report",
    "author-comment": "Author response",
    "community-comment": "Community comment",
    "aggregate": "Peer reviews",
    "manuscript": "Manuscript",
    "recommendation": "Recommendation",
}


def csl_type(crossref: str | None) -> str | None:
    """Return the CSL type of a Crossref type; None where the type is not known."""
    if not crossref:
        return None
    name = crossref.strip().lower()
    return _CSL.get(name) or _CSL.get(_ALIASES.get(name.replace(" ", "-"), ""))


def posted_type(subtype: str | None) -> tuple[str, str | None]:
    """Return CSL type and genre of posted content."""
    return _POSTED.get((subtype or "").strip().lower(), ("article", None))


def review_genre(kind: str | None) -> str:
    """Return the genre of a peer review by Crossref's word for its kind."""
    return _REVIEWS.get((kind or "").strip().lower(), "Peer review")


def thesis_genre(degree: str | None) -> str | None:
    """Return the genre of a thesis: "PhD thesis", "Master’s thesis", else the degree itself."""
    if not degree:
        return None
    if re.search(r"\bPh\.?\s?D|\bD\.?Phil|doctor of philosophy", degree, re.IGNORECASE):
        return "PhD thesis"
    if re.search(r"\bmaster|\bM\.?(?:Sc|A|S|Phil|Eng)\b\.?", degree, re.IGNORECASE):
        return "Master’s thesis"
    return re.sub(r"\s*\([^()]*\)$", "", degree).strip() or None
