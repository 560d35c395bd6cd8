"""Reading deliveries: every format that is understood, and every message when it is not."""

from __future__ import annotations

import gzip
from pathlib import Path

import polars as pl
import pytest

from claims.delivery import read_delivery
from claims.errors import DeliveryError
from claims.tables import DELIVERED
from claims.tables import STAYS as STAYS_TABLE
from tests.small_city import sound, write

STAYS = "stay_id,hospital_id,total_amount\nS1,H1,12.34\n"


def test_a_folder_of_csv_is_read_into_lake_types_with_its_origin(tmp_path: Path) -> None:
    delivery = read_delivery(write(tmp_path, sound()))
    stays = delivery.tables["stays"]
    assert stays["total_amount"].to_list() == [3000, 3000, 3000]
    assert stays.select("_file", "_row").rows() == [("stays.csv", n) for n in (1, 2, 3)]
    assert stays.columns == [*STAYS_TABLE.names, "_file", "_row"]
    assert ("stays", "drg") not in delivery.filled
    assert delivery.notices == ()


def test_parquet_and_csv_of_the_same_rows_read_the_same(tmp_path: Path) -> None:
    write(tmp_path / "csv", sound())
    (tmp_path / "parquet").mkdir()
    for name in sound():
        rows = pl.read_csv(tmp_path / "csv" / f"{name}.csv", try_parse_dates=True)
        rows.write_parquet(tmp_path / "parquet" / f"{name}.parquet")
    first, second = read_delivery(tmp_path / "csv"), read_delivery(tmp_path / "parquet")
    for name, rows in first.tables.items():
        assert rows.drop("_file").equals(second.tables[name].drop("_file"))


def test_a_folder_of_parts_is_one_table(tmp_path: Path) -> None:
    (tmp_path / "stays" / "2025-03").mkdir(parents=True)
    for n in (1, 2):
        rows = pl.DataFrame({"stay_id": [f"S{n}"], "hospital_id": ["H1"], "total_amount": [1.5]})
        rows.write_parquet(tmp_path / "stays" / "2025-03" / f"{n}.parquet")
    stays = read_delivery(tmp_path).tables["stays"]
    assert stays.select("stay_id", "_file", "_row").rows() == [
        ("S1", "stays/2025-03/1.parquet", 1),
        ("S2", "stays/2025-03/2.parquet", 1),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("name", ["stays.csv", "住院结算.csv", "stays.csv.gz"])
def test_chinese_headers_are_understood_in_every_encoding(
    tmp_path: Path, encoding: str, name: str
) -> None:
    raw = "结算号,机构编码,总费用,科室,已撤销\nS1,H1,12.34,骨科,是\n".encode(encoding)
    (tmp_path / name).write_bytes(gzip.compress(raw) if name.endswith(".gz") else raw)
    stays = read_delivery(tmp_path).tables["stays"]
    assert stays.select("stay_id", "total_amount", "department", "voided").row(0) == (
        "S1",
        1234,
        "骨科",
        True,
    )


def test_the_chinese_labels_of_a_table_are_told_apart() -> None:
    for table in DELIVERED:
        labels = [column.zh for column in table.columns]
        assert len(set(labels)) == len(labels), table.name


def test_a_missing_required_table_is_named(tmp_path: Path) -> None:
    write(tmp_path, {"hospitals": sound()["hospitals"]})
    with pytest.raises(DeliveryError, match=r"no table 'stays'.*Add stays.parquet or stays.csv"):
        read_delivery(tmp_path)


def test_a_missing_required_column_is_named_with_what_was_meant(tmp_path: Path) -> None:
    (tmp_path / "stays.csv").write_text(STAYS.replace("total_amount", "total_amout"))
    with pytest.raises(DeliveryError) as caught:
        read_delivery(tmp_path)
    assert str(caught.value) == (
        "The file stays.csv has no column 'total_amount' ('总费用'), which the table stays "
        "needs. Add the column or correct its name. Did you mean 'total_amout'?"
    )
    assert caught.value.exit_code == 4


def test_lines_need_their_stay(tmp_path: Path) -> None:
    (tmp_path / "stays.csv").write_text(STAYS)
    (tmp_path / "fee_lines.csv").write_text("line_id\nL1\n")
    with pytest.raises(DeliveryError, match=r"fee_lines.csv has no column 'stay_id'"):
        read_delivery(tmp_path)


def test_a_truncated_parquet_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "stays.csv").write_text(STAYS)
    pl.DataFrame({"line_id": ["L1"]}).write_parquet(tmp_path / "fee_lines.parquet")
    whole = (tmp_path / "fee_lines.parquet").read_bytes()
    (tmp_path / "fee_lines.parquet").write_bytes(whole[:-40])
    with pytest.raises(
        DeliveryError, match=r"fee_lines.parquet cannot be read as Parquet.*deliver the file again"
    ):
        read_delivery(tmp_path)


def test_a_truncated_archive_is_named(tmp_path: Path) -> None:
    (tmp_path / "stays.csv.gz").write_bytes(gzip.compress(STAYS.encode())[:-12])
    with pytest.raises(DeliveryError, match=r"stays.csv.gz cannot be unpacked.*truncated"):
        read_delivery(tmp_path)


def test_an_empty_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "stays.csv").write_text("")
    with pytest.raises(DeliveryError, match=r"stays.csv is empty; it has not even a header"):
        read_delivery(tmp_path)


def test_a_header_without_rows_is_an_empty_delivery(tmp_path: Path) -> None:
    (tmp_path / "stays.csv").write_text("stay_id,hospital_id,total_amount\n")
    delivery = read_delivery(tmp_path)
    assert delivery.empty
    assert delivery.tables["stays"].is_empty()


