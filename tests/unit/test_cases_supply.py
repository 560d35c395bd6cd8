"""The chain of an article: from the last count to the day, in units, a missing book is no break."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from cases.judged import Judged
from cases.supply import available, breaks, supply
from features.catalogue import CATALOGUES
from rules.judge import HITS
from tests.worlds import measured, world

if TYPE_CHECKING:
    from claims.history import History

STENT = "C02010100000000000000000001"
SUBJECT = f"a|{STENT}"
LEDGER = f"H|{STENT}|2025-03"
MONTH_END, AFTER = date(2025, 3, 31), date(2025, 6, 1)
STAYS = """
    stay_id | hospital_id | admitted_at      | discharged_at    | settled_on
    a       | H           | 2025-03-08 08:00 | 2025-03-12 08:00 | 2025-03-12
    b       | H           | 2025-03-01 08:00 | 2025-03-06 08:00 | 2025-03-06
    k       | K           | 2025-03-01 08:00 | 2025-03-06 08:00 | 2025-03-06
"""
LINES = f"""
    line_id | stay_id | charged_at       | category   | item_code | quantity | unit_price | amount
    1       | a       | 2025-03-10 08:00 | consumable | {STENT}   | 3        | 1,000      | 3,000
    2       | b       | 2025-03-05 08:00 | consumable | {STENT}   | 2        | 1,000      | 2,000
    3       | b       | 2025-02-28 08:00 | consumable | {STENT}   | 9        | 1,000      | 9,000
    4       | b       | 2025-03-11 08:00 | consumable | {STENT}   | 9        | 1,000      | 9,000
    5       | k       | 2025-03-05 08:00 | consumable | {STENT}   | 9        | 1,000      | 9,000
"""
USES = f"""
    use_id | stay_id | item_code | used_at          | quantity
    1      | a       | {STENT}   | 2025-03-10 07:00 | 1
    2      | b       | {STENT}   | 2025-03-05 07:00 | 2
"""
CATALOGUE = f"""
    item_code | valid_from | generic_name | maker | unit | pack_factor | platform_price
    {STENT}   | 2020-01-01 | stent        | M     | each | 5           | 1,000
"""
PURCHASES = f"""
    purchase_id | hospital_id | item_code | supplier_id | delivered_on | quantity | unit_price | consignment
    1           | H           | {STENT}   | S           | 2025-03-02   | 1        | 5,000      | no
    2           | H           | {STENT}   | S           | 2025-02-20   | 40       | 1,000      | no
    3           | H           | {STENT}   | S           | 2025-03-20   | 40       | 1,000      | no
    4           | K           | {STENT}   | S           | 2025-03-02   | 40       | 1,000      | no
"""
MOVES = f"""
    move_id | hospital_id | item_code | kind            | quantity | moved_at         | counterpart
    1       | H           | {STENT}   | transfer_in     | 2        | 2025-03-03 08:00 | -
    2       | H           | {STENT}   | transfer_out    | 1        | 2025-03-04 08:00 | -
    3       | H           | {STENT}   | scrap           | 1        | 2025-03-04 08:00 | -
    4       | H           | {STENT}   | supplier_return | 1        | 2025-03-04 09:00 | -
    5       | H           | {STENT}   | issue           | 6        | 2025-03-04 09:00 | -
    6       | K           | {STENT}   | scrap           | 9        | 2025-03-04 08:00 | -
"""
COUNTS = f"""
    hospital_id | item_code | lot | counted_on | quantity
    H           | {STENT}   | l1  | 2025-01-31 | 30
    H           | {STENT}   | l1  | 2025-02-28 | 3
    H           | {STENT}   | l2  | 2025-02-28 | 1
    H           | {STENT}   | l1  | 2025-03-31 | 5
    K           | {STENT}   | l1  | 2025-02-28 | 7
