"""Sources' markup: what comes in, and the text with CSL's inline tags that a Work holds."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.values.markup import from_markup, plain, protect_whole_words, to_html
from library.values.mojibake import repair_mojibake

MML = 'xmlns:mml="http://www.w3.org/1998/Math/MathML"'
SMALL = '<span style="font-variant:small-caps;">'


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("Plain title", "Plain title"),
        ("", ""),
        ("  Doubled   blanks \u00a0and\tothers ", "Doubled blanks and others"),
        ("Archives of Neurology &amp; Psychiatry", "Archives of Neurology & Psychiatry"),
        ("Encoded &amp;amp;amp; thrice &amp;lt; 5", "Encoded & thrice < 5"),
        ("&#945;-ketoacid &#x3b2; &eacute;&nbsp;x", "α-ketoacid β é x"),
        ("AT&T and R&D; stay", "AT&T and R&D; stay"),
        ("p &lt; 0.05 and x > 3", "p < 0.05 and x > 3"),
        ("<jats:italic>Drosophila</jats:italic>", "<i>Drosophila</i>"),
        ("<em>a</em> <strong>b</strong> c", "<i>a</i> <b>b</b> c"),
        ("Drift in Al<sub>2</sub>O<sub>3</sub>", "Drift in Al<sub>2</sub>O<sub>3</sub>"),
        ("&lt;i&gt;E. coli&lt;/i&gt; K-12", "<i>E. coli</i> K-12"),
        ("the role of <scp>AI</scp>", f"the role of {SMALL}AI</span>"),
        ('<span style="font-variant: small-caps">x</span>', f"{SMALL}x</span>"),
        ('<span class="nocase">pH</span> of', '<span class="nocase">pH</span> of'),
        ("p110α (\n     <i>PIK3CA</i>\n    )", "p110α (<i>PIK3CA</i>)"),
        ("<i>Women in Ming China</i>\n            .", "<i>Women in Ming China</i>."),
        ("CO\n          <sub>2</sub>\n          hydrate", "CO<sub>2</sub> hydrate"),
        ("Mn<sub>2−x\n    </sub>O", "Mn<sub>2−x</sub>O"),
        ("in<i> Pinus patula</i> and", "in <i>Pinus patula</i> and"),
        ("Sites in<i>grin1b</i>Transcripts of", "Sites in <i>grin1b</i> Transcripts of"),
        ("The Chinese<i>Hukou</i>System at 50", "The Chinese <i>Hukou</i> System at 50"),
        ("m<i>RNA</i> and <i>N</i>-acetyl", "m<i>RNA</i> and <i>N</i>-acetyl"),
        ("never closed <i>Drosophila", "never closed Drosophila"),
        ("never opened</b> here", "never opened here"),
        ("crossed <i><b>x</i></b> y", "crossed <i>x</i> y"),
        ("empty <i></i>tag", "empty tag"),
        ("<i><i>twice</i></i>", "<i>twice</i>"),
        ("<b>The whole title</b>", "The whole title"),
        ("broken<br/>line", "broken line"),
        ("Focused on <La captive> (2000)", "Focused on <La captive> (2000)"),
        ("An unknown <foo>pair</foo>", "An unknown pair"),
        ("A cautionary<subtitle>Tale</subtitle>", "A cautionary: Tale"),
        ("<![CDATA[<i>x</i> & y]]>", "<i>x</i> & y"),
        ("a <!-- hidden --> b <?pi here?>c", "a b c"),
        ("x<script>alert(1)</script>y", "xy"),
        ("soft\u00adhyphen zero\u200bwidth \ufeffmark", "softhyphen zerowidth mark"),
        ("bell\x07 and c1 \x96 dash", "bell and c1 – dash"),
        ("half \ud835 a character", "half \ufffd a character"),
        ("e\u0301tude", "étude"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("$5 and $10 a day", "$5 and $10 a day"),
        ("in $US and $AU as such", "in $US and $AU as such"),
        ("$K$-theory of $(n,k)$-codes", "K-theory of (n,k)-codes"),
        ("at $\\sqrt{s}=13$ TeV", "at √s=13 TeV"),
        (
            "Search for $B^0 \\to \\pi^{+}\\pi^{-}$",
            "Search for B<sup>0</sup> → π<sup>+</sup>π<sup>-</sup>",
        ),
        (
            '<formula a="b"><tex Notation="TeX">$\\hbox{GeO}_{2}$</tex></formula> layer',
            "GeO<sub>2</sub> layer",
        ),
    ],
)
def test_marked_up_text_becomes_clean_text_with_csl_tags(source: str, text: str) -> None:
    assert from_markup(source) == text


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        ("<mml:mi>x</mml:mi>", "x"),
        ("<mml:msub><mml:mi>Z</mml:mi><mml:mn>2</mml:mn></mml:msub>", "Z<sub>2</sub>"),
        (
            "<mml:msubsup><mml:mi>B</mml:mi><mml:mi>s</mml:mi><mml:mn>0</mml:mn></mml:msubsup>",
            "B<sub>s</sub><sup>0</sup>",
        ),
        ("<mml:mi>N</mml:mi><mml:mo>=</mml:mo><mml:mn>88</mml:mn>", "N = 88"),
        ("<mml:mo>−</mml:mo><mml:mn>1</mml:mn>", "−1"),
        (
            "<mml:mmultiscripts><mml:mi>C</mml:mi><mml:mprescripts/><mml:none/><mml:mn>12</mml:mn></mml:mmultiscripts>",
            "<sup>12</sup>C",
        ),
        ("<mml:mover><mml:mi>p</mml:mi><mml:mo>¯</mml:mo></mml:mover>", "p̄"),
        (
            "<mml:mfrac><mml:mn>1</mml:mn><mml:mrow><mml:mi>a</mml:mi><mml:mo>+</mml:mo><mml:mi>b</mml:mi></mml:mrow></mml:mfrac>",
            "1/(a + b)",
        ),
        ("<mml:msqrt><mml:mi>s</mml:mi></mml:msqrt>", "√s"),
        ("<mml:mfenced><mml:mi>a</mml:mi><mml:mi>b</mml:mi></mml:mfenced>", "(a, b)"),
        ("<mml:msup><mml:mi>p</mml:mi><mml:mo>′</mml:mo></mml:msup>", "p′"),
        (
            "<mml:semantics><mml:mi>y</mml:mi><mml:annotation>y_TeX</mml:annotation></mml:semantics>",
            "y",
        ),
    ],
)
def test_mathml_becomes_one_readable_line(formula: str, text: str) -> None:
    assert from_markup(f"the <mml:math {MML}>{formula}</mml:math> of") == f"the {text} of"


def test_blanks_lost_around_a_formula_are_put_back() -> None:
    source = f"spin in the<mml:math {MML}><mml:mi>N</mml:mi></mml:math>nucleus"
    assert from_markup(source) == "spin in the N nucleus"
    source = f"Jordan<mml:math {MML}><mml:mo>∗</mml:mo></mml:math>-Derivations"
    assert from_markup(source) == "Jordan∗-Derivations"


def test_a_formula_in_two_notations_is_read_once() -> None:
    source = (
        "<jats:alternatives><jats:tex-math>$$x^2$$</jats:tex-math>"
        f"<mml:math {MML}><mml:mi>x</mml:mi></mml:math></jats:alternatives>"
    )
    assert from_markup(source) == "x"


def test_an_abstract_keeps_paragraphs_and_the_titles_of_its_sections() -> None:
    source = (
        "<jats:title>Abstract</jats:title><jats:sec><jats:title>Background</jats:title>"
        "<jats:p>One <jats:italic>x</jats:italic>.</jats:p><jats:p>Two.</jats:p></jats:sec>"
        "<jats:sec><jats:title>Methods:</jats:title><jats:p>a &lt; b</jats:p></jats:sec>"
        "<jats:list><jats:list-item><jats:p>first</jats:p></jats:list-item></jats:list>"
    )
    assert from_markup(source, paragraphs=True) == (
        "Background: One <i>x</i>.\n\nTwo.\n\nMethods: a < b\n\n• first"
    )


@pytest.mark.parametrize(
    "source", ["<p>Abstract</p><p>Text.</p>", "<p><b>Abstract:</b> Text.</p>", "ABSTRACT. Text."]
)
def test_the_heading_of_an_abstract_is_no_part_of_it(source: str) -> None:
    assert from_markup(source, paragraphs=True) == "Text."


def test_abstract_art_is_still_an_abstract_about_abstract_art() -> None:
    assert from_markup("Abstract art is old.", paragraphs=True) == "Abstract art is old."


pieces = st.lists(
    st.sampled_from(
        [
            *("<i>", "</i>", "<sub>", "</sub>", "<b>", "&amp;", "&lt;", "<", ">", "&", " ", "\n"),
            *("a", "Bc", "é", "<mml:mi>", "</mml:mi>", "<p>", "</p>", "$", "<x y='1'>", SMALL),
            *("</span>", "Ã©", "- ", "x^2", "\xa0", "\u3000"),
        ]
    ),
    max_size=25,
).map("".join)


@given(pieces)
def test_cleaning_twice_changes_no_more_than_cleaning_once(source: str) -> None:
    once = from_markup(source)
    if source.count("$") < 2:  # else a formula may appear where a broken tag stood between dollars
        assert from_markup(once) == once
    assert "  " not in once
    assert once == once.strip()


@given(st.text() | pieces)
def test_any_text_gives_html_in_which_only_csl_tags_are_left(source: str) -> None:
    html = to_html(from_markup(source))
    for tag in ("i", "b", "sub", "sup", "span"):
        assert html.count(f"</{tag}>") == html.count(f"<{tag}>") + html.count(f"<{tag} ")
    for tag in ("<i>", "<b>", "<sub>", "<sup>", SMALL, '<span class="nocase">', "</i>", "</b>"):
        html = html.replace(tag, "")
    for tag in ("</sub>", "</sup>", "</span>"):
        html = html.replace(tag, "")
    assert "<" not in html
    assert ">" not in html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("CO<sub>2</sub> & p < 5", "CO<sub>2</sub> &amp; p &lt; 5"),
        ("<i>open", "&lt;i&gt;open"),
        ("<i><b>x</i></b>", "&lt;i&gt;<b>x&lt;/i&gt;</b>"),
        ('<img src=x onerror="alert(1)">', "&lt;img src=x onerror=&quot;alert(1)&quot;&gt;"),
        ('<span class="evil">x</span>', "&lt;span class=&quot;evil&quot;&gt;x&lt;/span&gt;"),
    ],
)
def test_html_escapes_all_but_paired_csl_tags(text: str, html: str) -> None:
    assert to_html(text) == html


def test_plain_text_is_the_words_alone() -> None:
    assert plain(f"CO<sub>2</sub> of {SMALL}x</span> < 5") == "CO2 of x < 5"


@pytest.mark.parametrize(
    ("damaged", "text"),
    [
        ("FranÃ§ois MÃ¼ller", "François Müller"),
        ("Donâ€™t â€œquoteâ€\x9d", "Don’t “quote”"),
        ("FranÃƒÂ§ois", "François"),
        ("1â\x80\x9310", "1–10"),
        ("Îµ-caprolactam – kept", "Îµ-caprolactam – kept"),
        ("CAFÉ” and", "CAFÉ” and"),
        ("“IRMÃ”", "“IRMÃ”"),
        ("SÃO PAULO", "SÃO PAULO"),
        ("SITUAÇÃO VACINAL", "SITUAÇÃO VACINAL"),
        ("naïve – façade", "naïve – façade"),
        ("Köln und Ångström", "Köln und Ångström"),
    ],
)
def test_mojibake_is_repaired_only_where_it_is_certain(damaged: str, text: str) -> None:
    assert repair_mojibake(damaged) == text


words = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"]), max_size=40)


@given(words)
def test_text_that_never_was_damaged_is_not_repaired(text: str) -> None:
    repaired = repair_mojibake(text)
    if repaired != text:  # then the text itself has the shape of damage, to the last character
        assert any(mark in text for mark in "ÂÃÄÅâãäåæçèéêëìíîïðñòóôÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞß")


@given(st.text("abc défghïjklmñöpqrstü ß–’“”", min_size=3, max_size=40))
def test_damage_in_a_text_of_western_letters_is_undone(text: str) -> None:
    damaged = text.encode("utf-8").decode("latin-1")
    assert from_markup(damaged) == from_markup(text)


@pytest.mark.parametrize(
    "source",
    [
        "<jats:p>" + "word <jats:italic>x</jats:italic> &amp; " * 125_000 + "</jats:p>",
        "<i>" * 300_000,
        "<!--" * 300_000,
        "<a b='" * 200_000,
        "&amp;" * 400_000,
        "<" * 1_000_000,
        "$" * 500_000,
        "\\(" * 200_000,
        "<mml:mrow>" * 100_000,
        "\n " * 400_000 + ".",
        "Ã" * 500_000,
    ],
    ids=[
        "abstract",
        "open tags",
        "comments",
        "attributes",
        "entities",
        "brackets",
        "dollars",
        "tex",
        "mathml",
        "lines",
        "mojibake",
    ],
)
def test_hostile_text_of_megabytes_is_read_in_seconds(source: str) -> None:
    start = time.process_time()
    from_markup(source, paragraphs=True)
    assert time.process_time() - start < 15


@pytest.mark.parametrize(
    ("title", "whole"),
    [
        ('in <span class="nocase">T</span>aipei', 'in <span class="nocase">Taipei</span>'),
        (
            'non-<span class="nocase">A</span>rchimedean',
            'non-<span class="nocase">Archimedean</span>',
        ),
        ('Mc<span class="nocase">D</span>onald', '<span class="nocase">McDonald</span>'),
        ('the <span class="nocase">DNA</span> of', 'the <span class="nocase">DNA</span> of'),
        (
            '<i><span class="nocase">E</span>. coli</i>',
            '<i><span class="nocase">E</span>. coli</i>',
        ),
        ("without any", "without any"),
    ],
)
def test_protected_letters_protect_their_word_for_citeproc(title: str, whole: str) -> None:
    assert protect_whole_words(title) == whole
