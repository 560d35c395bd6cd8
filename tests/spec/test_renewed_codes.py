"""Articles under a new code, by example: what books say under the old one counts as before."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from features.renewals import siblings, strangers, successors
from tests.worlds import LAST_NIGHT, measured, one, world

if TYPE_CHECKING:
    from claims.history import History

# One class and generic name (10 characters), then feature and maker, then specification (7).
OLD, NEW, THIRD = "C02010100111111111110000001", "C02010100122222222220000001", "C0201010013333"
CHEAP = "C02010200144444444440000004"
STAYS = """
    stay_id | person_id | hospital_id | admitted_at | discharged_at | total_amount
    a       | P         | H           | 2025-06-01  | 2025-06-08    | 10,000
    b       | Q         | H           | 2025-05-01  | 2025-05-08    | 10,000
    c       | R         | K           | 2025-05-10  | 2025-05-12    | 10,000
"""
LISTED = """
    item_code | valid_from | valid_to | platform_price | pack_factor | maker | generic_name | covered | class_code | class_name | implantable | key_list
"""
SAME_ARTICLE = "5 | M | stent | yes | C020101 | stent | yes | yes"
CATALOGUE = f"""{LISTED.strip()}
    {OLD} | 2020-01-01 | 2025-05-09 | 100 | {SAME_ARTICLE}
    {OLD} | 2025-05-10 | 2025-09-30 | 90  | {SAME_ARTICLE}
    {NEW} | 2025-05-20 | -          | 90  | {SAME_ARTICLE}
    {CHEAP} | 2020-01-01 | -        | 40  | 1 | M | wire | yes | C020102 | wire | no | no
"""
LINES = f"""
    line_id | stay_id | charged_at | category   | item_code | quantity | unit_price | amount | lot | udi_di
    1       | a       | 2025-06-03 | consumable | {NEW}     | 2        | 100        | 200    | L1  | D1
    2       | a       | 2025-06-03 | consumable | {NEW}     | 1        | 100        | 100    | L2  | D1
