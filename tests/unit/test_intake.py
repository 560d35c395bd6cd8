"""What becomes of each kind of row, and that none is ever lost."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from claims.admission import Admission
from claims.errors import DeliveryError
from claims.tables import DELIVERED
from tests.small_city import Desk, Rows, line, sound, stay

NIGHT = date(2025, 3, 7)
NEXT = date(2025, 3, 8)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "home")


def codes(admission: Admission) -> list[str]:
    """Codes in quarantine, in order."""
    return sorted(admission.quarantine["code"].to_list())


def faults(admission: Admission) -> set[tuple[str, str, str]]:
    """Data faults as (row key, column, code)."""
    return set(admission.data_faults.select("row_key", "column", "code").iter_rows())


def content(desk: Desk) -> dict[str, pl.DataFrame]:
    """All tables of the lake, sorted."""
    names = [t.name for t in DELIVERED] + ["quarantine", "data_faults", "coverage"]
    return {n: desk.rows(n).sort(pl.all().cast(pl.String)) for n in names if desk.lake.has(n)}


def test_a_sound_delivery_is_kept_whole(desk: Desk) -> None:
    admission = desk.take(sound(), NIGHT)
    assert {n: a.kept for n, a in admission.report.tables.items()} == {
        "hospitals": 2,
        "persons": 2,
        "stays": 3,
        "fee_lines": 6,
    }
    assert admission.quarantine.is_empty()
    assert admission.data_faults.is_empty()
    assert desk.rows("fee_lines")["amount"].sum() == 6 * 1500
    assert set(desk.rows("stays")["received_on"]) == {NIGHT}
    assert set(desk.rows("stays")["source"]) == {"city"}


def test_landing_twice_leaves_the_same_content_and_commits_nothing(desk: Desk) -> None:
    desk.take(sound(), NIGHT)
    before, versions = content(desk), desk.lake.versions(["stays", "fee_lines", "coverage"])
    desk.take(sound(), NIGHT)
    assert desk.lake.versions(["stays", "fee_lines", "coverage"]) == versions
    assert all(frame.equals(before[name]) for name, frame in content(desk).items())


def test_a_corrected_delivery_replaces_what_its_source_had_sent(desk: Desk) -> None:
    tables = sound()
    desk.take(tables, NIGHT)
    del tables["fee_lines"][0]
    desk.take(tables, NIGHT)
    assert "S1-1" not in desk.rows("fee_lines")["line_id"].to_list()


def test_an_unparseable_value_sends_its_row_to_quarantine_with_the_text(desk: Desk) -> None:
    tables = sound()
    tables["fee_lines"][3]["amount"] = "12,3x"
    admission = desk.take(tables, NIGHT)
    held = desk.rows("quarantine")
    assert held.select("file", "row", "column", "code").rows() == [
        ("fee_lines.csv", 4, "amount", "unparseable")
    ]
    assert held["message"][0] == (
        "fee_lines.csv, row 4, column 'amount': '12,3x' cannot be read as money."
    )
    assert '"amount":"12,3x"' in held["payload"][0]
    assert admission.report.tables["fee_lines"].kept == 5


def test_a_value_about_a_person_is_not_repeated_in_the_message(desk: Desk) -> None:
    tables = sound()
    tables["persons"][0]["birth_date"] = "1960-15-41"
    message = desk.take(tables, NIGHT).quarantine["message"][0]
    assert "persons.csv, row 1, column 'birth_date'" in message
    assert "1960" not in message


def test_a_key_twice_in_one_delivery_keeps_the_first_and_names_both_rows(desk: Desk) -> None:
    tables = sound()
    tables["fee_lines"].append(line("S1-1", "S1"))
    admission = desk.take(tables, NIGHT)
    assert codes(admission) == ["duplicate_key"]
    assert admission.quarantine["message"][0].startswith(
        "fee_lines.csv, row 7: the key (line_id) is already in fee_lines.csv, row 1;"
    )
    assert desk.rows("fee_lines").height == 6


def test_a_missing_key_goes_to_quarantine(desk: Desk) -> None:
    tables = sound()
    tables["fee_lines"][0]["line_id"] = None
    tables["fee_lines"][1]["stay_id"] = None
    admission = desk.take(tables, NIGHT)
    assert codes(admission) == ["missing_key", "missing_key"]
    assert set(admission.quarantine["column"]) == {"line_id", "stay_id"}


def test_lines_of_an_unknown_stay_wait_and_are_released_when_it_arrives(desk: Desk) -> None:
    early = sound() | {"stays": [stay("S1"), stay("S2", person_id="P2")]}
    first = desk.take(early, NIGHT)
    assert codes(first) == ["unknown_parent", "unknown_parent"]
    assert "fee_lines.csv, row 5, column 'stay_id'" in first.quarantine["message"][0]
    late: dict[str, Rows] = {"stays": [stay("S3", "H2", total_amount="30.00")]}
    second = desk.take(late, NEXT)
    lines = desk.rows("fee_lines").filter(pl.col("stay_id") == "S3")
    assert lines.select("line_id", "received_on", "amount").sort("line_id").rows() == [
        ("S3-1", NEXT, 1500),
        ("S3-2", NEXT, 1500),
    ]
    assert second.report.tables["fee_lines"].released == 2
    assert sorted(desk.rows("quarantine")["status"]) == ["held", "held", "released", "released"]


def test_running_the_night_of_a_release_again_changes_nothing(desk: Desk) -> None:
    desk.take(sound() | {"stays": [stay("S1"), stay("S2", person_id="P2")]}, NIGHT)
    late: dict[str, Rows] = {"stays": [stay("S3", "H2")]}
    desk.take(late, NEXT)
    before = content(desk)
    desk.take(late, NEXT)
    assert all(frame.equals(before[name]) for name, frame in content(desk).items())
    desk.take({"stays": [stay("S4")]}, date(2025, 3, 9))
    assert desk.rows("quarantine").height == before["quarantine"].height


def test_a_waiting_line_that_comes_again_with_its_stay_lands_once(desk: Desk) -> None:
    desk.take(sound() | {"stays": [stay("S1"), stay("S2", person_id="P2")]}, NIGHT)
    again: dict[str, Rows] = {"stays": [stay("S3", "H2")], "fee_lines": [line("S3-1", "S3")]}
    desk.take(again, NEXT)
    keys = desk.rows("fee_lines").filter(pl.col("stay_id") == "S3")["line_id"]
    assert sorted(keys) == ["S3-1", "S3-2"]


def test_a_line_may_come_later_than_its_stay(desk: Desk) -> None:
    desk.take(sound(), NIGHT)
    admission = desk.take({"stays": [stay("S9")], "fee_lines": [line("S1-3", "S1")]}, NEXT)
    assert admission.quarantine.is_empty()
    assert desk.rows("fee_lines").filter(pl.col("line_id") == "S1-3")["received_on"][0] == NEXT


def test_a_resent_stay_is_a_second_row_and_not_a_duplicate(desk: Desk) -> None:
    desk.take(sound(), NIGHT)
    admission = desk.take({"stays": [stay("S1", voided="true")]}, NEXT)
    assert admission.quarantine.is_empty()
    assert desk.rows("stays").filter(pl.col("stay_id") == "S1").height == 2


IMPLAUSIBLE: list[tuple[str, str, int, dict[str, object], tuple[str, str, str]]] = [
    ("an unknown code", "fee_lines", 0, {"category": "magic"},
     ("S1-1", "category", "data.unknown_code")),
    ("an unknown hospital", "stays", 2, {"hospital_id": "H9"},
     ("S3", "hospital_id", "data.unknown_code")),
    ("a missing value", "fee_lines", 0, {"charged_at": None},
     ("S1-1", "charged_at", "data.missing_value")),
    ("a negative price", "fee_lines", 0, {"unit_price": "-5", "amount": "-15"},
     ("S1-1", "unit_price", "data.below_minimum")),
    ("too many decimals", "fee_lines", 0, {"amount": "15.004"},
     ("S1-1", "amount", "data.rounded")),
    ("a negative quantity without reversal", "fee_lines", 0, {"quantity": "-3", "amount": "-15"},
     ("S1-1", "quantity", "data.negative_without_reversal")),
    ("a reversal of nothing", "fee_lines", 0,
     {"quantity": "-3", "amount": "-15", "reverses_line_id": "nowhere"},
     ("S1-1", "quantity", "data.negative_without_reversal")),
    ("discharge before admission", "stays", 0, {"discharged_at": "2025-02-27 10:00:00"},
     ("S1", "discharged_at", "data.discharge_before_admission")),
    ("a line after the stay", "fee_lines", 0, {"charged_at": "2025-03-08 08:00:00"},
     ("S1-1", "charged_at", "data.line_outside_stay")),
    ("a line before the stay", "fee_lines", 0, {"charged_at": "2025-02-27 08:00:00"},
     ("S1-1", "charged_at", "data.line_outside_stay")),
    ("a total that does not add up", "stays", 0, {"total_amount": "31.01"},
     ("S1", "total_amount", "data.sum_mismatch")),
    ("an amount that is not price times quantity", "fee_lines", 0, {"amount": "15.50"},
     ("S1-1", "amount", "data.amount_not_price_times_quantity")),
    ("an admission after death", "persons", 0, {"death_date": "2025-02-01"},
     ("S1", "admitted_at", "data.after_death")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("table", "row", "changes", "fault"),
    [case[1:] for case in IMPLAUSIBLE],
    ids=[case[0] for case in IMPLAUSIBLE],
)
def test_an_implausible_row_is_kept_and_tagged(
    desk: Desk, table: str, row: int, changes: dict[str, object], fault: tuple[str, str, str]
) -> None:
    tables = sound()
    tables[table][row] |= changes
    # Every row of a CSV has the same columns.
    for other in tables[table]:
        for column in changes:
            other.setdefault(column, None)
    admission = desk.take(tables, NIGHT)
    assert admission.quarantine.is_empty()
    assert fault in faults(admission)
    assert admission.report.tables[table].kept == len(tables[table])
    told = admission.data_faults.filter(pl.col("code") == fault[2])["message"][0]
    assert ".csv, row " in told
    assert f"column '{fault[1]}'" in told


def test_a_linked_reversal_is_no_fault(desk: Desk) -> None:
    tables = sound()
    tables["stays"][0]["total_amount"] = "15.00"
    tables["fee_lines"].append(
        line("S1-3", "S1", quantity="-3", amount="-15", reverses_line_id="S1-1")
    )
    assert desk.take(tables, NIGHT).data_faults.is_empty()


def test_a_reversal_of_a_line_of_an_earlier_night_is_no_fault(desk: Desk) -> None:
    desk.take(sound(), NIGHT)
    tables: dict[str, Rows] = {
        "stays": [stay("S9")],
        "fee_lines": [line("S1-3", "S1", quantity="-3", amount="-15", reverses_line_id="S1-1")],
    }
    found = faults(desk.take(tables, NEXT))
    assert ("S1-3", "quantity", "data.negative_without_reversal") not in found


@pytest.mark.parametrize(
    ("stay_id", "quantity"), [("S2", "-3"), ("S1", "-4")], ids=["another stay's", "more than was"]
)
def test_a_reversal_takes_back_a_line_of_its_own_stay_and_no_more(
    desk: Desk, stay_id: str, quantity: str
) -> None:
    tables = sound()
    amount = str(5 * int(quantity))
    tables["fee_lines"].append(
        line("X", stay_id, quantity=quantity, amount=amount, reverses_line_id="S1-1")
    )
    found = faults(desk.take(tables, NIGHT))
    assert ("X", "quantity", "data.negative_without_reversal") in found


def test_a_stay_sent_again_with_other_dates_leaves_its_former_lines_alone(desk: Desk) -> None:
    tables = sound()
    first, later = {"received_on": "2025-03-07"}, {"received_on": "2025-03-20"}
    moved = {"admitted_at": "2025-03-08 09:00:00", "discharged_at": "2025-03-12 10:00:00"}
    tables["stays"] = [stay("S1") | first, stay("S1", **moved) | later]
    tables["fee_lines"] = [
        line("S1-1", "S1") | first,
        line("S1-2", "S1") | first,
        line("S1-3", "S1", charged_at="2025-03-09 08:00:00") | later,
        line("S1-4", "S1", charged_at="2025-03-09 08:00:00") | later,
    ]
    assert desk.take(tables, None).data_faults.is_empty()


def test_a_death_that_becomes_known_later_tags_nothing_earlier(desk: Desk) -> None:
    tables = sound()
    tables["persons"] = [
        tables["persons"][0] | {"death_date": None, "received_on": "2025-03-07"},
        tables["persons"][1] | {"death_date": None, "received_on": "2025-03-07"},
        tables["persons"][0] | {"death_date": "2025-02-01", "received_on": "2025-03-20"},
    ]
    assert desk.take(tables, None).data_faults.is_empty()


def test_items_are_looked_up_only_in_catalogues_that_are_delivered(desk: Desk) -> None:
    tables = sound()
    tables["fee_lines"][0] |= {"category": "bed", "item_code": "B1"}
    tables["fee_lines"][1] |= {"category": "bed", "item_code": "B2"}
    tables["fee_lines"][2] |= {"category": "consumable", "item_code": "C1"}
    tables["service_items"] = [
        {
            "item_code": "B1",
            "valid_from": "2024-01-01",
            "name": "bed",
            "category": "bed",
            "unit": "day",
            "price": "5",
        }
    ]
    assert faults(desk.take(tables, NIGHT)) == {("S1-2", "item_code", "data.unknown_code")}


def test_an_empty_night_succeeds_with_a_notice(desk: Desk) -> None:
    (desk.home / "inbox" / str(NIGHT)).mkdir(parents=True)
    admission = desk.take({}, NIGHT)
    assert any("nothing arrived" in notice for notice in admission.report.notices)
    assert not desk.lake.has("stays")


def test_another_date_than_the_night_is_told(desk: Desk) -> None:
    tables = sound()
    tables["stays"] = [row | {"received_on": "2025-01-01"} for row in tables["stays"]]
    admission = desk.take(tables, NIGHT)
    assert "stays: 3 rows carry another received_on than 2025-03-07" in admission.report.notices[0]
    assert set(desk.rows("stays")["received_on"]) == {NIGHT}


def test_a_history_tells_its_own_nights(desk: Desk) -> None:
    tables = sound()
    tables["stays"][1]["settled_on"] = "2025-03-10"
    desk.take(tables, None)
    stays = dict(desk.rows("stays").select("stay_id", "received_on").iter_rows())
    assert stays == {"S1": NIGHT, "S2": date(2025, 3, 11), "S3": NIGHT}
    lines = desk.rows("fee_lines").select("stay_id", "received_on").unique()
    assert dict(lines.iter_rows()) == stays
    assert set(desk.rows("hospitals")["received_on"]) == {NIGHT}


def test_a_history_without_any_date_asks_for_the_night(desk: Desk) -> None:
    tables: dict[str, Rows] = {
        "stays": [{"stay_id": "S1", "hospital_id": "H1", "total_amount": "1"}]
    }
    with pytest.raises(DeliveryError, match="no date at all"):
        desk.take(tables, None)
    desk.take(tables, None, fallback_night=NIGHT)
    assert desk.rows("stays")["received_on"].to_list() == [NIGHT]


def test_coverage_lists_what_is_really_filled(desk: Desk) -> None:
    tables = sound()
    tables["stays"] = [row | {"drg": None} for row in tables["stays"]]
    desk.take(tables, NIGHT)
    pairs = set(desk.rows("coverage").select("table", "column").iter_rows())
    assert ("stays", "person_id") in pairs
    assert ("stays", "drg") not in pairs
    assert ("stays", "ward") not in pairs


def test_persons_are_pseudonymised_before_anything_is_written(desk: Desk) -> None:
    tables = sound()
    tables["stays"][0]["total_amount"] = "nonsense"
    desk.take(tables, NIGHT)
    for frame in content(desk).values():
        text = frame.write_csv()
        assert "P1" not in text
        assert "P2" not in text
    same = desk.rows("persons").join(desk.rows("stays"), on="person_id", how="semi")
    assert same.height == 2


def spoilt(hospital: str, bad: int, good: int) -> Rows:
    """Stays of one hospital, the first ones without a readable total."""
    rows = [stay(f"{hospital}-{n}", hospital) for n in range(bad + good)]
    return [row | ({"total_amount": "?"} if n < bad else {}) for n, row in enumerate(rows)]


def test_too_many_bad_rows_hold_back_one_hospital_and_not_the_city(desk: Desk) -> None:
    tables: dict[str, Rows] = {"stays": spoilt("H1", 20, 40) + spoilt("H2", 0, 60)}
    admission = desk.take(tables, NIGHT)
    assert [hold.hospital_id for hold in admission.report.held] == ["H1"]
    assert "20 of 60 rows (33%)" in admission.report.held[0].message
    assert set(desk.rows("stays")["hospital_id"]) == {"H2"}
    held = desk.rows("quarantine")
    assert held.height == 60
    assert set(held["code"]) == {"unparseable", "gate.bad_rows"}
    assert any("held back" in text for text in admission.report.lines())


def test_an_accepted_hospital_passes_the_gate(desk: Desk) -> None:
    tables: dict[str, Rows] = {"stays": spoilt("H1", 20, 40)}
    desk.take(tables, NIGHT)
    admission = desk.take(tables, NIGHT, accept=frozenset({"H1"}))
    assert admission.report.held == ()
    assert desk.rows("stays").height == 40
    assert desk.rows("quarantine").height == 20


def test_a_volume_far_above_the_usual_holds_the_hospital_with_its_lines(desk: Desk) -> None:
    for day in range(1, 8):
        rows = [stay(f"D{day}-{n}") for n in range(10)]
        desk.take({"stays": rows}, date(2025, 3, day))
    flood = [stay(f"F{n}") for n in range(60)] + [stay("G1", "H2")]
    tables: dict[str, Rows] = {
        "stays": flood,
        "fee_lines": [line("F0-1", "F0"), line("G1-1", "G1")],
    }
    admission = desk.take(tables, date(2025, 3, 8))
    assert [hold.code for hold in admission.report.held] == ["gate.volume"]
    assert desk.rows("fee_lines")["line_id"].to_list() == ["G1-1"]
    assert admission.report.tables["stays"].quarantined == 60


def test_a_hospital_whose_lines_are_missing_is_held_back(desk: Desk) -> None:
    desk.take(sound(), NIGHT)
    rows = [stay(f"A{n}") for n in range(10)] + [stay("B1", "H2")]
    admission = desk.take({"stays": rows, "fee_lines": [line("B1-1", "B1")]}, NEXT)
    assert [(hold.hospital_id, hold.code) for hold in admission.report.held] == [
        ("H1", "gate.missing_lines")
    ]
    assert "10 stays tonight and not one fee line" in admission.report.held[0].message


def test_a_source_without_lines_is_not_held_back(desk: Desk) -> None:
    assert desk.take({"stays": [stay(f"A{n}") for n in range(10)]}, NIGHT).report.held == ()


def test_a_volume_far_below_the_usual_is_told_and_kept(desk: Desk) -> None:
    for day in range(1, 8):
        rows = [stay(f"D{day}-{n}") for n in range(12)]
        desk.take({"stays": rows}, date(2025, 3, day))
    admission = desk.take({"stays": [stay("F1")]}, date(2025, 3, 8))
    assert admission.report.held == ()
    assert "only 1 stays tonight, usually about 12" in admission.report.notices[0]
    assert admission.report.tables["stays"].kept == 1


def test_lines_wait_on_while_the_hospital_of_their_stay_is_held_back(desk: Desk) -> None:
    desk.take({"stays": [stay("S1")], "fee_lines": [line("a", "H1-50")]}, NIGHT)
    tables: dict[str, Rows] = {"stays": spoilt("H1", 20, 40)}
    assert desk.take(tables, NEXT).report.tables.get("fee_lines") is None
    accepted = desk.take(tables, NEXT, accept=frozenset({"H1"}))
    assert accepted.report.tables["fee_lines"].released == 1


def test_a_delivery_of_which_no_row_can_be_read_is_told(desk: Desk) -> None:
    with pytest.raises(DeliveryError, match=r"Not one row.*stays.csv, row 1, column 'total_am"):
        desk.take({"stays": [stay("S1", total_amount="?")]}, None)


def test_the_report_reads_as_plain_lines(desk: Desk) -> None:
    tables = sound()
    tables["fee_lines"][0]["amount"] = "x"
    tables["fee_lines"][1]["category"] = "magic"
    lines = desk.take(tables, NIGHT).report.lines()
    assert lines[0] == "Delivery city"
    assert (
        "  fee_lines: 6 received, 5 kept, 1 in quarantine (unparseable 1), "
        "1 data faults (data.unknown_code 1)"
    ) in lines
    assert any("fee_lines.csv, row 1, column 'amount'" in text for text in lines)


@hypothesis_settings(max_examples=15, database=None)
@given(data=st.data())
def test_nothing_is_lost_whatever_is_delivered(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    desk = Desk(tmp_path_factory.mktemp("home"))
    ids = st.sampled_from(["S1", "S2", "S3", None])
    names = st.sampled_from(["a", "b", "c"])
    amounts = st.sampled_from(["1", "1.005", "x", None, "-2"])
    stays = [
        stay("S1") | {"stay_id": data.draw(ids), "total_amount": data.draw(amounts)}
        for _ in range(data.draw(st.integers(1, 6)))
    ]
    lines = [
        line(data.draw(names), "S1") | {"stay_id": data.draw(ids), "amount": data.draw(amounts)}
        for _ in range(data.draw(st.integers(1, 8)))
    ]
    admission = desk.sort_out({"stays": stays, "fee_lines": lines}, NIGHT)
    for name, rows in (("stays", stays), ("fee_lines", lines)):
        kept = admission.tables[name].height
        held = admission.quarantine.filter(pl.col("table") == name).height
        assert kept + held == len(rows)
        assert admission.report.tables[name].received == len(rows)
    assert admission.quarantine["quarantine_id"].is_unique().all()
