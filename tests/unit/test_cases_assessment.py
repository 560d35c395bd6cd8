"""Every finding is listed and every fen counts once, to the fen."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from cases.alerts import alerts, mark_repeats
from cases.amounts import weigh
from cases.assessment import ESTIMATE, findings, settle, totals
from cases.selection import Capacity, select
from cases.wording import reasons
from claims.results import ALERTS, FINDINGS
from rules.catalogue import RULES
from rules.losses import METHODS, group_difference, group_versus_fees, line_sum
from tests.judged_stays import NIGHT, judged
from tests.worlds import cells

SPLIT_AND_MORE = """
    subject    | type | stay | code | method         | amount   | fee
    S1         | stay | S1   | H01  | line_sum       | 9,999.99 | 9,999.99
    S1         | stay | S1   | H02  | line_sum       | 4,000.01 | 9,999.99
    S1/STENT   | use  | S1   | C02  | line_sum       | 3,000.00 | -
    S2         | stay | S2   | H02  | line_sum       | 6,000.00 | 8,000.50
    S2/STENT   | use  | S2   | C02  | line_sum       | 1,500.25 | -
    S2/BALLOON | use  | S2   | C05  | line_sum       | 900.00   | -
    S2/BALLOON | use  | S2   | C02  | line_sum       | 300.00   | -
    S3         | stay | S3   | H10  | drg_difference | 7,000.00 | 5,000.00
    S3         | stay | S3   | H02  | line_sum       | 5,000.00 | 5,000.00
    S4         | stay | S4   | -    | excess         | 250.00   | 900.00
    T/STENT    | use  | T    | C02  | line_sum       | 80.00    | -
    T/MESH     | use  | T    | C02  | line_sum       | 20.00    | -
    H/STENT/25 | ledger | -  | C10  | line_sum       | 500.00   | -
