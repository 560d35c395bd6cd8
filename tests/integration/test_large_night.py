"""A night of the size that the design asks for, with a year of history: `make slow`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bench.apart import in_own_process
from bench.night import GOAL_SECONDS, GOAL_STAYS
from bench.one_night import lake_of

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.slow
@pytest.mark.timeout(1_800)  # the city is made and landed first
def test_features_of_a_large_night_build_within_the_goal(tmp_path: Path) -> None:
    lake_of(tmp_path, GOAL_STAYS)
    found = in_own_process("bench.night", "--home", str(tmp_path), "--part", "night")
    assert found["stay"] >= GOAL_STAYS
    assert found["use"] > found["stay"]
    assert found["night"] < GOAL_SECONDS


@pytest.mark.slow
@pytest.mark.timeout(1_800)
def test_a_night_hands_out_only_what_it_asks_of_the_history(tmp_path: Path) -> None:
    """Fee lines that stays and uses read are tonight's and their persons', not the year's."""
    lake_of(tmp_path, GOAL_STAYS // 10)
    found = in_own_process("bench.night", "--home", str(tmp_path), "--part", "reading")
    questions = found["fee_lines opened"]
    assert questions > 0
    # A question that reads all would hand out all that is held each time it is asked.
    assert found["fee_lines rows"] < found["fee_lines held"] * questions / 2
