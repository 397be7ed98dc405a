"""Titles of things *about* a work: corrections, retractions, comments, replies, reviews.

They carry the title of the work they speak of, and so look like it to everyone but a reader.
"""

import re
from typing import Final

from library.judgement.normal import fold

# Each pattern is matched against the folded title; what stands behind it is the work's own title.
# A word that may also begin a title of its own ("Correction of refractive errors") needs a mark or
# a preposition behind it.
_MARK: Final = r"\s*(?:$|[:.–—(\[]|-\s"
_CORRECTION: Final = (
    r"(?:(?:author|publisher|editorial|cme)s?\s+)?"
    r"(?:erratum|errata|corrigend(?:um|a)|addend(?:um|a)|berichtigung(?:en)?|rectificatif"
    r"|fe de erratas?|errata corrige|correcciones|rattelse"
    r"|(?:corrections?|correccion|correzione|correctie|amendment)"
    rf"(?={_MARK}|to\b|zu\b|au?\b|aan\b)))"
    r"(?:\s+(?:to|for|on|zu[rm]?|aux?|del?|des|al|aan|in|und)\b)*"
)
_RETRACTION: Final = (
    r"(?:notice of retraction|statement of retraction|withdrawal notice"
    r"|retraction\s+(?:note|notice|statement)"
    rf"|(?:retraction|withdrawal)(?={_MARK}|of:|to\b)))(?:\s+(?:to|for|of|on)\b)*"
)
_CONCERN: Final = (
    r"(?:editorial\s+)?(?:expression|statement) of concern(?:\s+(?:to|for|on|about)\b)*"
)
_REPLY: Final = (
    r"(?:an?\s+|the\s+)?(?:authors?\s+|in\s+)?(?:(?:reply|rejoinder|rebuttal|response)"
    rf"(?={_MARK}|to\b|by\b|from\b|for\b))|replies|replique|antwort auf|erwiderung)"
    r"(?:\s+(?:to|auf|for)\b)*(?:\s+(?:the\s+)?(?:comments?|letter|discussion)\b)?"
)
_COMMENT: Final = (
    r"(?:an?\s+|some\s+|further\s+|editorial\s+|invited\s+)?"
    r"(?:comments?|commentary|kommentar|commentaire|comentario|discussion)"
    rf"(?={_MARK}|on\b|to\b|of\b|about\b|zu\b|sur\b|sobre\b))"
    r"(?:\s+(?:on|to|of|about|zu|sur|sobre)\b)*"
)
_REVIEW: Final = (
    r"(?:(?:book|film|media|software|essay)\s+reviews?"
    r"|review(?=\s*(?:[:\"“«]|of\s*[:\"“«]|of the book\b|for [\"“]))"
    r"|(?:rezension|recension|resena|compte rendu|buchbesprechung|recensione)\b"
    r"|peer review\b|decision letter\b|author response\b)"
    r"(?:\s+(?:of|for|to|zu|von|de|du|di|the book)\b)*"
)
_SUPPLEMENT: Final = (
    r"(?:supplement(?:ary)?|supporting|additional)\s+(?:materials?|information|data|file)\b"
    r"(?:\s+(?:to|for)\b)*"
)
_PREFIXES: Final[tuple[tuple[str, str], ...]] = (
    ("correction", _CORRECTION),
    ("retraction", _RETRACTION),
    ("concern", _CONCERN),
    ("reply", _REPLY),
    ("reply", r"the authors? (?:reply|replies|respond)\b"),
    ("comment", _COMMENT),
    ("comment", r"(?:re|cf)\s*:(?=\s)"),
    ("editorial", rf"(?:guest\s+)?editorial(?={_MARK}))(?:\s+comment)?"),
    ("letter", rf"letters?(?: to the editors?)?(?={_MARK}))"),
    ("review", _REVIEW),
    ("supplement", _SUPPLEMENT),
)
_PREFIX: Final = tuple(
    (kind, re.compile(rf"[\s\[(“\"'«*]*{pattern}[\])\s]*[:.,;\-–—]*\s*"))
    for kind, pattern in _PREFIXES
)
_SUFFIX: Final = re.compile(
    r"\s*(?:[\[(]|[:;.–—]\s+|\s-\s*|—)\s*"
    r"(?P<what>(?:an? )?(?:author |publisher )?(?:correction|corrigendum|erratum|errata|addendum)"
    r"|retraction(?: notice)?|(?:authors? )?(?:reply|response|rejoinder)|comments?|discussion"
    r"|(?:invited |editorial )?commentary|editorial|book review|letter)\s*[\])]?[\s.]*$"
)
_SUFFIX_KINDS: Final = (
    ("correction", re.compile("corr|errat|addend")),
    ("retraction", re.compile("retraction")),
    ("reply", re.compile("reply|response|rejoinder")),
    ("review", re.compile("review")),
    ("editorial", re.compile("editorial$")),
    ("letter", re.compile("letter")),
    ("comment", re.compile("comment|discussion")),
)
# The work itself wears these; they are taken off, and it stays the same work.
_MARKED: Final = re.compile(
    r"^[\s\[(*]*(?:retracted|withdrawn|removed)(?:\s+(?:article|paper|chapter))?"
    r"\s*[\])*]*\s*[:.\-–—]*\s+"
    r"|\s*[\[(](?:this article (?:has been|was) )?(?:retracted|withdrawn)"
    r"(?:\s+(?:article|paper))?[^\])]*[\])]\s*$"
)
_LONGEST: Final = 2_000  # characters; what stands behind them tells no two titles apart
_FAST: Final = re.compile(
    r"correct|correcc|corrig|errat|addend|bericht|rectif|rattel|correz|amendm|retract|withdr|remov"
    r"|concern|repl|rejoin|rebut|respon|antwort|erwider|comment|kommentar|coment|discuss|re\s*:|cf\s*:"
    r"|editorial|letter|review|rezens|recens|resena|compte|besprech|suppl|support|additional"
)


def split_notice(title: str) -> tuple[str | None, str]:
    """Return (what kind of notice the title announces, the folded title of what it is about).

    The kind is one of "correction", "retraction", "concern", "reply", "comment", "editorial",
    "letter", "review", "supplement", or None for a work that speaks for itself. A mark such as
    "RETRACTED:" is taken off and makes no notice.
    """
    folded = " ".join(fold(title[:_LONGEST]).split())
    if not _FAST.search(folded):
        return None, folded
    folded = _MARKED.sub("", folded)
    for kind, pattern in _PREFIX:
        match = pattern.match(folded)
        # A prefix that is a word's beginning is none: "commentaries", "response-time".
        if match and not re.match(r"\w", folded[match.end() :][:1] if _glued(match) else ""):
            return kind, folded[match.end() :]
    match = _SUFFIX.search(folded)
    if match and match.start() > 0:
        what = match.group("what")
        kind = next(kind for kind, pattern in _SUFFIX_KINDS if pattern.search(what))
        return kind, folded[: match.start()]
    return None, folded


def _glued(match: re.Match[str]) -> bool:
    return match.group()[-1:].isalnum()
