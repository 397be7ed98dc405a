"""Whatever the bytes: no exception, nothing lost, no block that hangs on what stands before.

`scripts/fuzz [SECONDS]` runs the same for as long as one likes.
"""

import pytest
from hypothesis import HealthCheck, given, settings
from measure import fuzz_bibtex
from measure.fuzz_bibtex import BIB_BYTES, check_bytes


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(BIB_BYTES)
def test_any_bytes_are_read_patched_and_given_back(raw: bytes) -> None:
    check_bytes(raw)


def test_the_check_fails_where_a_byte_is_lost() -> None:
    with pytest.raises(AssertionError, match="a byte is lost"):
        fuzz_bibtex._hold(False, "a byte is lost")  # noqa: FBT003, SLF001 - the check itself
