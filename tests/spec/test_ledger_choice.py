"""What a hospital chose among alternatives, and how much of it, by example."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from tests.worlds import check_measured, measured, world

if TYPE_CHECKING:
    from claims.history import History

# Three codes of one class (seven characters): the selected plain one, the dear one, its new code.
PLAIN, DEAR, RENEWED = "C010101PLAIN", "C010101DEAR", "C010101DEAR2"
CODES = {"p": PLAIN, "d": DEAR, "r": RENEWED}
ITEMS = f"""
    item_code | valid_from | generic_name | class_code | platform_price | vbp_selected
    {PLAIN}   | 2020-01-01 | plain        | C010101    | 100            | yes
    {DEAR}    | 2020-01-01 | dear         | C010101    | 300            | no
    {RENEWED} | 2025-01-01 | dear         | C010101    | 300            | no
"""


def city(*cases: str) -> History:
    """A history in which each case is 'hospital month article units group'."""
    stays = [
        "stay_id | hospital_id | admitted_at | discharged_at | total_amount | drg | received_on"
    ]
    lines = [
        "line_id | stay_id | charged_at | category | item_code | quantity | unit_price | amount"
    ]
    for number, case in enumerate(cases):
        hospital, month, article, units, drg, *late = case.split()
        known = late[0] if late else f"{month}-20"
        stays.append(f"{number} | {hospital} | {month}-01 | {month}-09 | 900 | {drg} | {known}")
        lines.append(
            f"{number} | {number} | {month}-05 | consumable | {CODES[article]} | {units} | 100 | 100"
        )
    return world(consumables=ITEMS, stays="\n".join(stays), fee_lines="\n".join(lines))


BEFORE = ["H 2024-06 p 1 FM11"] * 9 + ["H 2024-06 d 1 FM11"]
ELSEWHERE = ["K 2025-03 p 1 FM11"] * 18 + ["K 2025-03 d 1 FM11"] * 2
NOW = ["H 2025-03 d 1 FM11"] * 4 + ["H 2025-03 p 1 FM11"]


def test_shares_of_the_month_the_year_before_and_elsewhere() -> None:
    check_measured(
        city(*BEFORE, *ELSEWHERE, *NOW),
        "ledger",
        f"""
        subject_id      | cases_month | choice_share | choice_share_quarter | choice_share_before | choice_share_elsewhere
        H/{DEAR}/2025-03  | 4         | 0.8          | 0.8                  | 0.1                 | 0.1
        H/{PLAIN}/2025-03 | 1         | 0.2          | 0.2                  | 0.9                 | 0.9
        """,
    )


def test_prices_against_the_plain_and_the_selected() -> None:
    check_measured(
        city(*NOW),
        "ledger",
        f"""
        subject_id      | price_over_plain | price_over_selected | selected_article
        H/{DEAR}/2025-03  | 3              | 3                   | 0
        H/{PLAIN}/2025-03 | 1              | -                   | 1
        """,
    )


def surprise(history: History, name: str = "choice_surprise", article: str = DEAR) -> float:
    found: float = measured(history, "ledger", f"H|{article}|2025-03")[name].item()
    return found


def test_a_share_that_was_always_there_or_is_everywhere_surprises_nobody() -> None:
    assert surprise(city(*BEFORE, *ELSEWHERE, *NOW)) > 2
    used_to = [case.replace(" p ", " d ") for case in BEFORE]
    assert surprise(city(*used_to, *ELSEWHERE, *NOW)) < 1
    alike = [case.replace(" p ", " d ") for case in ELSEWHERE]
    assert surprise(city(*BEFORE, *alike, *NOW)) < 0.5


def test_a_renewed_code_is_the_same_article() -> None:
    renewed = [case.replace(" d ", " r ") for case in NOW]
    used_to = [case.replace(" p ", " d ") for case in BEFORE]
    assert surprise(city(*used_to, *ELSEWHERE, *renewed), article=RENEWED) < 1


def test_another_mix_of_cases_explains_another_share() -> None:
    """The dear one belongs to the cases of IC2, of which the hospital now has more."""
    others = ["K 2025-03 d 1 IC29"] * 20 + ELSEWHERE
    now = [case.replace("FM11", "IC29") for case in NOW]
    assert surprise(city(*BEFORE, *others, *now)) < 0.5
    assert surprise(city(*BEFORE, *others, *NOW)) > 2


def test_more_units_for_the_same_cases_and_more_cases() -> None:
    usual = ["H 2024-06 p 2 FM11"] * 10 + ["K 2025-03 p 2 FM11"] * 10
    quiet = city(*usual, *["H 2025-03 p 2 FM11"] * 10)
    surge = city(*usual, *["H 2025-03 p 6 FM11"] * 3)
    for history, over in ((quiet, 1.0), (surge, 3.0)):
        found = measured(history, "ledger", f"H|{PLAIN}|2025-03")
        assert found["units_over_expected"].item() == pytest.approx(over, rel=0.001)
    assert surprise(quiet, "units_surprise", PLAIN) < 0.5
    assert surprise(surge, "units_surprise", PLAIN) > 2


def test_a_hospital_that_always_takes_more_has_a_habit_and_no_surge() -> None:
    habit = ["H 2024-06 p 6 FM11"] * 40 + ["K 2025-03 p 2 FM11"] * 10
    found = measured(city(*habit, *["H 2025-03 p 6 FM11"] * 3), "ledger", f"H|{PLAIN}|2025-03")
    assert found["units_over_expected"].item() < 1.3


def test_a_stay_is_one_case_however_its_lines_arrived() -> None:
    stay = """
        stay_id | hospital_id | admitted_at | discharged_at | total_amount | drg
        a       | H           | 2025-03-01  | 2025-03-09    | 900          | FM15
    """
    header = "line_id | stay_id | charged_at | category | item_code | quantity | unit_price | amount | received_on"
    two = f"""
        1 | a | 2025-03-05 | consumable | {DEAR} | 1 | 300 | 300 | 2025-03-20
        2 | a | 2025-03-06 | consumable | {DEAR} | 1 | 300 | 300 | 2025-03-21
    """
    taken_back = f"""
        1 | a | 2025-03-05 | consumable | {DEAR} | 1  | 300 | 300  | 2025-03-20
        2 | a | 2025-03-06 | consumable | {DEAR} | -1 | 300 | -300 | 2025-03-21
    """
    for lines, cases in ((two, 1), (taken_back, 0)):
        history = world(stays=stay, consumables=ITEMS, fee_lines=f"{header}\n{lines}")
        assert measured(history, "ledger", f"H|{DEAR}|2025-03")["cases_month"].item() == cases


def test_where_nothing_is_known_of_before_and_elsewhere_nothing_is_expected() -> None:
    found = measured(city(*["H 2025-03 d 1 FM11"] * 9), "ledger", f"H|{DEAR}|2025-03")
    assert found["expected_choice_share"].item() is None
    assert found["choice_surprise"].item() is None


def test_what_became_known_later_is_not_counted() -> None:
    cases = (*BEFORE, *ELSEWHERE, *NOW)
    late = [f"{case} 2025-06-01" for case in NOW]
    ledger = f"H|{DEAR}|2025-03"
    seen = measured(city(*cases), "ledger", ledger, as_of=date(2025, 4, 10))
    later = measured(city(*cases, *late), "ledger", ledger, as_of=date(2025, 4, 10))
    names = [name for name in seen.columns if name.startswith(("choice", "units", "price"))]
    assert seen.select(names).equals(later.select(names))


def test_patients_with_a_reason_and_with_complications() -> None:
    history = city("H 2025-03 d 1 FM11", "H 2025-03 d 1 FM15", "H 2025-03 d 1 FM15")
    found = measured(history, "ledger", f"H|{DEAR}|2025-03")
    assert found["complicated_share"].item() == pytest.approx(1 / 3)
    allergic = world(
        consumables=ITEMS,
        stays="""
            stay_id | hospital_id | admitted_at | discharged_at | total_amount | drg
            a       | H           | 2025-03-01  | 2025-03-09    | 900          | FM15
            b       | H           | 2025-03-01  | 2025-03-09    | 900          | FM15
        """,
        fee_lines=f"""
            line_id | stay_id | charged_at | category   | item_code | quantity | unit_price | amount
            1       | a       | 2025-03-05 | consumable | {DEAR}    | 1        | 100        | 100
            2       | b       | 2025-03-05 | consumable | {DEAR}    | 1        | 100        | 100
        """,
        stay_diagnoses="""
            stay_id | position | code
            a       | 2        | T78.400
            b       | 1        | Q21.100
        """,
    )
    found = measured(allergic, "ledger", f"H|{DEAR}|2025-03")
    assert found["reasoned_share"].item() == 0.5


def test_a_stay_that_took_two_articles_of_a_class_is_one_case_of_it() -> None:
    header, *rows = LINES_OF_ONE_STAY.strip().splitlines()
    both = world(consumables=ITEMS, stays=ONE_STAY, fee_lines=LINES_OF_ONE_STAY)
    told = measured(both, "ledger", f"H|{DEAR}|2025-03").row(0, named=True)
    assert (told["cases_month"], told["choice_share"]) == (1, 0.5)
    late = "\n".join([header + " | received_on", *(row + " | 2025-03-20" for row in rows)])
    # The second article of the first stay is reversed later, and its case of the class stays.
    undone = late + f"\n9 | 1 | 2025-03-06 | consumable | {PLAIN} | -1 | 100 | -100 | 2025-04-20"
    history = world(consumables=ITEMS, stays=ONE_STAY, fee_lines=undone)
    shares = [
        measured(history, "ledger", f"H|{DEAR}|2025-03", as_of=on)["choice_share"].item()
        for on in (date(2025, 3, 31), date(2025, 4, 30))
    ]
    assert shares == [0.5, 0.5]


ONE_STAY = """
    stay_id | hospital_id | admitted_at | discharged_at | total_amount | drg  | received_on
    1       | H           | 2025-03-01  | 2025-03-09    | 900          | FM11 | 2025-03-20
    2       | H           | 2025-03-01  | 2025-03-09    | 900          | FM11 | 2025-03-20
"""
LINES_OF_ONE_STAY = f"""
    line_id | stay_id | charged_at | category   | item_code | quantity | unit_price | amount
    1       | 1       | 2025-03-05 | consumable | {DEAR}    | 1        | 300        | 300
    2       | 1       | 2025-03-05 | consumable | {PLAIN}   | 1        | 100        | 100
    3       | 2       | 2025-03-05 | consumable | {PLAIN}   | 1        | 100        | 100
"""
