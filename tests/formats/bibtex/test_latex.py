r"""LaTeX -> Unicode, and back."""

import time
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from library.formats.bibtex.latex import decode
from library.formats.bibtex.latex_encode import encode, latex_character
from library.formats.bibtex.latex_math import render_math
from library.formats.bibtex.latex_reader import Manner
from library.formats.bibtex.sentence_case import sentence_case
from library.formats.bibtex.verbatim import unescaped, verbatim

NOCASE = '<span class="nocase">'


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (r"\'Etude", "Étude"),
        (r"{\'E}tude", "Étude"),
        (r"\'{E}tude {\'{E}}tude \' Etude", "Étude Étude Étude"),
        (r"na{\"\i}ve na\"{\i}ve na\"ive", "naïve naïve naïve"),
        (r"\c{c}a \c ca {\c c}a", "ça ça ça"),
        (r"\v{S}koda {\v S}koda \H{o} \k{a} \r{u} \u{g} \d{a} \b{k}", "Škoda Škoda ő ą ů ğ ạ ḵ"),
        (r"{\L}{\'o}d{\'z}, {\O}re {\ae}r {\ss} {\i} {\DJ} \aa", "Łódź, Øre ær ß ı Đ å"),
        (r"Vi\d{\^e}t Nam, \'{\^e} \h{\^o} \uhorn \ohorn{}", "Việt Nam, ế ổ ươ"),
        (r"\CYRD\cyro\cyrm", "Дом"),
        (r"\textsubscript{2} H\textsubscript{2}O", "2 H2O"),
        (r"$\alpha$-helix, \(\beta\), \ensuremath{\gamma}, \textmu m", "α-helix, β, γ, µm"),
        (r"10$^{-3}$ x$_2$ CO$_2$", "10⁻³ x₂ CO₂"),
        ("a--b---c", "a–b—c"),
        ("``quoted'' `this' d'etre", "“quoted” ‘this' d'etre"),
        (r"Oil \& Gas 50\% \#1 a\_b \$5 \{x y 2,\}", "Oil & Gas 50% #1 a_b $5 {x y 2,}"),
        ("A.~Knopf", "A.\u00a0Knopf"),
        (r"1\,000", "1\u202f000"),
        (r"\url{http://a.b/c_d%20e}", "http://a.b/c_d%20e"),
        (r"\href{http://a.b}{the text}", "the text"),
        (r"\enquote{x} \mkbibquote{y} \enquote*{z}", "“x” “y” ‘z’"),
        (r"The \TeX book, \LaTeX\ and \LaTeX{} now", "The TeX book, LaTeX and LaTeX now"),
        (r"{\it old} {\bf style} {\rm here}", "old style here"),
        (r"\noopsort{1973c}1973 \foo{kept} \bar[opt]{too}", "1973 kept too"),
        (r"\symbol{34}\char'101\char65", '"AA'),
        ("Oil &amp; Gas &#233; R&D &nope;", "Oil & Gas é R&D &nope;"),
        (r"Hyphen\-ation re\/levant", "Hyphenation relevant"),
        (r"{\textquotedblleft}x{\textquotedblright} {\textendash}", "“x” –"),
        (r"Erd{\H o}s, Poincar\'{e}, Kr{\"{o}}ger", "Erdős, Poincaré, Kröger"),
        (r"$\{$beta$\}$ and $\backslash$alpha", "beta and α"),
        ("prices of $5 million and $6 million", "prices of $5 million and $6 million"),
        ("  two\n\t lines  ", "two lines"),
        ("{{Whole}}", "Whole"),
        ("stray } and { brace", "stray and brace"),
        ("\\", ""),
        ("", ""),
    ],
)
def test_latex_is_read_as_the_text_it_sets(raw: str, text: str) -> None:
    assert decode(raw) == text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("the {DNA} of {Moby Dick}", f"the {NOCASE}DNA</span> of {NOCASE}Moby Dick</span>"),
        ("{A}bstract", f"{NOCASE}A</span>bstract"),
        (r"{\'E}tude of {\'e}", "Étude of é"),
        ("{The Whole Title}", "The Whole Title"),
        (r"\emph{E. coli} and {\it S. aureus}", "<i>E. coli</i> and <i>S. aureus</i>"),
        (
            r"\textsc{small} \textbf{bold}",
            '<span style="font-variant:small-caps;">small</span> <b>bold</b>',
        ),
        (r"H$_2$O and H\textsubscript{2}O", "H<sub>2</sub>O and H<sub>2</sub>O"),
        (r"$L^{p}(\mathbb{R})$", "L<sup>p</sup>(ℝ)"),
        (r"{\emph{x}} {{\em why}}", f"<i>x</i> {NOCASE}<i>why</i></span>"),
        ("a {-} b{} {1}", "a - b 1"),
    ],
)
def test_a_title_keeps_protection_and_style_as_csl_has_them(raw: str, text: str) -> None:
    assert decode(raw, "title") == text


