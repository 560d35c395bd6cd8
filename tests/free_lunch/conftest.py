"""One city, large enough to measure on, for all tests of this folder."""

from __future__ import annotations

import pytest

from bench.free_lunch.city import City, make

STAYS, SEED = 10_000, 23


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> City:
    """A city that the page on the subject was not written from."""
    return make(tmp_path_factory.mktemp("free_lunch"), stays=STAYS, seed=SEED)
