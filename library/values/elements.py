"""The elements of HTML, JATS and MathML that records hold, by what becomes of them."""

INLINE = {
    "i": "i",
    "italic": "i",
    "em": "i",
    "emphasis": "i",
    "it": "i",
    "cite": "i",
    "b": "b",
    "bold": "b",
    "strong": "b",
    "sub": "sub",
    "inf": "sub",
    "sup": "sup",
    "sc": "sc",
    "scp": "sc",
    "smallcaps": "sc",
    "small-caps": "sc",
}
"""Element -> the CSL tag it becomes; "sc" stands for small capitals."""

# They leave no trace but their text.
TRANSPARENT = frozenset(
    {
        "a", "abbr", "abbrev", "acronym", "alternatives", "award-id", "bdi", "bdo", "big",
        "body", "caption", "center", "chem-struct", "chem-struct-wrap", "code", "col",
        "colgroup", "content", "del", "dfn", "disp-formula", "disp-formula-group", "email",
        "ext-link", "face", "fixed-case", "font", "formula", "funding-source", "glyph-data",
        "head", "hr", "html", "ilink", "inline", "inline-formula",
        "inline-supplementary-material", "ins", "institution", "kbd", "label", "mark",
        "milestone-end", "milestone-start", "mixed-citation", "monospace", "named-content",
        "nlm-citation", "nobr", "o", "overline", "ovl", "preformat", "private-char", "q",
        "related-article", "related-object", "roman", "root", "s", "samp", "sans-serif", "scr",
        "small", "span", "strike", "styled-content", "sum", "target", "text", "tt", "u",
        "underline", "uri", "url", "var", "xref",
    }
)  # fmt: skip
# Each is a paragraph or holds paragraphs.
BLOCKS = frozenset(
    {
        "abstract", "attrib", "blockquote", "boxed-text", "dd", "def", "def-item", "def-list",
        "disp-quote", "div", "dl", "dt", "fig", "li", "list", "list-item", "ol", "p", "para",
        "sec", "section", "simplesect", "speech", "statement", "table", "table-wrap", "tbody",
        "td", "term", "th", "thead", "tr", "trans-abstract", "ul", "verse-group", "verse-line",
    }
)  # fmt: skip
# The title of a section.
HEADINGS = frozenset(
    {
        "h1", "h2", "h3", "h4", "h5", "h6", "heading", "sectitle", "st", "title",
    }
)  # fmt: skip
# They go with all they hold.
DROPPED = frozenset(
    {
        "canvas", "embed", "fn", "graphic", "iframe", "img", "inline-graphic", "media",
        "noscript", "object", "object-id", "script", "select", "style", "svg", "template",
        "textarea",
    }
)  # fmt: skip
BREAKS = frozenset({"br", "break", "cr"})
# A formula in TeX.
TEX = frozenset({"tex", "tex-math"})
# MathML, by its names without prefix.
MATHML = frozenset(
    {
        "annotation", "annotation-xml", "maction", "maligngroup", "malignmark", "math",
        "menclose", "merror", "mfenced", "mfrac", "mglyph", "mi", "mlabeledtr",
        "mmultiscripts", "mn", "mo", "mover", "mpadded", "mphantom", "mprescripts", "mroot",
        "mrow", "ms", "mspace", "msqrt", "mstyle", "msub", "msubsup", "msup", "mtable", "mtd",
        "mtext", "mtr", "munder", "munderover", "none", "semantics",
    }
)  # fmt: skip
# They never hold anything, closed or not.
VOID = frozenset(
    {
        "br", "break", "col", "cr", "graphic", "hr", "img", "inline-graphic", "maligngroup",
        "malignmark", "mprescripts", "mspace", "none",
    }
)  # fmt: skip
# Beside these, several publishers' records lost blanks.
SPACED = frozenset({"i", "italic", "em", "math"})
KNOWN = (
    frozenset(INLINE)
    | TRANSPARENT
    | BREAKS
    | BLOCKS
    | HEADINGS
    | DROPPED
    | TEX
    | MATHML
    | {"subtitle"}
)
