"""The standard of a case group, as it is printed: figures of the frozen tables and no others."""

from __future__ import annotations

import io
import json
from datetime import date

import polars as pl
import pytest
from rich.console import Console

from cases.profile import Asked, Profile, profile
from claims.errors import NotFoundError
from claims.standard_tables import STANDARD_DAYS, STANDARD_ITEMS
from flows.showing_standard import profile_json, show_profile
from tests.judged_stays import standards

ON = date(2025, 1, 1)
ITEMS = [
    # cell, item, n, share, kind
    ("ES35|2|*|*", "few", 12, 0.9, "expected"),
    ("ES35|*|*|*", "XRAY", 40, 0.9, "expected"),
    ("ES35|*|*|*", "MRI", 40, 0.3, "optional"),
    ("ES35|*|*|*", "PET", 40, 0.001, "unusual"),
    ("*|*|*|*", "BED", 400, 0.99, "expected"),
]
DAYS = [("ES35|*|*|*", "operation", 0, 40, 0.25), ("ES35|*|*|*", "operation", 1, 40, 0.75)]


def told(drg: str = "ES35", level: str | None = "2", version: str | None = None) -> Profile:
    """The standard of the judged stays' case group."""
    items = pl.DataFrame(
        [("v1", ON, cell, item, "drug", n, 1, share, kind) for cell, item, n, share, kind in ITEMS],
        schema=STANDARD_ITEMS.dtypes(),
        orient="row",
    )
    days = pl.DataFrame(
        [("v1", ON, cell, step, day, n, 1, 1, share, share) for cell, step, day, n, share in DAYS],
        schema=STANDARD_DAYS.dtypes(),
        orient="row",
    )
    return profile(standards(), items, days, Asked(drg, level), version)


def printed(one: Profile, *, zh: bool) -> str:
    """What a person sees."""
    out = io.StringIO()
    show_profile(Console(file=out, width=200), one, {"XRAY": "胸片"}, zh=zh)
    return out.getvalue()


def test_figures_stand_in_yuan_and_say_how_much_they_borrow() -> None:
    rows = {row["feature"]: row for row in told().features.to_dicts()}
    assert (rows["total_cost"]["location"], rows["total_cost"]["spread"]) == (8_000, 1_000)
    assert rows["length_of_stay"]["p95"] == 15.2
    assert rows["length_of_stay"]["borrowed"] == 20 / (1842 + 20)
    assert not rows["length_of_stay"]["weak"]


def test_a_wider_group_speaks_where_the_asked_one_does_not_and_few_are_called_weak() -> None:
    row = {row["feature"]: row for row in told().features.to_dicts()}["idle_days"]
    assert (row["cell"], row["n"], row["borrowed"], row["weak"]) == ("*|*|*|*", 12, 0.0, True)


def test_items_and_days_are_those_of_the_narrowest_group_of_thirty_stays() -> None:
    one = told()
    assert set(one.items["item"]) == {"XRAY", "MRI", "PET"}
    assert one.days["share_began"].to_list() == [0.25, 0.75]


def test_english_names_chinese_labels_beside_and_chinese_stands_alone() -> None:
    english, chinese = printed(told(), zh=False), printed(told(), zh=True)
    assert "Standard of ES35, level 2 · version v1, frozen on 2025-01-01" in english
    for text in ("length of stay 住院天数", "8.5 d", "15.2 d", "1,842", "1%", "expected 常规",
                 "胸片", "90%", "operation 手术麻醉", "75% (75%)", "12 few"):  # fmt: skip
        assert text in english, text
    for text in ("标准特征 ES35、二级 · 版本v1", "住院天数", "8.5 天", "常规", "全市", "12 少"):
        assert text in chinese, text


def test_json_holds_the_three_parts() -> None:
    content = json.loads(profile_json(told()))
    assert {"group", "version", "features", "items", "days"} <= set(content)
    assert len(content["items"]) == 3


@pytest.mark.parametrize("drg", ["XX99", "ES3"])
def test_a_group_that_nobody_was_in_is_told_with_what_was_meant(drg: str) -> None:
    with pytest.raises(NotFoundError) as caught:
        told(drg)
    assert drg in caught.value.what
    assert ("ES35" in caught.value.way_out) or drg == "XX99"


def test_an_unknown_version_is_told_with_those_there_are() -> None:
    with pytest.raises(NotFoundError, match="v1"):
        told(version="v2")


def test_without_enough_stays_there_is_no_set_and_it_says_so() -> None:
    one = told()
    bare = Profile(one.asked, one.version, one.frozen_on, one.features, one.items.clear(),
                   one.days.clear())  # fmt: skip
    assert "No standard of items 项目集: too few stays" in printed(bare, zh=False)
    assert "时序：样本太少，无标准" in printed(bare, zh=True)
