# ruff: noqa: E501 - a case is one line
import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.judgement.citation_keys import (
    DEFAULT,
    KeyPatternError,
    TakenKeys,
    base_key,
    make_key,
    parse_pattern,
)
from library.work import Work
from tests.judgement.making import work

SAFE = re.compile(r"[A-Za-z0-9_.:-]+")


@pytest.mark.parametrize(
    ("made", "key"),
    [
        (work("Confronting commercial sexual exploitation", ("Díaz, Angela",)), "diaz2014confronting"),
        (work("The Müller cells of the retina", ("Müller, Jörg",)), "muller2014muller"),
        (work("A note on flows", ("Łukasiewicz, Jan",), 1929), "lukasiewicz1929note"),
        (work("Война и мир", ("Толстой, Лев",), 1869), "tolstoy1869voyna"),
        (work("Περί ζώων", ("Παπαδόπουλος, Νίκος",), 2001), "papadopoylos2001peri"),
        (work("김치", ("김, 철수",), 1949), "gim1949gimchi"),
        (work("経済", ("張, 伟",), 2001), "u5f352001u7d4cu6e08"),
        (work("Children’s health in camps", ("O’Neil, Pat",)), "oneil2014childrens"),
        (work("Global report", ("World Health Organization",)), "who2014global"),
        (work("Global report", ("Office on Trafficking (OTP)",)), "otp2014global"),
        (work("Global report", ("UNICEF",)), "unicef2014global"),
        (work("1984", ("Orwell, George",), 1949), "orwell19491984"),
        (work("Care in camps", (), editors=("Moreau, Dina",)), "moreau2014care"),
        (work("Care in camps", (), None, publisher="Harbour Press"), "harbourpresscare"),
        (work(None, (), None, doi="10.5555/abc.d-1"), "abcd1"),
        (work(None, (), None), "articlejournal"),
        (work("<i>In vitro</i> study", ("Rivera, Alma",)), "rivera2014vitro"),
        (work("Der Zauberberg", ("Mann, Thomas",), 1924), "mann1924zauberberg"),
    ],
    ids=lambda x: x if isinstance(x, str) else "",
)  # fmt: skip
def test_the_default_pattern_makes_plain_keys(made: Work, key: str) -> None:
    assert base_key(made) == key


@pytest.mark.parametrize(
    ("pattern", "key"),
    [
        ("{authors max=2 sep=- etal=EtAl}_{year digits=2}", "rivera-okaforEtAl_14"),
        ("{author case=capital letters=4}:{title words=3 sep=_}", "Rive:care_young_people"),
        ("{venue}{year}", "jen2014"),
        ("{editor else=noed}.{volume}", "noed.41"),
        ("{author case=upper}-p{page}", "RIVERA-p212"),
        ("{doi}", "jen1"),
        ("{type}{year}", "articlejournal2014"),
    ],
)
def test_patterns_can_say_what_a_key_is_made_of(pattern: str, key: str) -> None:
    made = work("The care of young people", container_title="Journal of Emergency Nursing",
                volume="41", page="212-219", doi="10.5555/jen.1")  # fmt: skip
    assert base_key(made, pattern) == key


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("{author", "no closing brace"),
        ("author}", '"{" is missing'),
        ("{writer}", "no field 'writer'"),
        ("{}", "empty"),
        ("static", "it has no field"),
        ("{author} {year}", "' ' is not a letter"),
        ("{year digits=3}", "2 or 4"),
        ("{title words=0}", "from 1 to 99"),
        ("{author case=loud}", "lower, upper, capital, keep"),
        ("{author size=3}", "no option 'size'"),
        ("{author sep=,}", "letters, digits"),
        ("{author upper}", "not an option with a value"),
    ],
)
def test_a_pattern_that_cannot_be_read_says_why(pattern: str, said: str) -> None:
    with pytest.raises(KeyPatternError) as caught:
        parse_pattern(pattern)
    assert said in str(caught.value)
    assert DEFAULT in str(caught.value)
    assert caught.value.exit_code == 2


def test_clashes_get_letters_and_know_no_case() -> None:
    one = work("Confronting trafficking", ("Díaz, Angela",))
    taken = TakenKeys(["DIAZ2014confronting"])
    made = []
    for _ in range(28):
        made.append(make_key(one, taken))
        taken.add(made[-1])
    assert made[0] == "diaz2014confrontinga"
    assert made[25:] == ["diaz2014confrontingz", "diaz2014confrontingaa", "diaz2014confrontingab"]
    assert make_key(one, ["Diaz2014Confronting"]) == "diaz2014confrontinga"


def test_the_key_that_a_work_has_plays_no_part() -> None:
    assert make_key(work("Care", ("Rivera, Alma",), key="other"), []) == "rivera2014care"


@given(
    title=st.none() | st.text(min_size=1, max_size=40),
    name=st.text(min_size=1, max_size=20),
    year=st.none() | st.integers(-400, 3000),
)
def test_a_key_is_never_empty_and_always_safe(
    title: str | None, name: str, year: int | None
) -> None:
    key = base_key(work(title, (name,), year))
    assert SAFE.fullmatch(key), repr(key)
    assert key == key.lower()
    assert set(key) <= set(string.ascii_lowercase + string.digits)
