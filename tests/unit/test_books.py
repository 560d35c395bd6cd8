"""What a lake and its hospitals deliver, and what becomes of a rule where something is missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from cases.amounts import PRIOR_OF_CLUE, PRIOR_OF_DOUBT, by_subject, prior_of_rules
from features.catalogue import CATALOGUES
from flows.judging import by_hospital, graded_down, lowered_lines, usable_rules
from rules import cautions, protective
from rules.books import CONTEXT, Books, Gaps, needs
from rules.catalogue import BY_CODE, RULES
from rules.declaration import CLUE, DOUBT, Caution, Grade
from rules.judge import judge, speaking
from tests.worlds import measured_table, world

STAYS = """
    stay_id | person_id | hospital_id | admitted_at | discharged_at | total_amount | received_on
    a       | P         | H           | 2025-03-01  | 2025-03-08    | 10,000       | 2025-03-09
    b       | P         | K           | 2025-03-01  | 2025-03-08    | 10,000       | 2025-03-09
"""
CATALOGUE = """
    item_code | valid_from | class_code | platform_price | pack_factor
    STENT     | 2020-01-01 | C020101    | 100            | 1
"""
LINES = """
    line_id | stay_id | charged_at | category   | item_code | quantity | unit_price | amount | lot
    1       | a       | 2025-03-03 | consumable | STENT     | 2        | 100        | 200    | L1
    2       | b       | 2025-03-03 | consumable | STENT     | 2        | 100        | 200    | L1
"""
USES = """
    use_id | stay_id | item_code | quantity | used_at    | serial | lot
    1      | a       | STENT     | 1        | 2025-03-03 | S1     | L1
    2      | b       | STENT     | 1        | 2025-03-03 | S2     | L1
"""
BOUGHT = """
    purchase_id | hospital_id | item_code | lot | serial | delivered_on | quantity | unit_price | consignment | gift | received_on
    1           | H           | STENT     | L1  | S1     | 2025-02-01   | 5        | 100        | no          | no   | 2025-02-02
"""
MOVES = """
    move_id | hospital_id | item_code | lot | kind    | quantity | moved_at   | received_on
    1       | H           | STENT     | L1  | opening | 5        | 2025-01-01 | 2025-01-02
    2       | K           | STENT     | -   | opening | 5        | 2025-01-01 | 2025-04-01
"""
COUNTS = """
    hospital_id | item_code | lot | counted_on | quantity | received_on
    H           | STENT     | L1  | 2025-01-31 | 5        | 2025-02-01
    K           | STENT     | L1  | 2025-01-31 | 5        | 2025-02-01
"""
WHOLE = {
    "stays": STAYS, "consumables": CATALOGUE, "fee_lines": LINES, "device_uses": USES,
    "purchases": BOUGHT, "stock_moves": MOVES, "stock_counts": COUNTS,
}  # fmt: skip
NIGHT = date(2025, 3, 10)
# Two stays of two hospitals, alike in all: more billed than used, dear, and of nobody's purchase.
BREACHES = """
    subject_id | hospital_id | as_of      | billed_over_used | has_record | unrecorded_share | billed_amount | price_over_limit | units_unbought | pieces_in_pack | platform_price | gone_unrecorded
    a          | H           | 2025-03-10 | 1                | 1          | 0.5              | 200           | 1.5              | 1              | 1              | 100            | 0
    b          | K           | 2025-03-10 | 1                | 1          | 0.5              | 200           | 1.5              | 1              | 1              | 100            | 0
