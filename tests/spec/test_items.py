"""Items and steps of a stay against its case group's, by example (standards of the street)."""

from __future__ import annotations

from math import log2

from claims.frozen import Frozen
from tests.one_street import NIGHT, street
from tests.worlds import check_measured, measured, one


def test_items_that_hardly_any_peer_holds_are_counted() -> None:
    # ECHO 1%, HEPARIN 1.5%; C020202 was never seen in its group and borrows from the city.
    check_measured(
        street(),
        "stay",
        """
        stay_id | unusual_items | missing_expected_items
        p1      | 0             | 1
        p2      | 1             | 3
        p3      | 0             | 2
        q1      | 1             | 0
        r1      | 1             | 1
        s1      | -             | -
        """,
        as_of=NIGHT,
    )


def test_the_rarer_an_item_the_more_it_weighs() -> None:
    found = measured(street(), "stay", "p1", "p2", "q1", "r1", as_of=NIGHT)
    weights = dict(found.select("subject_id", "unusual_item_surprise").iter_rows())
    lent = 0.02 * 20 / (20 + 30)
    for stay, share in (("p1", 1.0), ("p2", 0.01), ("q1", lent), ("r1", 0.015)):
        assert abs(weights[stay] + log2(share)) <= 0.0005


def test_steps_that_begin_when_hardly_any_peers_do_are_counted() -> None:
    # The operation of p1 on day 2 and the stent of p2 on day 1; drugs on day 5 have no standard.
    check_measured(
        street(),
        "stay",
        """
        stay_id | steps_out_of_order
        p1      | 1
        p2      | 1
        s1      | -
        """,
        as_of=NIGHT,
    )


def test_a_stay_older_than_the_first_standard_has_nothing_to_be_compared_with() -> None:
    frozen = street().frozen
    late = {version: NIGHT.replace(day=16) for version in frozen.editions}
    history = street().reading(Frozen(frozen.tables, late))
    assert one(history, "stay", "missing_expected_items", "p2", as_of=NIGHT) is None
    assert one(street(), "stay", "missing_expected_items", "p2", as_of=NIGHT) == 3
