"""Every check there is: what it is called, how grave it is, why it matters, and what is done.

The list in `docs/reference/checks.md` and the names that `--only`, `--skip` and `metadata.yml` take
are made from it.
"""

from dataclasses import dataclass
from typing import Final

from library.findings import Severity


@dataclass(frozen=True, slots=True)
class Check:
    """One check, for people."""

    name: str
    severity: Severity  # as it comes; `checks` in metadata.yml may say otherwise
    group: str  # heading in the documentation
    why: str  # what it means for the data
    example: str = ""
    fixed: bool = False  # whether `--fix` mends it, which never changes what a value means


_SYNTAX: Final = "Syntax"
_VALUES: Final = "Values that cannot be"
_RECORDS: Final = "Records of the sources"
_SINCE: Final = "What happened since"
_STYLE: Final = "Good manners"

_CHECKS: Final = (
    Check("bad-block", "error", _SYNTAX, "Other programs may stop reading here.", "@book{k, …} x"),
    Check("bad-field", "error", _SYNTAX, "The field's name cannot be read; biber refuses it."),
    Check("bad-key", "error", _SYNTAX, "Without a comma behind the key fields are lost.", "@book{k title={A}}"),
    Check("cut-value", "warning", _SYNTAX, "The rest of the entry was taken for text of the value."),
    Check("escaped-braces", "error", _SYNTAX, r"BibTeX counts \{ and \}: the entry ends elsewhere.", r"title = {a \{ b}"),
    Check("field-twice", "warning", _SYNTAX, "Programs differ in which of the two they take.", "year = 2014, year = 2015"),
    Check("invisible-key", "warning", _SYNTAX, "Nobody can type this key."),
    Check("key-case", "warning", _SYNTAX, "BibTeX takes keys that differ in case for one.", "Doe2014, doe2014"),
    Check("key-twice", "error", _SYNTAX, "The second entry is never cited."),
    Check("missing-comma", "error", _SYNTAX, "The fields behind it are lost to most programs.", "year = 2014 title = {A}"),
    Check("missing-key", "error", _SYNTAX, "The entry can never be cited.", "@book{, title = {A}}"),
    Check("stray-fields", "error", _SYNTAX, "Fields behind the closing brace belong to no entry."),
    Check("unbalanced-braces", "error", _SYNTAX, "The entry, and often all behind it, is lost."),
    Check("unbalanced-quotes", "error", _SYNTAX, "The value runs on into the next entry."),
    Check("undecodable-bytes", "warning", _SYNTAX, "Letters of two encodings are mixed in the file."),
    Check("unknown-string", "warning", _SYNTAX, "The macro's name is printed in its place.", "journal = jex"),
    Check("unquoted-value", "warning", _SYNTAX, "BibTeX stops at this entry.", "title = Leaves"),
    Check("unused-string", "info", _SYNTAX, "No entry uses the @string."),
    Check("circular-parent", "warning", _SYNTAX, "The entries take their fields from each other: from nowhere."),
    Check("missing-parent", "warning", _SYNTAX, "The fields that it should take over are missing.", "crossref = {gone}"),
    Check("unknown-type", "info", _SYNTAX, "Styles print entries of unknown types as best they can.", "@thing{…}"),
    Check("bad-annotation", "warning", _VALUES, "The annotation of a name is not understood."),
    Check("bad-arxiv", "warning", _VALUES, "It is no arXiv id: the link leads nowhere."),
    Check("bad-date", "warning", _VALUES, "Lists sort the work wrongly, styles print it as it is.", "date = {1985-1030}"),
    Check("bad-doi", "warning", _VALUES, "It is no DOI: the link leads nowhere.", "doi = {abc}"),
    Check("bad-isbn", "warning", _VALUES, "The check digit is wrong: one digit is another book's.", "isbn = {978-0-306-40615-8}"),
    Check("bad-issn", "warning", _VALUES, "The check digit is wrong."),
    Check("bad-name", "warning", _VALUES, "A name is missing or cannot be taken apart.", "author = {Doe, and Roe}"),
    Check("bad-pmid", "warning", _VALUES, "It is no PMID."),
    Check("no-name", "warning", _VALUES, "A contributor without a name was left out."),
    Check("unknown-month", "warning", _VALUES, "Only the year is known.", "month = {Frimaire}"),
    Check("doi-of-another-work", "error", _RECORDS, "Readers are led to somebody else's paper."),
    Check("doi-differs", "error", _RECORDS, "The record has another DOI."),
    Check("title-differs", "warning", _RECORDS, "One of the two titles is wrong."),
    Check("year-differs", "warning", _RECORDS, "Citations have another year than the publisher."),
    Check("venue-differs", "warning", _RECORDS, "The work appeared elsewhere."),
    Check("volume-differs", "warning", _RECORDS, "The work cannot be found in that volume."),
    Check("pages-differ", "warning", _RECORDS, "The work cannot be found on these pages."),
    Check("first-author-differs", "warning", _RECORDS, "Citations go by the first author."),
    Check("bad-identifier", "warning", _RECORDS, "The record holds an identifier that cannot be."),
    Check("lost-characters", "warning", _RECORDS, "The publisher's record has lost letters.", "Universit?t"),
    Check("no-date", "warning", _RECORDS, "The record does not say when the work appeared."),
    Check("no-doi", "warning", _RECORDS, "The record has no DOI of its own."),
    Check("no-title", "warning", _RECORDS, "The record has no title."),
    Check("running-head", "info", _RECORDS, "A subtitle only repeated the title and was left out."),
    Check("several-titles", "info", _RECORDS, "The first of several titles was taken."),
    Check("several-venues", "info", _RECORDS, "The first of several venues was taken."),
    Check("wrong-shape", "warning", _RECORDS, "A value of the record was left out."),
    Check("retracted", "error", _SINCE, "Nobody should rely on this work."),
    Check("concern", "warning", _SINCE, "An expression of concern was published."),
    Check("corrected", "info", _SINCE, "A correction was published; read it with the work."),
    Check("preprint-published", "warning", _SINCE, "The article has been reviewed, and may say something else."),
    Check("dead-link", "warning", _SINCE, "Readers cannot open it. Asked for only with `--links`.", "url = {https://…/404}"),
    Check("moved-link", "warning", _SINCE, "The old address may go. Info where only http became https. Only with `--links`."),
    Check("missing-doi", "warning", _SINCE, "A stored search found the work's DOI: library match."),
    Check("cites-retracted", "info", _SINCE, "It builds on a work that was retracted."),
    Check("missing-field", "warning", _STYLE, "Styles leave a hole where biblatex requires the field.", "@article without a title"),
    Check("title-in-capitals", "warning", _STYLE, "Styles cannot bring it into small letters.", "title = {LEAVES AND TREES}"),
    Check("unprotected-acronym", "info", _STYLE, "BibTeX styles print “dna” for “DNA”.", "title = {On DNA}"),
    Check("leftover-markup", "warning", _STYLE, "Readers see the tags.", "title = {&lt;i&gt;E. coli&lt;/i&gt;}"),
    Check("doi-address", "info", _STYLE, "The field wants the DOI, not its address.", "doi = {https://doi.org/10.…}", fixed=True),
    Check("page-dash", "info", _STYLE, "A range of pages has two hyphens in BibTeX.", "pages = {1-9}", fixed=True),
    Check("venue-names", "info", _STYLE, "One journal has two names in the library.", "J Ex; Journal of Examples"),
    Check("key-pattern", "info", _STYLE, "The key is not what `key_pattern` makes. Off, unless `checks` names it."),
    Check("duplicate", "warning", _STYLE, "Two entries are one work: library dedupe."),
)  # fmt: skip
CHECKS: Final[dict[str, Check]] = {check.name: check for check in _CHECKS}
"""By name, in the order in which the documentation lists them."""