"""


def found(text: str = SPLIT_AND_MORE) -> pl.DataFrame:
    """Findings as text, amounts in yuan."""
    rows = [
        {
            "run_date": date(2025, 6, 2),
            "scenario": "hospitalization" if row["type"] == "stay" else "consumables",
            "subject_type": row["type"],
            "subject_id": row["subject"].replace("/", "|"),
            "stay_id": None if row["stay"] == "-" else row["stay"],
            "code": row["code"],
            "loss_method": row["method"],
            "amount": fen(row["amount"]),
            "stay_fee": None if row["fee"] == "-" else fen(row["fee"]),
        }
        for row in cells(text)
    ]
    schema = {name: kind for name, kind in FINDINGS.dtypes().items()
              if name not in ("counted", "absorbed_by")}  # fmt: skip
    return pl.DataFrame(rows, schema=schema)


def fen(yuan: str) -> int:
    """'1,500.25' as 150025."""
    return round(float(yuan.replace(",", "")) * 100)


def settled(text: str = SPLIT_AND_MORE) -> dict[tuple[str, str], tuple[int, str | None]]:
    """What counts of each finding, and what counts instead."""
    rows = settle(found(text)).to_dicts()
    return {(row["subject_id"], row["code"]): (row["counted"], row["absorbed_by"]) for row in rows}


def test_a_split_stay_absorbs_the_hanging_bed_and_the_items_inside_it() -> None:
    told = settled()
    assert told["S1", "H01"] == (999_999, None)
    assert told["S1", "H02"] == (0, "H01 of stay S1")
    assert told["S1|STENT", "C02"] == (0, "H01 of stay S1")


def test_findings_inside_a_stay_add_up_but_never_beyond_its_fee() -> None:
    told = settled()
    assert told["S2", "H02"] == (600_000, None)
    assert told["S2|STENT", "C02"] == (150_025, None)
    # 8,000.50 less 6,000.00 less 1,500.25 leave 500.25 of the 900.00.
    assert told["S2|BALLOON", "C05"] == (50_025, "H02 of stay S2")
    assert told["S2|BALLOON", "C02"] == (0, "C05 of use S2|BALLOON")


def test_ways_of_establishing_a_loss_stand_apart() -> None:
    told = settled()
    # A difference of payments may lie above the fee; lines cannot.
    assert told["S3", "H10"] == (700_000, None)
    assert told["S3", "H02"] == (500_000, None)


def test_items_of_a_stay_whose_fee_is_not_known_add_up() -> None:
    told = settled()
    assert told["T|STENT", "C02"] == (8_000, None)
    assert told["T|MESH", "C02"] == (2_000, None)


def test_totals_are_told_by_way_and_to_the_fen() -> None:
    assert totals(settle(found())) == {
        "drg_difference": 700_000,
        "excess": 25_000,
        "line_sum": 999_999 + 600_000 + 150_025 + 50_025 + 500_000 + 8_000 + 2_000 + 50_000,
    }


def test_no_stay_counts_more_than_its_fee_and_no_finding_more_than_its_amount() -> None:
    rows = settle(found())
    assert (rows["counted"] <= rows["amount"]).all()
    assert (rows["counted"] >= 0).all()
    lines = (pl.col("loss_method") == "line_sum") & pl.col("stay_id").is_not_null()
    sums = (
        rows.filter(lines)
        .group_by("stay_id")
        .agg(pl.col("counted").sum(), pl.col("stay_fee").max())
        .drop_nulls()
    )
    assert (sums["counted"] <= sums["stay_fee"]).all()


def test_the_order_of_findings_does_not_matter() -> None:
    rows = found()
    assert settle(rows).equals(settle(rows.sample(fraction=1.0, shuffle=True, seed=4)))
    assert settle(rows.clear()).schema == FINDINGS.empty().schema


def test_every_rule_establishes_its_loss_in_a_way_of_the_law_and_none_extrapolates() -> None:
    assert {item.loss_method for item in RULES} <= set(METHODS)
    assert "extrapolated" not in METHODS
    assert ESTIMATE not in METHODS


def of_night() -> tuple[pl.DataFrame, pl.DataFrame]:
    """Alerts of the judged stays, and their findings."""
    one = judged()
    everybody = Capacity(alerts=10, random_share=0.0, seed=7)
    picked = select(mark_repeats(weigh(one), ALERTS.empty()), everybody, NIGHT).filter(
        pl.col("selected_by").is_not_null()
    )
    told = alerts(one, picked, reasons(one, one.top(one.measured)))
    return told, findings([one], told)


def test_the_findings_of_a_night_are_those_of_its_alerts() -> None:
    told, rows = of_night()
    assert rows.schema == FINDINGS.empty().schema
    assert set(rows["subject_id"]) == set(told["subject_id"])
    both = rows.filter(pl.col("subject_id") == "both")
    assert dict(both.select("code", "counted").iter_rows()) == {"H01": 1_200_000, "H02": 0}


def test_what_counts_of_an_alert_is_its_amount_at_risk() -> None:
    told, rows = of_night()
    counted = dict(rows.group_by("subject_id").agg(pl.col("counted").sum()).iter_rows())
    assert counted == dict(told.select("subject_id", "amount_at_risk").iter_rows())


@pytest.mark.parametrize(
    ("coded", "proper", "loss"), [(10_000, 7_500, 2_500), (7_500, 10_000, 0), (None, 1, None)]
)
def test_a_wrong_group_costs_the_difference_of_the_payments(
    coded: int | None, proper: int, loss: int | None
) -> None:
    row = pl.DataFrame({"coded": [coded], "proper": [proper]}, schema=dict.fromkeys(
        ("coded", "proper"), pl.Int64()))  # fmt: skip
    by_group = row.select(group_difference(pl.col("coded"), pl.col("proper"))).item()
    by_fees = row.select(group_versus_fees(pl.col("coded"), pl.col("proper"))).item()
    assert by_group == by_fees == loss


def test_lines_in_doubt_are_summed_with_their_reversals_to_the_fen() -> None:
    lines = pl.DataFrame({"amount": [10_001, -10_001, 333, 99], "bad": [True, True, True, False]})
    assert lines.select(line_sum(pl.col("amount"), pl.col("bad"))).item() == 333
    assert lines[1:2].select(line_sum(pl.col("amount"), pl.col("bad"))).item() == 0
