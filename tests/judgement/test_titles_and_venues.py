# ruff: noqa: E501 - a case is one line
import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.judgement.normal import is_typo, language, within, words
from library.judgement.notices import split_notice
from library.judgement.titles import compare_titles, title_form
from library.judgement.venues import compare_venues, venue_forms


@pytest.mark.parametrize(
    ("a", "b", "verdict"),
    [
        ("TNF-α in mice", "{TNF}-\\alpha{} in mice", "equal"),
        ('CO<sub>2</sub> and {\\"o}l', "CO2 and öl", "equal"),
        ("UniversitÃ¤t und Gesellschaft", "Universität und Gesellschaft", "equal"),
        ("A data base for the humanities", "A database for the humanities", "equal"),
        ("A study ofworkers in mines", "A study of workers in mines", "equal"),
        ("Eva1uating the performance of nurses", "Evaluating the performance of nurses", "equal"),
        ("Treatment of PTSD in refugees", "Treatment of post-traumatic stress disorder in refugees", "equal but for 1 slip of the pen"),
        ("Caring for the young: a study", "Caring for the young", "subtitle left out"),
        ("Caring for the yuong", "Caring for the young: a study", "subtitle left out"),
        ("The effects of aspirin on platelets in …", "The effects of aspirin on platelets in healthy women", "cut off by dots"),
        ("The effects of aspirin on platelets in healt", "The effects of aspirin on platelets in healthy women", "cut off within a word"),
        ("10,000 patients treated", "10 000 patients treated", "equal"),
    ],
)  # fmt: skip
def test_one_title_is_known_in_its_disguises(a: str, b: str, verdict: str) -> None:
    match = compare_titles(title_form(a), title_form(b))
    assert match.verdict == verdict
    assert match.weight > 0


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Effects of aspirin in rats", "Effects of aspirin in mice"),
        ("Typical behaviour of voters", "Atypical behaviour of voters"),
        ("On sums. I", "On sums. II"),
        ("On sums", "On sums II"),
        ("Annual report 2014", "Annual report 2015"),
        ("HIV-1 in mothers", "HIV-2 in mothers"),
        ("IL-6 and sleep", "IL-8 and sleep"),
        ("Solver v2.0.1", "Solver v2.1.0"),
        ("First annual report of the board", "Second annual report of the board"),
        ("Proceedings of the 12th Meeting", "Proceedings of the 13th Meeting"),
        ("Introduction", "Introduction to sums"),
        ("Erratum: On sums of squares", "On sums of squares"),
    ],
)
def test_near_titles_of_two_works_speak_against(a: str, b: str) -> None:
    assert compare_titles(title_form(a), title_form(b)).weight < 0


@pytest.mark.parametrize(
    ("title", "kind", "rest"),
    [
        ("Correction to: On sums", "correction", "on sums"),
        ("Publisher Correction: On sums", "correction", "on sums"),
        ("On sums [Corrigendum]", "correction", "on sums"),
        ("Erratum zu: Über Summen", "correction", "uber summen"),
        ("Retraction: On sums", "retraction", "on sums"),
        ("RETRACTED ARTICLE: On sums", None, "on sums"),
        ("On sums (Retracted article. See vol. 3)", None, "on sums"),
        ("Authors’ reply", "reply", ""),
        ("Comment on “On sums”", "comment", "“on sums”"),
        ("Correction of refractive errors", None, "correction of refractive errors"),
        ("Response-time of nurses", None, "response-time of nurses"),
        ("Discussions with nurses", None, "discussions with nurses"),
        ("Letters and numbers", None, "letters and numbers"),
        ("Review of methods for sums", None, "review of methods for sums"),
    ],
)
def test_notices_are_told_from_works(title: str, kind: str | None, rest: str) -> None:
    assert split_notice(title) == (kind, rest)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("N. Engl. J. Med.", "The New England Journal of Medicine"),
        ("PNAS", "Proceedings of the National Academy of Sciences"),
        ("JAMA", "Journal of the American Medical Association"),
        ("IEEE Trans. Knowl. Data Eng.", "IEEE Transactions on Knowledge and Data Engineering (TKDE)"),
        ("ICML", "Proceedings of the 12th International Conference on Machine Learning"),
        ("Z. Phys.", "Zeitschrift für Physik"),
        ("Am J Surg", "The American Journal of Surgery"),
    ],
)  # fmt: skip
def test_a_venue_is_known_by_its_abbreviations(a: str, b: str) -> None:
    assert compare_venues(venue_forms(a), venue_forms(b)).weight > 0


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Nature", "Nature Physics"),
        ("JAMA", "JAMA Pediatrics"),
        ("Physical Review B", "Physical Review D"),
        ("Journal of Nursing", "Proceedings of the Conference on Nursing"),
        ("Proceedings of the 12th Workshop on Sums", "Proceedings of the 13th Workshop on Sums"),
        ("Brain", "Bone Reports"),
    ],
)
def test_venues_that_share_words_are_not_one(a: str, b: str) -> None:
    assert compare_venues(venue_forms(a), venue_forms(b)).weight <= 0


def test_slips_are_short_and_keep_the_first_letter() -> None:
    assert is_typo("behavior", "behaviour")
    assert is_typo("confrotning", "confronting")
    assert not is_typo("rats", "cats")
    assert not is_typo("men", "women")
    assert not is_typo("hiv1", "hiv2")
    assert not within("abc", "xyz", 2)


def test_the_language_of_a_title_shows_in_its_little_words() -> None:
    assert language(words("The care of the young in the city")) == "en"
    assert language(words("Die Pflege der Kinder in der Stadt")) == "de"
    assert language(words("Забота о детях")) not in {None, "en"}
    assert language(words("Neuroimaging")) is None


@given(st.text(max_size=60), st.text(max_size=60))
def test_titles_and_venues_compare_the_same_both_ways(a: str, b: str) -> None:
    one, two = title_form(a), title_form(b)
    assert compare_titles(one, two) == compare_titles(two, one)
    first, second = venue_forms(a), venue_forms(b)
    assert compare_venues(first, second) == compare_venues(second, first)