def test_mathematics_that_needs_more_than_a_line_stays_mathematics() -> None:
    assert decode(r"On $\begin{matrix}a\\b\end{matrix}$", "title") == (
        r"On $\begin{matrix}a\\b\end{matrix}$"
    )
    assert render_math(r"\frac{a+b}{2}", markup=True) == "(a+b)/2"
    assert render_math(r"\unknownmacro x", markup=True) is None


def test_a_paragraph_stays_apart_in_an_abstract_only() -> None:
    raw = "First\n  line.\n\nSecond."
    assert decode(raw, "rich") == "First line.\n\nSecond."
    assert decode(raw, "paragraphs") == "First line.\n\nSecond."
    assert decode(raw) == "First line. Second."


@pytest.mark.parametrize(
    "raw",
    ["{" * 100_000, "}" * 100_000, r"\'" * 50_000, "$" * 50_001, r"{\it " * 20_000, "{{" * 50_000,
     "$" + "{" * 50_000, "$" + "x^" * 30_000 + "$", "&" * 50_000, r"\frac" * 20_000],
    ids=lambda raw: raw[:6],
)  # fmt: skip
@pytest.mark.parametrize("manner", ["title", "plain"])
def test_hostile_nesting_takes_linear_time_and_raises_nothing(raw: str, manner: Manner) -> None:
    started = time.process_time()
    decode(raw, manner)
    assert time.process_time() - started < 5


TEXT = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp", "Cn", "Co", "Cf", "Mn", "Mc", "Me")),
    max_size=40,
).map(lambda text: unicodedata.normalize("NFC", " ".join(text.split(" "))).strip(" "))
HOSTILE = st.text(st.sampled_from("\\{}$&#%_~^`'\"-,!?@<>=[]| ab.i/μé—“"), max_size=30).map(
    lambda text: " ".join(text.split())
)


@given(
    TEXT | HOSTILE,
    st.sampled_from(["title", "rich", "plain"]),
    st.sampled_from(["unicode", "latex"]),
)
@example("$\\begin{x}$ ``", "title", "unicode")
@example("{a", "plain", "latex")
@example("a -- b --- '' `` ,, !` ?`", "title", "unicode")
@example("<i>x</i> <b>y <span>", "title", "latex")
def test_what_is_written_reads_back_as_the_same_text(text: str, manner: Manner, form: str) -> None:
    written = encode(text, manner, text=form)  # type: ignore[arg-type] # one of the two forms
    assert decode(written, manner) == text


@given(TEXT | HOSTILE)
def test_what_is_written_has_balanced_braces(text: str) -> None:
    depth = 0
    for character in encode(text, "title"):
        depth += (character == "{") - (character == "}")
        assert depth >= 0
    assert depth == 0


@given(st.text(max_size=60), st.sampled_from(["title", "rich", "paragraphs", "plain"]))
def test_no_text_makes_the_reader_raise(raw: str, manner: Manner) -> None:
    decode(raw, manner)


@given(st.text(st.sampled_from("\\{}$^_ aαi'`\"~frcsqtemph"), max_size=40))
def test_no_latex_makes_the_reader_raise(raw: str) -> None:
    decode(raw, "title")


def test_a_character_has_a_macro_where_latex_has_one() -> None:
    assert latex_character("é") == r"{\'e}"
    assert latex_character("ş") == r"{\c{s}}"
    assert latex_character("í") == r"{\'{\i}}"
    assert latex_character("ł") == r"{\l}"
    assert latex_character("Ж") == r"{\CYRZH}"
    assert latex_character("漢") is None


@given(st.characters(min_codepoint=0xA1, max_codepoint=0x2FF))
def test_every_macro_reads_back_as_its_character(character: str) -> None:
    written = latex_character(character)
    if written is not None:
        assert decode(written) == unicodedata.normalize("NFC", character)


def test_an_address_is_as_it_was_before_someone_escaped_it() -> None:
    assert unescaped(r"http://a.b/c\_d\%20{\_}e\~{}f$\sim$g") == "http://a.b/c_d%20_e~f~g"
    assert unescaped("http://a.b/\n   c") == "http://a.b/c"
    assert verbatim("http://a.b/{c") == "http://a.b/%7Bc"
    assert verbatim("http://a.b/{c}") == "http://a.b/{c}"


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("The Rites of Passage: A Study", "The rites of passage: A study"),
        (f"Partial Symmetries of {NOCASE}Weak</span> DNA", "Partial symmetries of Weak DNA"),
        (f"400 {NOCASE}nm</span> Light", f"400 {NOCASE}nm</span> light"),
        ("iPods and McDonald", "iPods and McDonald"),
    ],
)
def test_sentence_case_takes_away_only_the_capitals_of_title_case(
    title: str, expected: str
) -> None:
    assert sentence_case(title) == expected


def test_a_hundred_thousand_braces_are_read_in_time() -> None:
    started = time.process_time()
    assert decode("{" * 100_000 + "x" + "}" * 100_000, "title") == "x"
    assert time.process_time() - started < 10
