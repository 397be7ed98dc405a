"""Fixtures: a running loopback world for a test. Named in tests/conftest.py as a plugin."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from .world import World, world


@pytest.fixture
def loopback() -> Iterator[World]:
    """Run the services on 127.0.0.1 with our own few records; log and faults are the test's own.

    `loopback.environment()` holds the variables for a command in another process.
    """
    with world() as running:
        yield running


@pytest.fixture
def loopback_corpora(corpora: Path) -> Iterator[World]:
    """Run the same services with all real records besides."""
    with world(corpora) as running:
        yield running
