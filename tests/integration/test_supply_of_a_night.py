"""The dossiers of a night follow the article of every use and ledger through the books."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from cases.supply import STEPS
from tests.conftest import NIGHTS
from tests.integration.nights import lake_of

if TYPE_CHECKING:
    from claims.settings import Settings

pytestmark = pytest.mark.usefixtures("prefect_server")


@pytest.fixture(scope="module")
def told(run_home: Settings) -> list[tuple[str, dict[str, Any]]]:
    """Kind of subject and content of the dossiers of all nights."""
    lake = lake_of(run_home)
    kinds = lake.scan("alerts").select("alert_id", "subject_type")
    rows = lake.scan("dossiers").filter(pl.col("run_date").is_in(NIGHTS))
    found = rows.join(kinds, on="alert_id").select("subject_type", "content").collect()
    return [(kind, json.loads(content)) for kind, content in found.iter_rows()]


def test_consumables_have_a_chain_and_nothing_else_has(
    told: list[tuple[str, dict[str, Any]]],
) -> None:
    assert {kind for kind, _ in told} >= {"stay", "use"}
    for kind, content in told:
        assert ("supply" in content) == (kind in {"use", "ledger"}), kind


def test_a_city_that_delivers_its_books_has_whole_chains(
    told: list[tuple[str, dict[str, Any]]],
) -> None:
    chains = [content["supply"] for _, content in told if "supply" in content]
    counted = [one for one in chains if one["since"]]
    assert counted
    for one in counted:
        assert one["since"] < one["until"]
        assert one["missing"] == []
        assert all(one["steps"][name] is not None for name in ("opening", *STEPS))
        assert one["left"] is not None


def test_limits_of_a_night_are_dated(told: list[tuple[str, dict[str, Any]]]) -> None:
    hits = [rule for _, content in told for rule in content["rules"]]
    assert hits
    for rule in hits:
        assert len(rule["shown"]) == len(rule["evidence"])
        assert all(one["since"] and one["value_en"] != "–" for one in rule["in_force"])
