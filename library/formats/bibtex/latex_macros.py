r"""What to do with each LaTeX macro that .bib files use. Data only."""

from library.formats.bibtex.latex_tables import (
    CYRILLIC,
    GREEK,
    LETTERS,
    MATH_SYMBOLS,
    OPERATORS,
    SYMBOLS,
)
from library.formats.bibtex.wordlist import words

CHARACTERS: dict[str, str] = {
    **{name: name for name in OPERATORS if len(name) > 2},  # noqa: PLR2004 - "\Pr", "\ln" may be another's macro
    **MATH_SYMBOLS,
    **GREEK,
    **CYRILLIC,
    **SYMBOLS,
    **LETTERS,
}
"""Macros without an argument that stand for characters."""

STYLES: dict[str, str] = {
    "emph": "i",
    "textit": "i",
    "textsl": "i",
    "mkbibemph": "i",
    "mkbibitalic": "i",
    "enquotetitle": "i",
    "textbf": "b",
    "mkbibbold": "b",
    "textsc": "sc",
    "textsubscript": "sub",
    "mkbibsubscript": "sub",
    "textsuperscript": "sup",
    "mkbibsuperscript": "sup",
    "textsu": "sup",
    "up": "sup",
    "ap": "sup",
    "fup": "sup",
}
"""Macros that set their argument in another style: macro -> CSL's tag."""

DECLARATIONS: dict[str, str] = {
    **dict.fromkeys(("it", "em", "sl", "itshape", "slshape"), "i"),
    **dict.fromkeys(("bf", "bfseries"), "b"),
    **dict.fromkeys(("sc", "scshape"), "sc"),
    **dict.fromkeys(
        words("""
        rm tt sf normalfont rmfamily ttfamily sffamily upshape mdseries tiny scriptsize
        footnotesize small normalsize large Large LARGE huge Huge rmdefault boldmath cyr
        cyrillic ninerm eightrm sevenrm selectfont
        """),
        "",
    ),
}
r"""Macros that change the style up to the end of the group: "{\it x}"; "" is no style of CSL."""

WRAPPERS: dict[str, tuple[str, str]] = {
    "enquote": ("“", "”"),
    "mkbibquote": ("“", "”"),
    "enquote*": ("‘", "’"),
    "mkbibparens": ("(", ")"),
    "parentext": ("(", ")"),
    "mkbibbrackets": ("[", "]"),
    "brackettext": ("[", "]"),
    "textquote": ("“", "”"),
    "textquoted": ("‘", "’"),
    "footnote": (" (", ")"),
    "quotation": ("“", "”"),
}
"""Macros that put something around their argument."""

DROPPED: dict[str, int] = {
    **dict.fromkeys(
        words("""
        noopsort NOOP noop SortNoop sortnoop noopsortt label index vspace hspace vspace* hspace*
        color thispagestyle pagestyle selectlanguage phantom hphantom vphantom addtocounter cite
        nocite citep citet citeauthor citeyear textcite parencite autocite fullcite ref pageref
        hypertarget* glsadd fontencoding fontfamily fontseries fontshape inputencoding
        usepackage sortkey presort KeyForSort Sortas ignore bibinfo* rule* newblock* relax*
        thanks*
        """),
        1,
    ),
    "setcounter": 2,
    "fontsize": 2,
    "rule": 2,
    "newcommand": 2,
    "providecommand": 2,
    "def": 0,
}
"""Macros that print nothing: macro -> how many arguments go with them."""

SECOND_OF_TWO = words("""
    href textcolor foreignlanguage bibinfo raisebox scalebox hypertarget hyperlink
    htmladdnormallink* colorbox parbox fontchar texorpdfstring* sortas SortAs textlanguage
    otherlanguage printsecond
    """)
"""Macros whose first argument is not printed."""

FIRST_OF_TWO = frozenset(["printfirst", "textormath", "texorpdfstring", "htmladdnormallink"])
"""Macros whose second argument is not printed."""

VERBATIM = words("""
    url path nolinkurl burl urlstyle* doi* Url href* urlprefix*
    """)
"""Macros whose argument is an address."""

SPACING = words("""
    hskip vskip kern hfil hfill lower raise penalty mskip mkern baselineskip parskip
    """)
"""Primitives that are followed by a length or a number."""

CASES = frozenset(
    [
        "MakeUppercase",
        "MakeLowercase",
        "uppercase",
        "lowercase",
        "MakeTextUppercase",
        "MakeTextLowercase",
    ]
)
"""Macros that change the case of their argument."""

BLANKS = words("""
    par newline linebreak newpage break nobreak hfill hfil obeylines cr
    """)
"""Macros that end a line or a paragraph."""

KEEPS_BLANK = words("""
    TeX LaTeX BibTeX BIBTeX LaTeXe ConTeXt MF METAFONT MP AMS AmS TUB TUGboat CTAN UNIX Cpp
    ldots dots textellipsis copyright textregistered texttrademark TM euro EUR pounds
    """)
"""Macros behind which people leave a blank that they mean, though TeX skips it."""

TAKES_ARGUMENT = frozenset(
    [
        *STYLES,
        *WRAPPERS,
        *DROPPED,
        *SECOND_OF_TWO,
        *FIRST_OF_TWO,
        *VERBATIM,
        *CASES,
        "char",
        "verb",
        "par",
    ]
)
"""Macros that look behind their name themselves."""

LIGATURES: dict[str, tuple[tuple[str, str], ...]] = {
    "-": (("---", "—"), ("--", "–")),
    "`": (("``", "“"),),
    "'": (("''", "”"),),
    "!": (("!`", "¡"),),
    "?": (("?`", "¿"),),
    ",": ((",,", "„"),),
}
"""Characters that TeX's fonts join: first character -> (source, text), longest first."""

BELOW = frozenset("\u0323\u0327\u0328\u0331\u0326\u0325\u032d")
"""Accents that stand below: a dotless i under them stays dotless."""

SPACING_ACCENTS: dict[str, str] = {
    "\u0300": "`",
    "\u0301": "´",
    "\u0302": "^",
    "\u0303": "~",
    "\u0304": "¯",
    "\u0306": "˘",
    "\u0308": "¨",
    "\u030a": "˚",
    "\u030c": "ˇ",
    "\u0327": "¸",
    "\u0328": "˛",
    "\u030b": "˝",
    "\u0307": "˙",
}
r"""What an accent on nothing prints: "\~{}" is a tilde."""