"""
# What books say, each under the code that is put into it.
BOOKS = {
    "device_uses": """
        use_id | stay_id | item_code | quantity | used_at    | lot | serial | udi_di
        1      | a       | {code}    | 2        | 2025-06-03 | L1  | S1     | D1
        2      | b       | {code}    | 1        | 2025-05-03 | L1  | S1     | D1
        3      | c       | {code}    | 1        | 2025-05-11 | L1  | S1     | D1
    """,
    "purchases": """
        purchase_id | hospital_id | item_code | lot | serial | delivered_on | expiry_on  | quantity | unit_price | consignment | gift | on_platform | supplier_id | received_on
        1           | H           | {code}    | L1  | S1     | 2025-02-03   | 2025-06-01 | 4        | 101        | no          | no   | yes         | X           | -
        2           | H           | {code}    | L3  | S3     | 2025-03-01   | 2026-06-01 | 1        | 100        | no          | no   | no          | X           | -
        3           | H           | {code}    | L4  | S4     | 2025-04-01   | 2026-06-01 | 1        | 80         | no          | no   | yes         | X           | -
        4           | H           | {code}    | L5  | -      | 2025-06-10   | 2026-06-01 | 2        | 80         | no          | no   | yes         | X           | -
        5           | H           | ELSE      | -   | -      | 2025-08-01   | -          | 1        | 10         | no          | no   | yes         | X | 2025-08-02
    """,
    "stock_moves": """
        move_id | hospital_id | item_code | lot | kind        | quantity | moved_at   | counterpart
        1       | H           | {code}    | L2  | opening     | 3        | 2024-12-31 | -
        2       | H           | {code}    | L1  | transfer_in | 2        | 2025-05-20 | K
        3       | H           | {code}    | L1  | scrap       | 1        | 2025-05-25 | -
        4       | H           | {code}    | L1  | scrap       | 2        | 2025-06-25 | -
    """,
    "stock_counts": """
        hospital_id | item_code | lot | counted_on | quantity
        H           | {code}    | L1  | 2024-12-31 | 5
        H           | {code}    | L1  | 2025-05-31 | 7
        H           | {code}    | L1  | 2025-06-30 | 4
        H           | {code}    | L1  | 2025-12-31 | 4
    """,
}
# Of a delivery the ledger of the very code tells that came; the bills of its lots count either way.
DELIVERED = {"given_units", "off_platform_share"}
SUBJECTS = (("use", f"a|{NEW}"), ("ledger", f"H|{NEW}|2025-06"), ("ledger", f"H|{NEW}|2025-12"))
# What each book is needed for: each of these is read from it, whatever the code.
READ = {
    "device_uses": {
        "used_quantity", "billed_over_used", "has_record", "serial_other_persons",
        "serial_other_hospitals", "shared_serials", "gone_unrecorded", "days_after_expiry",
        "billed_over_used_year",
    },
    "purchases": {
        "price_over_dearest_invoice", "price_over_own_lot", "price_on_an_invoice",
        "units_unbought", "days_after_expiry", "units_gone_unread", "gone_unrecorded",
        "billed_over_available",
    },
    "stock_moves": {
        "units_transferred_in", "billed_from_opening_stock", "gone_unrecorded",
        "billed_over_available",
    },
    "stock_counts": {"gone_unrecorded", "units_gone_unread", "billed_over_available"},
}  # fmt: skip


def city(*, catalogue: str = CATALOGUE, lines: str = LINES, **codes: str) -> History:
    """All books under the new code, but for those that are given another one."""
    books = {name: text.format(code=codes.get(name, NEW)) for name, text in BOOKS.items()}
    return world(stays=STAYS, consumables=catalogue, fee_lines=lines, **books)


def said(history: History) -> dict[str, float | None]:
    """All that is measured of the use and the ledgers of the new code."""
    told: dict[str, float | None] = {}
    for entity, subject in SUBJECTS:
        row = measured(history, entity, subject).row(0, named=True)
        told |= {
            f"{name} of {subject[-7:]}": value
            for name, value in row.items()
            if name not in DELIVERED
        }
    return told


def names(told: set[str]) -> set[str]:
    return {name.split(" of ")[0] for name in told}


@pytest.mark.parametrize("book", BOOKS)
def test_a_book_under_the_old_code_says_what_it_says_under_the_new(book: str) -> None:
    assert said(city(**{book: OLD})) == said(city())


@pytest.mark.parametrize("book", BOOKS)
def test_without_a_link_it_would_say_nothing(book: str) -> None:
    strange = CATALOGUE.replace("| M |", "| N |", 2)
    told, linked = said(city(catalogue=strange, **{book: OLD})), said(city())
    unlike = names({name for name in linked if told[name] != linked[name]})
    assert unlike >= READ[book]


def test_what_came_under_the_old_code_was_held() -> None:
    old = dict.fromkeys(("purchases", "stock_moves"), OLD)
    assert one(city(**old), "use", "never_held", f"a|{NEW}") == 0
    strange = CATALOGUE.replace("| M |", "| N |", 2)
    assert one(city(catalogue=strange, **old), "use", "never_held", f"a|{NEW}") == 1


def test_all_books_under_the_old_code_are_one_article() -> None:
    assert said(city(**dict.fromkeys(BOOKS, OLD))) == said(city())


def test_the_price_list_goes_on_under_the_new_code() -> None:
    history = city()
    use = f"a|{NEW}"
    assert one(history, "use", "days_since_price_change", use) == (date(2025, 6, 3) - date(2025, 5, 10)).days  # fmt: skip
    assert one(history, "use", "price_over_previous", use) == 1.0
    changed = city(catalogue=CATALOGUE.replace(f"{NEW} | 2025-05-20 | -          | 90", f"{NEW} | 2025-05-20 | - | 80"))  # fmt: skip
    assert one(changed, "use", "days_since_price_change", use) == 14
    assert one(changed, "use", "price_over_previous", use) == pytest.approx(100 / 90)


def test_before_it_is_listed_a_code_is_what_its_old_one_is() -> None:
    later = CATALOGUE.replace("2025-05-20", "2025-06-20")
    assert one(city(catalogue=later), "use", "pieces_in_pack", f"a|{NEW}") == 5
    assert one(city(catalogue=later), "use", "price_over_limit", f"a|{NEW}") == pytest.approx(
        10 / 9
    )


def test_a_record_under_a_code_that_is_billed_itself_stays_with_it() -> None:
    both = LINES + f"    3 | a | 2025-06-03 | consumable | {OLD} | 1 | 100 | 100 | L1 | D1\n"
    history = city(lines=both, device_uses=OLD)
    assert one(history, "use", "billed_over_used", f"a|{OLD}") == -1
    assert one(history, "use", "billed_over_used", f"a|{NEW}") == 3


def test_a_renewed_code_is_no_other_article_behind_the_bill() -> None:
    lots = LINES.replace("| L2 ", "| L1 ")
    for book in ("device_uses", "purchases"):
        told = said(city(lines=lots, **{book: OLD}))
        ways = ("recorded", "lot", "label")
        assert all(told[f"price_over_{way} of 0000001"] is None for way in ways)
    cheap = CATALOGUE.replace("| 90 ", "| 30 ", 1)
    swapped = cheap.replace("| M |", "| N |", 2)
    told = said(city(catalogue=swapped, purchases=OLD, device_uses=OLD, lines=lots))
    assert told["price_over_lot of 0000001"] == pytest.approx(100 / 30)


def test_of_two_codes_that_moved_in_a_month_the_newer_ones_ledger_tells_of_both() -> None:
    both = LINES + f"    3 | b | 2025-06-04 | consumable | {OLD} | 1 | 100 | 100 | L1 | D1\n"
    history = city(lines=both)
    assert one(history, "ledger", "billed_amount_month", f"H|{NEW}|2025-06") == 400
    assert one(history, "ledger", "billed_amount_month", f"H|{OLD}|2025-06") is None


def test_nothing_is_known_before_the_catalogue_tells_the_end() -> None:
    told = CATALOGUE.replace("| key_list\n", "| key_list | received_on\n", 1).splitlines()
    rows = [
        line + (" | 2025-07-01" if "2025-09-30" in line else " | 2025-01-01") for line in told[1:]
    ]
    catalogue = "\n".join([told[0], *rows])
    # Until the next price is told, a price that ends looks like the end of the code.
    catalogue = catalogue.replace("| 2025-05-09 |", "| 2024-05-09 |")
    open_ended = f"    {OLD} | 2025-05-10 | - | 90 | {SAME_ARTICLE} | 2025-05-01"
    history = city(catalogue=catalogue + "\n" + open_ended, purchases=OLD)
    eve, night = date(2025, 6, 30), date(2025, 7, 1)
    assert one(history, "use", "price_over_own_lot", f"a|{NEW}", eve) is None
    assert one(history, "use", "price_over_own_lot", f"a|{NEW}", night) == pytest.approx(100 / 101)


# --- which code follows which -----------------------------------------------------------

HEADER = "item_code | valid_from | valid_to | platform_price | maker | generic_name | received_on"


def listed(*rows: str, uses: str = "") -> History:
    """A catalogue of these rows, and one that was there from the beginning."""
    first = f"{CHEAP} | 2020-01-01 | - | 40 | M | wire | 2020-01-01"
    tables = {"consumables": "\n".join([HEADER, first, *rows])}
    if uses:
        tables["device_uses"] = "use_id | stay_id | item_code | udi_di\n" + uses
    return world(**tables)


def followed(history: History) -> set[tuple[str, str]]:
    """Pairs of an old code and the one that follows it."""
    rows = successors(history).select("other_code", "item_code").collect()
    return set(rows.iter_rows())


ENDS = f"{OLD} | 2020-01-01 | 2025-09-30 | 90 | M | stent | 2024-01-01"
BEGINS = f"{NEW} | 2025-05-20 | - | 90 | M | stent | 2025-05-01"


@pytest.mark.parametrize(
    ("begins", "linked"),
    [
        (BEGINS, True),
        (BEGINS.replace("2025-05-20", "2025-10-31"), True),
        (BEGINS.replace("2025-05-20", "2025-11-01"), False),
        (BEGINS.replace("2025-05-20", "2024-09-29"), True),
        (BEGINS.replace("2025-05-20", "2024-09-28"), False),
        (BEGINS.replace("| M |", "| N |"), False),
        (BEGINS.replace("| stent |", "| coil |"), False),
        (BEGINS.replace("C020101001", "C020101002"), False),
        (BEGINS.replace("| 90 |", "| 70 |"), True),
        (BEGINS.replace("0000001 ", "0000009 "), True),
    ],
)
def test_the_same_article_begins_near_the_end_of_the_other(begins: str, *, linked: bool) -> None:
    code = begins.split(" ", maxsplit=1)[0]
    assert followed(listed(ENDS, begins)) == ({(OLD, code)} if linked else set())


def test_a_code_without_an_end_is_followed_by_none() -> None:
    assert not followed(listed(ENDS.replace("2025-09-30", "-"), BEGINS))


FOURTH = THIRD + "0000000000003"
OTHER_END = ENDS.replace(OLD, FOURTH)
OTHER_BEGIN = BEGINS.replace("22222222220000001", "55555555550000005")
FIFTH = OTHER_BEGIN.split(" ")[0]


def test_of_several_the_specification_decides_then_the_price() -> None:
    ending = OTHER_END.replace("| 90 |", "| 80 |")
    assert followed(listed(ENDS, ending, BEGINS, OTHER_BEGIN)) == {(OLD, NEW), (FOURTH, FIFTH)}
    unlike = BEGINS.replace("0000001 ", "0000009 ")
    cheap = OTHER_BEGIN.replace("| 90 |", "| 80 |")
    told = followed(listed(ENDS, ending, unlike, cheap))
    assert told == {(OLD, unlike.split(" ")[0]), (FOURTH, FIFTH)}


def test_of_several_that_a_list_does_not_tell_apart_the_device_identifier_decides() -> None:
    unlike = BEGINS.replace("0000001 ", "0000009 ")
    assert not followed(listed(ENDS, OTHER_END, unlike, OTHER_BEGIN))
    uses = f"1 | a | {OLD} | D1\n2 | b | {FIFTH} | D1"
    assert followed(listed(ENDS, OTHER_END, unlike, OTHER_BEGIN, uses=uses)) == {(OLD, FIFTH)}


def test_where_two_would_do_nobody_knows_and_both_are_strange() -> None:
    unlike = BEGINS.replace("0000001 ", "0000009 ")
    history = listed(ENDS, unlike, OTHER_BEGIN)
    assert not followed(history)
    rows = strangers(history).collect()
    assert dict(rows.select("item_code", "late").iter_rows()) == {
        OLD: False, unlike.split(" ")[0]: True, FIFTH: True,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "strange"),
    [
        ((ENDS, BEGINS), False),
        ((ENDS.replace("2025-09-30", "-"), BEGINS), True),
        ((ENDS.replace("2025-09-30", "2023-09-30"), BEGINS), False),
        ((ENDS.replace("| M |", "| N |"), BEGINS), False),
        ((BEGINS,), False),
        ((ENDS.replace("2025-09-30", "-"),), False),
    ],
)
def test_a_new_code_is_strange_where_it_may_have_replaced_one_that_nobody_names(
    rows: tuple[str, ...], *, strange: bool
) -> None:
    assert (NEW in strangers(listed(*rows)).collect()["item_code"].to_list()) == strange


def test_a_code_that_is_listed_later_takes_no_link_back() -> None:
    late = OTHER_BEGIN.replace("0000005 ", "0000001 ").replace("2025-05-01", "2025-08-01")
    assert followed(listed(ENDS, BEGINS, late)) == {(OLD, NEW)}
    together = late.replace("2025-08-01", "2025-05-01")
    assert not followed(listed(ENDS, BEGINS, together))


def test_a_code_renewed_twice_is_one_article() -> None:
    middle = BEGINS.replace("| - |", "| 2026-03-31 |")
    last = f"{FOURTH} | 2026-01-01 | - | 90 | M | stent | 2026-01-01"
    rows = siblings(listed(ENDS, middle, last)).collect().select("item_code", "other_code")
    assert set(rows.iter_rows()) == {
        (one, two) for one in (OLD, NEW, FOURTH) for two in (OLD, NEW, FOURTH) if one != two
    }


def test_a_strange_code_is_told_by_both_until_it_is_old() -> None:
    strange = CATALOGUE.replace("2025-09-30", "-")
    history = city(catalogue=strange)
    assert one(history, "use", "new_code_days", f"a|{NEW}") == 14
    assert one(city(), "use", "new_code_days", f"a|{NEW}") is None
    assert one(history, "ledger", "new_code_days", f"H|{NEW}|2025-06") == 41
    assert one(history, "ledger", "new_code_days", f"H|{OLD}|2025-06") == 41
    assert one(history, "ledger", "new_code_days", f"H|{OLD}|2025-04") is None
    assert one(history, "ledger", "new_code_days", f"H|{NEW}|2025-04", LAST_NIGHT) == -20


def test_bills_under_the_new_code_count_for_a_gift_that_came_under_the_old() -> None:
    gifts = BOOKS["purchases"].replace("| no   | yes         | X", "| yes  | yes         | X")
    told = city(purchases=OLD)
    history = world(
        stays=STAYS,
        consumables=CATALOGUE,
        fee_lines=LINES,
        device_uses=BOOKS["device_uses"].format(code=NEW),
        purchases=gifts.format(code=OLD),
    )
    assert one(history, "ledger", "billed_off_platform", f"H|{OLD}|2025-02") == 2
    assert one(history, "ledger", "unbilled_gifts", f"H|{OLD}|2025-02") == 1
    assert one(history, "stay", "given_devices", "a") == 2
    assert one(told, "stay", "given_devices", "a") == 0