"""


def rows() -> pl.DataFrame:
    return measured_table("use", BREACHES, judged=True)


def hits(*codes: str, frame: pl.DataFrame | None = None, **tables: str | None) -> pl.DataFrame:
    """Hits of rules where some tables are another, or none."""
    told = {name: text for name, text in (WHOLE | tables).items() if text is not None}
    asked = [BY_CODE[code] for code in codes]
    return judge(rows() if frame is None else frame, asked, Books(world(**told)))


def graded(found: pl.DataFrame) -> dict[str, str]:
    return dict(found.select("subject_id", "grade").iter_rows())


# --- the whole lake ----------------------------------------------------------------------


def test_where_all_is_delivered_a_doubtful_point_stays_one() -> None:
    moves = MOVES.replace("2025-04-01", "2025-01-02").replace("| -  ", "| L1 ")
    bought = BOUGHT + BOUGHT.strip().splitlines()[1].replace("1           | H", "2 | K")
    found = hits("C02", "C05", stock_moves=moves, purchases=bought)
    assert set(found["grade"]) == {DOUBT.value}
    assert not found["unasked_en"].list.len().sum()
    assert found.height == 4


def test_without_a_book_the_rule_is_a_clue_that_says_what_could_not_be_asked() -> None:
    (first, second) = hits("C02", stock_counts=None).to_dicts()
    assert first["grade"] == second["grade"] == CLUE.value
    (en,), (zh,) = first["unasked_en"], first["unasked_zh"]
    assert en == (
        "could not be asked for want of stock_counts (counted_on, hospital_id, item_code,"
        f" quantity): {protective.stock_agrees.en}"
    )
    assert zh.startswith("未提供库存盘点（盘点日期、机构编码、耗材编码、数量），无法核实：")
    assert zh.endswith(protective.stock_agrees.zh)


def test_a_clue_stays_one_and_says_it_too() -> None:
    frame = rows().with_columns(price_over_reversed=pl.lit(2.0), reversed_after_discharge=1.0)
    found = hits("C23", frame=frame, device_uses=None)
    assert set(found["grade"]) == {CLUE.value}
    assert "device_uses" in found["unasked_en"][0][0]


def test_what_is_silenced_need_not_be_asked_further() -> None:
    frame = rows().with_columns(price_on_an_invoice=pl.lit(1.0), price_over_limit=pl.lit(1.0))
    frame = frame.with_columns(price_over_dearest_invoice=pl.lit(1.5))
    found = hits("C05", frame=frame, stock_moves=None)
    # The other hospital has no invoices that its price could be above.
    assert found["protected_by"].to_list() == [["agreed_price"]]
    assert set(found["grade"]) == {DOUBT.value}
    assert not found["unasked_en"].list.len().sum()


def test_columns_of_context_that_no_delivery_fills_are_missed_as_well() -> None:
    gaps = Gaps(world(stays=STAYS))
    told = dict(gaps.unasked(BY_CODE["H01"]))
    assert told[protective.emergency_new] == ["stays.admission_way"]
    assert "stays.drg" in str(told[protective.staged_surgery])
    grouped = Gaps(
        world(stays=STAYS.replace("total_amount", "principal_diagnosis").replace("10,000", "I10"))
    )
    assert protective.oncology_cycle not in dict(grouped.unasked(BY_CODE["H01"]))


def test_all_that_explanations_read_beside_features_has_a_source() -> None:
    for item in RULES:
        catalogue = CATALOGUES[item.entity.name]
        read = {name for guard in item.protected_by for name in guard.expr.meta.root_names()}
        assert {name for name in read if name not in catalogue} <= {*CONTEXT, "event_on"}, item.code


# --- one hospital ------------------------------------------------------------------------


def test_a_hospitals_missing_book_makes_its_own_hits_clues() -> None:
    found = hits("C02", stock_counts=COUNTS.replace("    K  ", "    M  "))
    told = found.filter(subject_id="b").row(0, named=True)
    assert told["grade"] == CLUE.value
    assert "quantity) of this hospital: " in told["unasked_en"][0]
    assert told["unasked_zh"][0].startswith("本院未提供")


def test_what_it_had_not_delivered_by_the_night_is_missing_on_it() -> None:
    bought = BOUGHT + BOUGHT.strip().splitlines()[1].replace("1           | H", "2 | K")
    told = graded(hits("C02", purchases=bought))
    assert told == {"a": DOUBT.value, "b": CLUE.value}
    later = rows().with_columns(as_of=date(2025, 4, 1))
    assert set(graded(hits("C02", frame=later, purchases=bought)).values()) == {DOUBT.value}


def test_a_column_that_it_leaves_empty_is_missing() -> None:
    later = rows().with_columns(as_of=date(2025, 4, 1))
    bought = BOUGHT + BOUGHT.strip().splitlines()[1].replace("1           | H", "2 | K")
    found = hits("C05", frame=later, purchases=bought)
    assert graded(found) == {"a": DOUBT.value, "b": CLUE.value}
    assert any("stock_moves (lot) of this" in one for one in found["unasked_en"][1])


def test_a_rule_that_reads_its_missing_book_is_off_there() -> None:
    found = hits("C11")
    assert found["subject_id"].to_list() == ["a"]


def test_a_hospital_unknown_to_all_books_is_asked_nothing() -> None:
    nobody = rows().with_columns(hospital_id=pl.lit(None, pl.String))
    assert set(graded(hits("C05", frame=nobody)).values()) == {DOUBT.value}


def test_records_are_a_hospitals_through_its_stays() -> None:
    only_here = USES.replace("    2      | b ", "    2      | a ")
    assert hits("C02", device_uses=only_here)["subject_id"].to_list() == ["a"]


# --- cautions ----------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["C03", "C04", "C07", "C09", "C10", "C11"])
def test_a_code_that_no_catalogue_knows_is_a_clue(code: str) -> None:
    assert cautions.unlisted in BY_CODE[code].cautions


@pytest.mark.parametrize("code", ["C01", "C02", "C03", "C04", "C05", "C07", "C09", "C10", "C11"])
def test_a_code_of_untold_origin_is_a_clue(code: str) -> None:
    assert cautions.new_code in BY_CODE[code].cautions


@pytest.mark.parametrize(
    ("price", "days", "grade", "said"),
    [
        (100, None, DOUBT, None),
        (100, 366, DOUBT, None),
        (100, 365, CLUE, cautions.new_code),
        (100, -3, CLUE, cautions.new_code),
        (None, None, CLUE, cautions.unlisted),
    ],
)
def test_what_a_rule_takes_for_known_and_is_not_makes_a_clue(
    price: int | None, days: int | None, grade: Grade, said: Caution | None
) -> None:
    frame = rows().with_columns(
        platform_price=pl.lit(price, pl.Int64), new_code_days=pl.lit(days, pl.Float64)
    )
    for hit in judge(frame, [BY_CODE["C11"]]).iter_rows(named=True):
        assert hit["grade"] == grade.value
        assert hit["unasked_en"] == ([said.en] if said else [])
        assert hit["unasked_zh"] == ([said.zh] if said else [])


def test_a_stock_not_counted_since_makes_a_clue_that_says_so_once() -> None:
    frame = rows().with_columns(gone_unrecorded=pl.lit(None, pl.Float64))
    told = hits("C02", frame=frame).filter(subject_id="a").row(0, named=True)
    assert (told["grade"], told["unasked_en"]) == (CLUE.value, [cautions.not_counted.en])
    for hit in hits("C02", frame=frame, stock_counts=None).iter_rows(named=True):
        (said,) = hit["unasked_en"]
        assert said.startswith("could not be asked")
        assert "stock_counts" in said


# --- readers -----------------------------------------------------------------------------


def test_priority_reads_the_grade_of_the_hit() -> None:
    told = {
        grade: by_subject(judge(rows(), [replace(BY_CODE["C11"], grade=grade)])).row(0, named=True)
        for grade in (DOUBT, CLUE)
    }
    assert (told[DOUBT]["doubt"], told[DOUBT]["grave"]) == (True, True)
    assert (told[CLUE]["doubt"], told[CLUE]["grave"]) == (False, False)
    lowered = by_subject(hits("C02", stock_counts=None)).select(prior=prior_of_rules())
    assert set(lowered["prior"]) == {PRIOR_OF_CLUE}
    assert set(
        by_subject(judge(rows(), [BY_CODE["C02"]])).select(prior_of_rules()).to_series()
    ) == {PRIOR_OF_DOUBT}


def test_the_report_counts_what_is_a_clue_alone_and_why() -> None:
    twice = pl.concat([rows().filter(hospital_id="H")] * 2)
    found = hits("C02", frame=twice, stock_counts=None)
    (line,) = lowered_lines([found])
    assert line.startswith("C02 More billed than used: 2 clues alone, could not be asked for want")
    assert "1 clue alone" in lowered_lines([found.head(1)])[0]
    assert not lowered_lines([judge(rows(), [BY_CODE["C02"]])])
    assert not lowered_lines([speaking(hits("C10", stock_counts=None))])


def test_rules_that_can_be_clues_alone_are_named_before_anything_is_judged() -> None:
    history = world(**{name: text for name, text in WHOLE.items() if name != "stock_counts"})
    assert BY_CODE["C02"] in usable_rules(history, "use")
    (line,) = [one for one in graded_down(history, ["use"]) if one.startswith("rule C02 ")]
    assert "stock_counts" in line


def test_the_report_says_in_how_many_hospitals_a_rule_is_off_or_a_clue() -> None:
    hospitals = "hospital_id | name\nH | North\nK | South\nL | West"
    lines = by_hospital(world(hospitals=hospitals, **WHOLE), NIGHT)
    told = {line.split()[1]: line for line in lines}
    # K bought nothing that it delivered, L keeps no books at all.
    assert "off in 1 and a clue alone in 1 of 3 hospitals" in told["C11"]
    assert "off in 1 and a clue alone in 1 of 3 hospitals" in told["C02"]
    assert "C26" not in told


def test_gaps_are_said_by_table() -> None:
    told = ["purchases.lot", "purchases.serial", "stays.drg"]
    assert needs(told) == "purchases (lot, serial); stays (drg)"
    assert needs(told[:2], zh=True) == "采购入库（批号、序列号）"
