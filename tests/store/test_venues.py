"""Which printed venues are one venue."""

from itertools import permutations

from library.store.venues import VenueName, decide


def _keys(*forms: tuple[str, str, str], **overrides: str) -> list[str]:
    """Decide in every order of the forms, which must not matter."""
    names = [VenueName(i, *form) for i, form in enumerate(forms)]
    answers = [decide(order, overrides) for order in permutations(names)]
    assert all(answer == answers[0] for answer in answers)
    return [answers[0][i] for i in range(len(forms))]


def test_forms_with_one_issn_are_one_venue() -> None:
    assert len(set(_keys(("N Engl J Med", "", "0028-4793"), ("NEJM", "", "0028-4793")))) == 1


def test_print_and_online_issn_on_one_work_join() -> None:
    keys = _keys(("A", "", "0028-4793"), ("B", "", "1533-4406"), ("C", "", "0028-4793; 1533-4406"))
    assert keys == ["0028-4793"] * 3


def test_a_name_without_issn_is_the_one_venue_of_that_name() -> None:
    assert _keys(("The Lancet", "", "0140-6736"), ("the lancet", "", ""))[1] == "0140-6736"


def test_a_name_of_two_issns_joins_neither() -> None:
    keys = _keys(("Physics", "", "0140-6736"), ("Physics", "", "0028-4793"), ("Physics", "", ""))
    assert keys == ["0140-6736", "0028-4793", "physics"]


def test_an_abbreviation_of_one_venue_is_that_venue() -> None:
    keys = _keys(("Journal of Tests", "J. Tests", "1234-5679"), ("J Tests", "", ""))
    assert keys == ["1234-5679"] * 2


def test_an_abbreviation_of_two_venues_is_neither() -> None:
    keys = _keys(("Journal of Tests", "JT", ""), ("Journal of Trees", "JT", ""), ("JT", "", ""))
    assert keys == ["journal of tests", "journal of trees", "jt"]


def test_what_the_user_decided_counts() -> None:
    keys = _keys(
        ("NEJM", "", ""), ("New England Journal", "", "0028-4793"), NEJM="New England Journal"
    )
    assert keys == ["0028-4793"] * 2
