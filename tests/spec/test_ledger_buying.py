"""Gifts, orders off the platform and what is gained on their lots; suppliers; by example."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.worlds import check_measured, measured, world

if TYPE_CHECKING:
    from claims.history import History

STAYS = """
    stay_id | hospital_id | admitted_at | discharged_at | total_amount
    a       | H           | 2025-06-01  | 2025-06-20    | 10,000
"""
ITEMS = """
    item_code | valid_from | class_code | pack_factor | platform_price
    STENT     | 2020-01-01 | C01        | 1           | 100
"""
BOUGHT = """
    purchase_id | hospital_id | item_code | lot | supplier_id | delivered_on | quantity | unit_price | on_platform | gift
    1           | H           | STENT     | L1  | S           | 2025-06-02   | 4        | 100        | yes         | no
    2           | H           | STENT     | L2  | S           | 2025-06-02   | 2        | 40         | no          | no
    3           | H           | STENT     | L3  | S           | 2025-06-02   | 2        | 100        | yes         | yes
    4           | H           | STENT     | L4  | S           | 2025-07-02   | 2        | 100        | yes         | yes
"""
BILLED = """
    line_id | stay_id | charged_at | category   | item_code | lot | quantity | unit_price | amount
    1       | a       | 2025-06-03 | consumable | STENT     | L1  | 4        | 100        | 400
    2       | a       | 2025-06-03 | consumable | STENT     | L2  | 2        | 100        | 200
    3       | a       | 2025-06-04 | consumable | STENT     | L3  | 1        | 100        | 100
"""
USED = """
    use_id | stay_id | item_code | lot | quantity | used_at
    1      | a       | STENT     | L1  | 4        | 2025-06-03
    2      | a       | STENT     | L2  | 2        | 2025-06-03
    3      | a       | STENT     | L3  | 2        | 2025-06-04
"""


def test_deliveries_of_the_month_and_what_is_gained_on_them() -> None:
    history = world(
        stays=STAYS, consumables=ITEMS, purchases=BOUGHT, fee_lines=BILLED, device_uses=USED
    )
    check_measured(
        history,
        "ledger",
        """
        subject_id      | given_units | off_platform_share | billed_off_platform | unbilled_gifts | gain_amount | gain_share
        H/STENT/2025-06 | 2           | 0.25               | 3                   | 1                     | 220         | 0.7333333333333333
        H/STENT/2025-07 | 2           | 0                  | -                   | -                     | -           | -
        """,
    )


def lot_of(purchases: str, billed: str) -> History:
    """The ledger's history of lot L1: deliveries and bills, as units at a price."""
    header = "purchase_id | hospital_id | item_code | lot | supplier_id | delivered_on | quantity | unit_price | on_platform | gift"
    lines = "line_id | stay_id | charged_at | category | item_code | lot | quantity | unit_price | amount"
    return world(
        stays=STAYS, consumables=ITEMS, purchases=f"{header}\n{purchases}",
        fee_lines=f"{lines}\n{billed}", device_uses=USED.replace("L2", "L9").replace("L3", "L9"),
    )  # fmt: skip


def gain(history: History, month: str) -> float | None:
    found = measured(history, "ledger", f"H|STENT|{month}")["gain_amount"].item()
    return None if found is None else found / 100


def test_bills_of_a_lot_are_shared_out_among_its_deliveries() -> None:
    twice = """
        1 | H | STENT | L1 | S | 2025-06-02 | 5 | 60 | no | no
        2 | H | STENT | L1 | S | 2025-07-02 | 5 | 60 | no | no
    """
    history = lot_of(twice, "1 | a | 2025-06-03 | consumable | STENT | L1 | 10 | 100 | 1,000")
    assert (gain(history, "2025-06"), gain(history, "2025-07")) == (200, 200)


def test_a_gift_beside_a_bought_lot_is_billed_by_its_share_alone() -> None:
    gift = """
        1 | H | STENT | L1 | S | 2025-06-02 | 99 | 100 | yes | no
        2 | H | STENT | L1 | S | 2025-07-02 | 1  | 100 | yes | yes
    """
    history = lot_of(gift, "1 | a | 2025-06-03 | consumable | STENT | L1 | 100 | 100 | 10,000")
    assert (gain(history, "2025-06"), gain(history, "2025-07")) == (None, 100)


def test_what_was_bought_on_the_platform_gains_nothing_here() -> None:
    bought = """
        1 | H | STENT | L1 | S | 2025-06-02 | 10 | 80  | yes | no
        2 | H | STENT | L8 | S | 2025-06-02 | 1  | 100 | no  | no
    """
    billed = """
        1 | a | 2025-06-03 | consumable | STENT | L1 | 10 | 100 | 1,000
        2 | a | 2025-06-03 | consumable | STENT | L8 | 1  | 100 | 100
    """
    assert gain(lot_of(bought, billed), "2025-06") == 0


def test_a_delivery_whose_price_nobody_told_has_no_gain() -> None:
    history = lot_of(
        "1 | H | STENT | L1 | S | 2025-06-02 | 4 | - | no | no",
        "1 | a | 2025-06-03 | consumable | STENT | L1 | 4 | 100 | 400",
    )
    assert gain(history, "2025-06") is None


def test_a_stay_whose_record_shows_a_gift() -> None:
    history = world(
        stays=STAYS, consumables=ITEMS, purchases=BOUGHT, fee_lines=BILLED, device_uses=USED
    )
    assert measured(history, "stay", "a")["given_devices"].item() == 2000


def market(**dear: float) -> str:
    """Ten deliveries of one article to each of five hospitals, some of them dearer."""
    lines = [
        "purchase_id | hospital_id | item_code | supplier_id | delivered_on | quantity | unit_price"
    ]
    for house in "HKLMN":
        for number in range(10):
            supplier = "S" if house == "H" and number < 9 else "T"
            price = round(100 * dear.get(house, 1.0))
            lines.append(
                f"{house}{number} | {house} | C010101X | {supplier} | 2025-06-02 | 1 | {price}"
            )
    return "\n".join(lines)


STAY_OF_H = """
    stay_id | hospital_id | admitted_at | discharged_at | total_amount
    a       | H           | 2026-06-01  | 2026-06-20    | 10,000
"""
ONE_ITEM = """
    item_code | valid_from | class_code | pack_factor | platform_price
    C010101X  | 2020-01-01 | C010101    | 1           | 100
"""


@pytest.mark.parametrize(
    ("dear", "premium"),
    [({}, 0.0), ({"H": 1.3}, 0.3), ({"H": 1.3, "K": 1.3, "L": 1.3, "M": 1.3, "N": 1.3}, 0.0)],
)
def test_the_largest_supplier_and_what_others_pay(dear: dict[str, float], premium: float) -> None:
    purchases = market(**dear).replace("2025-06-02", "2026-06-02")
    history = world(stays=STAY_OF_H, consumables=ONE_ITEM, purchases=purchases)
    found = measured(history, "hospital", "H").row(0, named=True)
    assert found["top_supplier_share"] == pytest.approx(0.9)
    assert found["top_supplier_premium"] == pytest.approx(premium)
    assert found["top_supplier_above"] == pytest.approx(900 * premium * 100)


def test_without_others_who_buy_it_nothing_is_dear() -> None:
    purchases = "\n".join(
        line
        for line in market(H=2.0).replace("2025-06-02", "2026-06-02").splitlines()
        if not line.startswith(("K", "L", "M"))
    )
    history = world(stays=STAY_OF_H, consumables=ONE_ITEM, purchases=purchases)
    assert measured(history, "hospital", "H")["top_supplier_premium"].item() is None