"""
BOOKS = {
    "stays": STAYS,
    "fee_lines": LINES,
    "device_uses": USES,
    "consumables": CATALOGUE,
    "purchases": PURCHASES,
    "stock_moves": MOVES,
    "stock_counts": COUNTS,
}


def chain(
    *without: str, entity: str = "use", subject: str = SUBJECT, **other: str
) -> dict[str, Any]:
    """The chain of one subject in a world without some of its books."""
    history = world(AFTER, **{name: told for name, told in (BOOKS | other).items()
                    if name not in without})  # fmt: skip
    return of(history, entity, subject)


def of(history: History, entity: str, subject: str) -> dict[str, Any]:
    """The chain of one subject."""
    frame = measured(history, entity, subject, as_of=AFTER)
    judged = Judged(
        CATALOGUES[entity], frame, pl.DataFrame(), pl.DataFrame(schema=HITS), pl.DataFrame(),
        lambda rows: rows, AFTER, None, None, "d1",
    )  # fmt: skip
    return supply(judged, frame.select("subject_id"), history)[subject]


def test_a_use_is_followed_from_the_last_count_to_its_day_in_units() -> None:
    told = chain()
    assert (told["since"], told["until"]) == ("2025-02-28", "2025-03-10")
    assert told["steps"] == {
        "opening": 4.0, "bought": 5.0, "came": 2.0, "returned": 1.0, "went": 1.0, "scrapped": 1.0,
        "issued": 6.0, "brought_back": 0.0, "used": 3.0, "billed": 5.0, "closing": None,
    }  # fmt: skip
    assert told["left"] == 5.0
    assert told["missing"] == []


def test_the_break_is_where_more_is_billed_than_was_used() -> None:
    assert chain()["breaks"] == {"bill": 2.0}


def test_the_break_is_where_more_was_used_than_there_was() -> None:
    many = USES.replace("2025-03-10 07:00 | 1", "2025-03-10 07:00 | 9")
    assert chain(device_uses=many)["breaks"] == {"use": 3.0}


def test_a_ledger_goes_from_count_to_count_and_shows_what_the_shelf_lacks() -> None:
    told = chain(entity="ledger", subject=LEDGER)
    assert (told["since"], told["until"]) == ("2025-01-31", "2025-03-31")
    assert (told["steps"]["opening"], told["steps"]["closing"]) == (30.0, 5.0)
    # 30 counted, 40 and 5 and 40 bought, 2 came, 3 left, 3 used: 111 should lie there.
    assert told["left"] == 111.0
    assert told["breaks"] == {"bill": 20.0, "shelf": 106.0}


@pytest.mark.parametrize(
    ("book", "unknown", "broken"),
    [
        # Without a count the year before is told, and in it 9 more without a record.
        ("stock_counts", ("opening",), {"bill": 11.0}),
        ("purchases", ("bought",), {"bill": 2.0}),
        ("stock_moves", ("came", "returned", "went", "scrapped", "issued"), {"bill": 2.0}),
        ("device_uses", ("used",), {}),
    ],
)
def test_a_book_that_is_missing_is_named_and_breaks_nothing(
    book: str, unknown: tuple[str, ...], broken: dict[str, float]
) -> None:
    told = chain(book)
    assert told["missing"] == [book]
    assert [told["steps"][name] for name in unknown] == [None] * len(unknown)
    assert told["left"] is None
    assert told["breaks"] == broken


def test_a_book_of_another_hospital_is_no_book_of_this_one() -> None:
    others = "\n".join(line for line in PURCHASES.splitlines() if "| H  " not in line)
    told = chain(purchases=others)
    assert told["missing"] == ["purchases"]
    assert told["steps"]["bought"] is None


def test_an_article_that_was_never_counted_is_no_missing_book() -> None:
    counts = COUNTS.replace("H           | " + STENT, "H           | OTHER")
    told = chain(stock_counts=counts)
    assert told["missing"] == ["count_of_item"]
    assert told["since"] is None
    # Of the whole year before, since no count says where to begin.
    assert told["steps"]["bought"] == 45.0
    assert told["left"] is None


def test_a_count_of_long_ago_is_none() -> None:
    counts = COUNTS.replace("2025-01-31", "2023-01-31").replace("2025-02-28", "2024-02-28")
    assert chain(stock_counts=counts)["missing"] == ["count_of_item"]


def test_what_was_put_right_by_the_night_does_not_count() -> None:
    night = "received_on"
    lines = PURCHASES.replace("consignment", f"consignment | {night}", 1)
    rows = [line for line in lines.splitlines() if line.strip()]
    told = "\n".join([rows[0], *(f"{row} | 2025-04-01" for row in rows[1:]),
        "1 | H | OTHER | S | 2025-03-02 | 1 | 5,000 | no | 2025-05-01"])  # fmt: skip
    assert chain(purchases=told)["steps"]["bought"] == 0.0


def test_stays_have_no_chain() -> None:
    history = world(AFTER, **BOOKS)
    frame = measured(history, "stay", "a", as_of=AFTER)
    judged = Judged(
        CATALOGUES["stay"], frame, pl.DataFrame(), pl.DataFrame(schema=HITS), pl.DataFrame(),
        lambda rows: rows, AFTER, None, None, "d1",
    )  # fmt: skip
    assert supply(judged, frame.select("subject_id"), history) == {}


@pytest.mark.parametrize(
    ("steps", "found"),
    [
        ({"used": 5, "billed": 5}, {}),
        ({"used": 6, "billed": 6}, {"use": 1}),
        ({"used": 5, "billed": 7}, {"bill": 2}),
        ({"used": 5, "billed": 3}, {}),
        ({"used": None, "billed": 7}, {"bill": 2}),
        ({"bought": None, "used": 9, "billed": 9}, {}),
        ({"used": 3, "billed": 3, "closing": 2}, {}),
        ({"used": 3, "billed": 3, "closing": 1}, {"shelf": 1}),
        ({"used": 6, "billed": 6, "closing": 0}, {"shelf": -1}),
    ],
)
def test_breaks_by_example(steps: dict[str, int | None], found: dict[str, int]) -> None:
    usual = {"opening": 4, "bought": 2, "came": 1, "returned": 0, "went": 1, "scrapped": 1}
    assert available(usual) == 5
    assert breaks(usual | steps) == found
