"""Where in the chain a unit went missing, by example: one unit is moved at each node."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from claims.history import as_of
from features.ledger_chain import BILLING, CLOSED, ISSUE, NOT_CARRIED, STORE, USE, node
from features.ledger_flows import purchased
from tests.worlds import check_measured, measured, world

LEDGER = "H|STENT|2025-12"
STAYS = """
    stay_id | hospital_id | admitted_at | discharged_at | total_amount
    a       | H           | 2025-06-01  | 2025-06-08    | 10,000
"""
ITEMS = """
    item_code | valid_from | class_code | pack_factor | platform_price
    STENT     | 2020-01-01 | C01        | 10          | 100
"""
UNITS = {"billed": 50, "used": 50, "issued": 53, "returned": 3, "bought": 60, "sent": 20,
         "arrived": 20, "scrapped": 2, "opening": 10, "closing": 38}  # fmt: skip
NODE_OF = {"billed": BILLING, "used": USE, "issued": ISSUE, "returned": ISSUE, "bought": STORE,
           "arrived": STORE, "scrapped": STORE, "opening": STORE, "closing": STORE}  # fmt: skip


def chain(**changed: int | str) -> dict[str, Any]:
    """The measured ledger of a year in which every node agrees, but for what is changed."""
    of = UNITS | {"price": 100, "arrival": "2025-05-04"} | changed
    history = world(
        stays=STAYS,
        consumables=ITEMS,
        fee_lines=f"""
            line_id | stay_id | charged_at | category   | item_code | quantity | unit_price | amount
            1       | a       | 2025-06-03 | consumable | STENT | {of["billed"]} | 100 | 5,000
        """,
        device_uses=f"""
            use_id | stay_id | item_code | quantity     | used_at
            1      | a       | STENT     | {of["used"]} | 2025-06-03
        """,
        purchases=f"""
            purchase_id | hospital_id | item_code | delivered_on | quantity | unit_price | consignment
            1 | H | STENT | 2025-05-01 | {of["bought"]} | {of["price"]} | no
        """,
        stock_moves=f"""
            move_id | hospital_id | item_code | kind   | quantity | moved_at | counterpart | received_on
            1 | H | STENT | issue             | {of["issued"]}   | 2025-06-02 | - | 2025-06-02
            2 | H | STENT | department_return | {of["returned"]} | 2025-06-09 | - | 2025-06-09
            3 | H | STENT | scrap             | {of["scrapped"]} | 2025-07-01 | - | 2025-07-01
            4 | K | STENT | transfer_out      | {of["sent"]}     | 2025-05-04 | H | 2025-05-05
            5 | H | STENT | transfer_in       | {of["arrived"]}  | 2025-05-04 | K | {of["arrival"]}
        """,
        stock_counts=f"""
            hospital_id | item_code | lot | counted_on | quantity
            H           | STENT     | L1  | 2024-12-31 | {of["opening"]}
            H           | STENT     | L1  | 2025-12-31 | {of["closing"]}
        """,
    )
    return measured(history, "ledger", LEDGER).with_columns(node=node()).row(0, named=True)


def test_a_chain_that_agrees_is_closed() -> None:
    told = chain()
    names = "billed_over_used_year", "used_over_issued_year", "store_gap", "billed_over_available"
    assert [told[name] for name in names] == [0, 0, 0, 0]
    assert told["node"] == CLOSED


@pytest.mark.parametrize("place", sorted(NODE_OF))
@pytest.mark.parametrize("by", [-1, 1])
def test_one_unit_moved_at_a_node_is_found_there(place: str, by: int) -> None:
    moved = {place: UNITS[place] + by}
    # A transfer is booked by both sides alike; what is wrong then is what came.
    sent = {"sent": moved[place]} if place == "arrived" else {}
    assert chain(**moved, **sent)["node"] == NODE_OF[place]


@pytest.mark.parametrize("place", sorted(NODE_OF))
def test_the_residuals_add_up(place: str) -> None:
    told = chain(**{place: UNITS[place] + 1})
    assert told["billed_over_available"] == told["billed_over_used_year"] - told["store_gap"]


def test_a_purchase_typed_in_packs_at_the_price_of_a_pack_is_read_in_units() -> None:
    assert chain(bought=6, price=1000)["node"] == CLOSED
    assert chain(bought=6, price=100)["node"] == STORE


def test_a_transfer_counts_from_the_day_on_which_its_sender_posts_it() -> None:
    assert chain(arrival="2027-02-01")["node"] == CLOSED
    assert chain(arrival="2025-05-30")["node"] == CLOSED


def test_nodes_without_a_quantity_are_named() -> None:
    assert set(NOT_CARRIED).isdisjoint(NODE_OF.values())
    assert len({*NODE_OF.values(), *NOT_CARRIED}) == 8


def test_consigned_goods_came_when_they_were_used() -> None:
    history = world(
        stays=STAYS,
        fee_lines="""
            line_id | stay_id | charged_at | category   | item_code | quantity | unit_price | amount
            1       | a       | 2025-06-03 | consumable | STENT     | 1        | 100        | 100
        """,
        device_uses="""
            use_id | stay_id | item_code | serial | quantity | used_at
            1      | a       | STENT     | S1     | 1        | 2025-06-03
        """,
        purchases="""
            purchase_id | hospital_id | item_code | serial | delivered_on | quantity | unit_price | consignment
            1           | H           | STENT     | S1     | 2025-07-09   | 1        | 100        | yes
        """,
        stock_moves="""
            move_id | hospital_id | item_code | kind  | quantity | moved_at
            other   | H           | WIRE      | scrap | 1        | 2025-06-01
        """,
        stock_counts="""
            hospital_id | item_code | lot | counted_on | quantity
            H           | STENT     | L1  | 2025-05-31 | 0
            H           | STENT     | L1  | 2025-06-30 | 0
        """,
    )
    check_measured(
        history,
        "ledger",
        """
        ledger          | billed_over_available | store_gap
        H/STENT/2025-06 | 0                     | 0
        """,
    )


PACKS = "item_code | valid_from | class_code | pack_factor | platform_price | received_on"


def bought(night: date, *listed: str) -> float:
    """Units of six packs that came in May, as read on a night."""
    history = world(
        consumables="\n".join([PACKS, *listed]),
        purchases="""
            purchase_id | hospital_id | item_code | delivered_on | quantity | unit_price | received_on
            1           | H           | STENT     | 2025-05-01   | 6        | 1,000      | 2025-05-02
        """,
    )
    units = purchased(history).filter(as_of(night)).select("units").collect()
    return float(units.item()) / 1000


LISTED = "STENT | 2020-01-01 | C01 | 10 | 100 | 2025-01-01"


def test_a_pack_is_read_as_known_on_the_night_the_purchase_arrived() -> None:
    later = "STENT | 2025-07-01 | C01 | 10 | 900 | 2025-07-01"
    on = date(2025, 8, 1)
    assert bought(on, LISTED) == 60
    # A price that was listed afterwards does not say what was a pack's price then.
    assert bought(on, LISTED, later) == 60


def test_of_a_code_that_was_listed_later_packs_are_known_from_then_on() -> None:
    late = LISTED.replace("2025-01-01", "2025-06-10")
    assert bought(date(2025, 6, 9), late) == 6
    assert bought(date(2025, 6, 10), late) == 60
