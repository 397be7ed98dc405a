"""Reading Retry-After, backing off, and what a limiter believes."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.sources.pacing import Limiter, Pace, backoff, http_date, retry_after

NOW = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("Mon, 23 Nov 2026 12:01:30 GMT", 90),
        ("Mon, 23 Nov 2026 13:01:30 +0100", 90),
        ("Mon, 23 Nov 2026 11:59:00 GMT", 0),
        ("Mon, 23 Nov 2026 12:01:30 -0000", 90),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_read_in_both_its_forms(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, NOW) == seconds


def test_a_date_header_that_is_none_is_no_date() -> None:
    assert http_date("Mon, 23 Nov 2026 12:00:00 GMT") == NOW
    assert http_date("yesterday") is None
    assert http_date(None) is None


@given(st.text())
def test_retry_after_may_be_any_text(value: str) -> None:
    seconds = retry_after(value, NOW)
    assert seconds is None or seconds >= 0


@given(st.integers(1, 10_000), st.floats(0.001, 10), st.floats(0.001, 1000))
def test_backoff_doubles_with_jitter_up_to_its_longest(
    attempt: int, base: float, longest: float
) -> None:
    wait = backoff(attempt, base, longest)
    full = min(longest, base * 2.0 ** min(attempt - 1, 30))
    assert full / 2 <= wait <= full


@pytest.mark.parametrize(
    ("headers", "spacing"),
    [
        ({"x-rate-limit-limit": "50", "x-rate-limit-interval": "1s"}, 1 / 50),
        ({"x-rate-limit-limit": "50, 10", "x-rate-limit-interval": "1s, 1s"}, 1 / 10),
        ({"x-rate-limit-limit": "5", "x-rate-limit-interval": "0.5s"}, 1 / 10),
        ({"x-rate-limit-limit": "100", "x-rate-limit-interval": "60"}, 0.6),
        ({"x-rate-limit-limit": "0", "x-rate-limit-interval": "1s"}, 1 / 3),
        ({"x-rate-limit-limit": "many", "x-rate-limit-interval": "1s"}, 1 / 3),
        ({"x-rate-limit-limit": "50"}, 1 / 3),
        ({"x-rate-limit-limit": "nan", "x-rate-limit-interval": "inf"}, 1 / 3),
        ({}, 1 / 3),
    ],
)
def test_a_limiter_believes_usable_headers_only(headers: dict[str, str], spacing: float) -> None:
    limiter, pace = Limiter(), Pace("Crossref", "list", limit=3)
    limiter.learn("http://x", pace, headers)
    assert limiter.distance("http://x", pace) == pytest.approx(spacing, rel=0.05)
