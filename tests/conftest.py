"""Fixtures that every room's tests share."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.loopback.world import World

pytest_plugins = ["tests.loopback.fixtures"]


@pytest.fixture(scope="session")
def corpora() -> Path:
    """Return the folder of real bibliographic files, or skip and say why."""
    folder = os.environ.get("LIBRARY_CORPORA")
    if not folder:
        pytest.skip("LIBRARY_CORPORA is not set: the real files are not here")
    path = Path(folder)
    assert path.is_dir(), f"LIBRARY_CORPORA names {folder}, which is not a folder"
    return path


@pytest.fixture
def loopback_environment(loopback: World) -> Mapping[str, str]:
    """Return the variables that point a command at the loopback services."""
    return loopback.environment()