def test_an_unknown_encoding_is_named(tmp_path: Path) -> None:
    (tmp_path / "stays.csv").write_bytes(b"\xff\xff\x00stay_id")
    with pytest.raises(DeliveryError, match=r"stays.csv is text in neither UTF-8 nor GB18030"):
        read_delivery(tmp_path)


def test_a_file_cut_inside_a_character_is_truncated_and_not_another_encoding(
    tmp_path: Path,
) -> None:
    raw = STAYS.replace("H1", "医院").replace("12.34\n", "医").encode()
    (tmp_path / "stays.csv").write_bytes(raw[:-1])
    with pytest.raises(DeliveryError, match=r"stays.csv stops in the middle of a character"):
        read_delivery(tmp_path)


@pytest.mark.parametrize("separator", [";", "\t"])
def test_other_separators_are_understood(tmp_path: Path, separator: str) -> None:
    (tmp_path / "stays.csv").write_text(STAYS.replace(",", separator))
    assert read_delivery(tmp_path).tables["stays"]["total_amount"].to_list() == [1234]


def test_a_typed_column_without_any_value_is_empty(tmp_path: Path) -> None:
    rows = {"stay_id": ["S1"], "hospital_id": ["H1"], "total_amount": [1]}
    empty = ["drg", "voided", "settled_on", "admitted_at", "fund_amount", "length_of_stay"]
    pl.DataFrame(rows | {name: [None] for name in empty}).write_parquet(tmp_path / "stays.parquet")
    stays = read_delivery(tmp_path).tables["stays"]
    assert stays.select(empty).row(0) == (None,) * len(empty)


def test_a_column_of_the_wrong_type_is_named(tmp_path: Path) -> None:
    pl.DataFrame(
        {"stay_id": ["S1"], "hospital_id": ["H1"], "total_amount": [1.0], "settled_on": [True]}
    ).write_parquet(tmp_path / "stays.parquet")
    with pytest.raises(
        DeliveryError,
        match=r"stays.parquet has values of type Boolean in column 'settled_on', where date is",
    ):
        read_delivery(tmp_path)


def test_a_value_of_the_wrong_type_sets_its_row_aside(tmp_path: Path) -> None:
    (tmp_path / "stays.csv").write_text(STAYS + "S2,H1,a lot\nS3,H1,3\n")
    delivery = read_delivery(tmp_path)
    assert delivery.tables["stays"]["stay_id"].to_list() == ["S1", "S3"]
    assert delivery.unreadable["stays"].select("stay_id", "total_amount", "_message").row(0) == (
        "S2",
        "a lot",
        "stays.csv, row 2, column 'total_amount': 'a lot' cannot be read as money.",
    )


def test_a_row_with_too_many_fields_is_set_aside(tmp_path: Path) -> None:
    (tmp_path / "stays.csv").write_text(STAYS + "S2,H1,1,234.5\nS3,H1,3\n")
    delivery = read_delivery(tmp_path)
    assert delivery.tables["stays"]["stay_id"].to_list() == ["S1", "S3"]
    assert delivery.unreadable["stays"]["_message"][0].startswith(
        "stays.csv, row 2: the row has 4 fields, more than the header"
    )


def test_a_column_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "stays.csv").write_text(STAYS.replace("hospital_id", "stay_id"))
    with pytest.raises(DeliveryError, match=r"two columns named 'stay_id'"):
        read_delivery(tmp_path)
    (tmp_path / "stays.csv").write_text(STAYS.replace("hospital_id", "结算号"))
    with pytest.raises(DeliveryError, match=r"the column 'stay_id' twice"):
        read_delivery(tmp_path)


def test_unknown_files_and_columns_are_left_out_with_a_notice(tmp_path: Path) -> None:
    (tmp_path / "stays.csv").write_text(STAYS.replace("\n", ",note\n", 1).replace("34\n", "34,x\n"))
    (tmp_path / "hospital.csv").write_text("hospital_id\nH1\n")
    assert read_delivery(tmp_path).notices == (
        "hospital.csv is not a table of the contract; ignored. Did you mean 'hospitals'?",
        "stays.csv: the table stays has no column 'note'; ignored.",
    )


def test_the_answer_key_is_never_opened(tmp_path: Path) -> None:
    (tmp_path / "stays.csv").write_text(STAYS)
    (tmp_path / "truth").mkdir()
    (tmp_path / "truth" / "stays.parquet").write_text("not even Parquet")
    delivery = read_delivery(tmp_path)
    assert delivery.notices == ()
    assert set(delivery.tables) == {"stays"}


def test_a_path_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DeliveryError, match="nothing at"):
        read_delivery(tmp_path / "nowhere")


def test_a_single_file_asks_for_a_mapping(tmp_path: Path) -> None:
    (tmp_path / "stays.csv").write_text(STAYS)
    with pytest.raises(DeliveryError, match="a mapping"):
        read_delivery(tmp_path / "stays.csv")


def test_bad_cells_of_a_long_file_are_set_aside_and_the_rest_is_kept(tmp_path: Path) -> None:
    rows = [f"S{n},H,{n}.50" for n in range(5_000)]
    rows[4_000] = "S4000,H,abc"
    rows[4_900] = 'S4900,H,"12;3"'
    (tmp_path / "stays.csv").write_text("\n".join(["stay_id,hospital_id,total_amount", *rows]))
    delivery = read_delivery(tmp_path)
    assert delivery.tables["stays"].height == 4_998
    assert delivery.unreadable["stays"].height == 2
