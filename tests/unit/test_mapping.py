"""Mappings: what they can say, and what they are told when they name something wrong."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

import claims
from claims.delivery import Delivery, read_delivery
from claims.errors import MappingError
from claims.mapping import read_mapping
from tests.small_city import Desk

SPARCS = Path(claims.__path__[0]) / "mappings" / "sparcs_2020.toml"
REAL_FILE = Path(__file__).parents[3] / "shared/data/sparcs_2020_musculoskeletal.csv.gz"
SPARCS_SMALL = """\
Hospital.Service.Area,Hospital.County,Permanent.Facility.Id,Gender,Race,Ethnicity,\
Patient.Disposition,CCSR.Diagnosis.Code,CCSR.Diagnosis.Description,CCSR.Procedure.Code,\
CCSR.Procedure.Description,APR.DRG.Code,APR.DRG.Description,\
APR.Medical.Surgical.Description,Payment.Typology.1,Payment.Typology.2,Payment.Typology.3,\
Total.Charges,Total.Costs,los,age,deathrisk,illseveritydesc,death,disposition,lnhlos,\
invhlos,disposition2
North,Hill,7,F,A,B,Home or Self Care,M,X,NA,NA,351,X,Medical,P,NA,NA,45950.17,7,3,50 to 69,\
Minor,Minor,0,Home,1.09,0.33,Home
North,Hill,8,M,A,B,Expired,M,X,NA,NA,313,X,Surgical,P,NA,NA,100.5,70,120,30 to 49,\
Extreme,Extreme,1,NA,1.09,0.33,NA
North,Hill,8,M,A,B,By Balloon,M,X,NA,NA,313,X,Surgical,P,NA,NA,100.5,70,12,30 to 49,\
Extreme,NA,0,NA,1.09,0.33,NA
"""
FILE = "Number,Ward,Fee,When,Way\n1,A,10.5,01.03.2025,h\n2,NA,20,02.03.2025,x\n3,A,30,NA,NA\n"
BASE = """
name = "test"
null_values = ["NA", ""]
[tables.stays.columns]
stay_id = "Number"
hospital_id = { constant = "H1" }
total_amount = "Fee"
"""


def mapped(tmp_path: Path, toml: str, file: str = FILE) -> Delivery:
    """Read a file through a mapping."""
    (tmp_path / "map.toml").write_text(toml)
    (tmp_path / "in.csv").write_text(file)
    return read_delivery(tmp_path / "in.csv", read_mapping(tmp_path / "map.toml"))


def column(delivery: Delivery, name: str) -> list[object]:
    """One column of the stays."""
    return delivery.tables["stays"][name].to_list()


def test_rename_constant_and_null_values(tmp_path: Path) -> None:
    delivery = mapped(tmp_path, BASE + 'ward = "Ward"')
    assert column(delivery, "stay_id") == ["1", "2", "3"]
    assert column(delivery, "total_amount") == [1050, 2000, 3000]
    assert column(delivery, "ward") == ["A", None, "A"]
    assert ("stays", "ward") in delivery.filled
    assert ("stays", "hospital_id") not in delivery.filled


def test_lookup_tells_what_it_does_not_know(tmp_path: Path) -> None:
    delivery = mapped(
        tmp_path, BASE + 'discharge_way = { rename = "Way", lookup = { h = "home" } }'
    )
    assert column(delivery, "discharge_way") == ["home", None, None]
    assert delivery.remarks["stays"].rows() == [
        (
            "in.csv",
            2,
            "discharge_way",
            "data.unknown_code",
            "in.csv, row 2, column 'discharge_way': the lookup does not know 'x'.",
        )
    ]


def test_lookup_with_a_default_and_by_name(tmp_path: Path) -> None:
    toml = BASE + (
        'discharge_way = { rename = "Way", lookup = "ways", default = "other" }\n'
        'voided = { rename = "Way", lookup = { h = true }, default = false }\n'
        '[lookups.ways]\nh = "home"'
    )
    delivery = mapped(tmp_path, toml)
    assert column(delivery, "discharge_way") == ["home", "other", None]
    assert column(delivery, "voided") == [True, False, None]
    assert delivery.remarks["stays"].is_empty()


def test_cast_with_a_date_format(tmp_path: Path) -> None:
    toml = BASE + 'settled_on = { rename = "When", cast = "date", format = "%d.%m.%Y" }'
    assert column(mapped(tmp_path, toml), "settled_on") == [
        date(2025, 3, 1),
        date(2025, 3, 2),
        None,
    ]


def test_a_cast_that_fails_sets_the_row_aside(tmp_path: Path) -> None:
    delivery = mapped(tmp_path, BASE + 'settled_on = { rename = "Ward", cast = "date" }')
    assert delivery.unreadable["stays"]["_message"][0] == (
        "in.csv, row 1, column 'settled_on': 'A' cannot be read as date."
    )


def test_expression_and_row_number(tmp_path: Path) -> None:
    toml = BASE.replace('"Number"', '{ row_number = true, prefix = "N" }') + (
        "department = { expression = \"Ward || '-' || Number\" }\n"
        "fund_amount = { expression = 'CAST(\"Fee\" AS DOUBLE) * 0.5' }\n"
        "severity = { expression = \"'all the same'\" }"
    )
    delivery = mapped(tmp_path, toml)
    assert column(delivery, "stay_id") == ["N1", "N2", "N3"]
    assert column(delivery, "department") == ["A-1", None, "A-3"]
    assert column(delivery, "fund_amount") == [525, 1000, 1500]
    assert ("stays", "severity") not in delivery.filled


def test_several_tables_from_one_file(tmp_path: Path) -> None:
    toml = BASE + (
        "[tables.stay_diagnoses]\nwhere = 'Ward IS NOT NULL'\n"
        "[tables.stay_diagnoses.columns]\n"
        'stay_id = "Number"\nposition = { constant = 1 }\ncode = "Ward"'
    )
    rows = mapped(tmp_path, toml).tables["stay_diagnoses"]
    assert rows.select("stay_id", "position", "code", "_row").rows() == [
        ("1", 1, "A", 1),
        ("3", 1, "A", 3),
    ]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('warde = "Ward"', "the table stays has no column 'warde'. Did you mean 'ward'?"),
        ('ward = "Wards"', "the file has no column 'Wards'. Did you mean 'Ward'?"),
        (
            'ward = { rename = "Ward", lookp = {} }',
            "columns.ward.lookp: this is not a part of a mapping. Did you mean 'lookup'?",
        ),
        ('ward = { rename = "Ward", lookup = "ways" }', "there is no lookup 'ways'"),
        ('ward = { rename = "Ward", constant = "x" }', "give exactly one of rename, constant"),
        ("ward = { }", "give exactly one of rename, constant"),
        ('ward = { rename = "Ward", default = "x" }', "'default' goes with 'lookup'"),
        ('ward = { rename = "Ward", format = "%Y" }', "'format' goes with cast"),
        (
            "ward = { expression = '\"Wart\" || 1' }",
            "names the column 'Wart', which the file does not have. Did you mean 'Ward'?",
        ),
        ("ward = { expression = 'CAST(\"Ward\" AS INT)' }", "cannot be computed"),
        ("[tables.stay.columns]\nstay_id = 'x'", "there is no table 'stay'. Did you mean 'stays'?"),
    ],
)
def test_a_wrong_name_is_told_with_what_was_meant(tmp_path: Path, line: str, words: str) -> None:
    with pytest.raises(MappingError) as caught:
        mapped(tmp_path, BASE + line)
    assert words in str(caught.value)
    assert caught.value.exit_code == 5


@pytest.mark.parametrize(
    "expression",
    [
        "__import__('os').system('true')",
        "(SELECT 1)",
        "Fee || (SELECT 'x')",
        "read_csv('/etc/hostname')",
        "SUM(Fee)",
        "Fee + COUNT(*)",
        "ROW_NUMBER() OVER ()",
        "LAG(Fee) OVER (ORDER BY Number)",
        "COLUMNS('F')",
        "1; DROP TABLE stays",
    ],
)
def test_a_mapping_cannot_do_more_than_compute_a_row(tmp_path: Path, expression: str) -> None:
    with pytest.raises(MappingError, match=r"looks beyond its own row|not a plain SQL"):
        mapped(tmp_path, BASE + f'ward = {{ expression = "{expression}" }}')


def test_a_mapping_that_is_no_toml_or_not_there(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match="not valid TOML"):
        mapped(tmp_path, "name = ")
    with pytest.raises(MappingError, match="no mapping at"):
        read_mapping(tmp_path / "nowhere.toml")


def test_a_file_of_the_mapping_that_is_not_there_is_named(tmp_path: Path) -> None:
    (tmp_path / "map.toml").write_text(
        BASE.replace("stays.col", 'stays]\nfile="i.csv"\n[tables.stays.col')
    )
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "in.csv").write_text(FILE)
    with pytest.raises(MappingError, match=r"no such file. Did you mean 'in.csv'"):
        read_delivery(tmp_path / "data", read_mapping(tmp_path / "map.toml"))


def test_the_sparcs_mapping_reads_the_header_of_the_real_file(tmp_path: Path) -> None:
    file = tmp_path / "sparcs_small.csv"
    file.write_text(SPARCS_SMALL)
    delivery = read_delivery(file, read_mapping(SPARCS))
    stays = delivery.tables["stays"].select(
        "stay_id", "hospital_id", "total_amount", "drg", "severity", "length_of_stay",
        "age_band", "discharge_way", "department",
    )  # fmt: skip
    assert stays.rows() == [
        ("SPARCS-2020-1", "7", 4595017, "351", "Minor", 3, "50 to 69", "home", "medical"),
        ("SPARCS-2020-2", "8", 10050, "313", "Extreme", 120, "30 to 49", "death", "surgical"),
        ("SPARCS-2020-3", "8", 10050, "313", None, 12, "30 to 49", None, "surgical"),
    ]
    assert delivery.remarks["stays"]["_message"].to_list() == [
        "sparcs_small.csv, row 3, column 'discharge_way': the lookup does not know 'By Balloon'."
    ]


@pytest.mark.skipif(not REAL_FILE.exists(), reason="the real extract is not part of the project")
def test_the_whole_real_extract_is_taken_in(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    from claims.intake import admit  # noqa: PLC0415 - only needed where the file is

    admission = admit(
        read_delivery(REAL_FILE, read_mapping(SPARCS)),
        lake=desk.lake,
        settings=desk.settings,
        source="sparcs_2020",
        night=None,
        fallback_night=date(2021, 1, 1),
    )
    assert admission.report.tables["stays"].kept == 36_631
    assert admission.report.quarantined == 0
    assert admission.report.faults == 0
    assert pl.Series(admission.coverage["column"]).sort().to_list() == [
        "age_band", "department", "discharge_way", "drg", "hospital_id", "length_of_stay",
        "severity", "stay_id", "total_amount",
    ]  # fmt: skip
