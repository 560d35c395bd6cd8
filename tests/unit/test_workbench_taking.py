"""Taking cases: the dearest free one, never the same for two, and the queue taken out."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from django.urls import reverse

from tests.workbench_lake import NIGHT, YESTERDAY, case, write_whole
from workbench import spreadsheet

if TYPE_CHECKING:
    from django.test import Client

    from claims.lake import Lake

pytest_plugins = ("tests.workbench_fixtures",)

CELL = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def next_of(client: Client, query: str = "") -> str:
    """Where taking the next case leads."""
    return client.post(reverse("take-next"), {"query": query}).headers["Location"]


def rows_of(packed: bytes) -> list[list[str]]:
    """The cells of a workbook, as another program would read them."""
    sheet = zipfile.ZipFile(io.BytesIO(packed)).read("xl/worksheets/sheet1.xml")
    rows = ET.fromstring(sheet).iter(f"{CELL}row")  # noqa: S314  our own file
    return [["".join(cell.itertext()) for cell in row] for row in rows]


def test_the_next_case_is_the_dearest_free_one(auditor: Client, second: Client, lake: Lake) -> None:
    write_whole(lake, [case(number) for number in (1, 2, 3)])
    assert next_of(auditor) == "/cases/case-000001/"
    assert next_of(second) == "/cases/case-000002/"
    assert next_of(auditor) == "/cases/case-000003/"
    assert next_of(second) == "/"


def test_the_next_case_fits_the_filters(auditor: Client, lake: Lake) -> None:
    write_whole(lake, [case(1), case(2, grade="red"), case(3, grade="red")])
    assert next_of(auditor, "grade=red") == "/cases/case-000002/"


def test_the_next_case_is_of_ones_own_district(elsewhere: Client, lake: Lake) -> None:
    write_whole(lake, [case(1)])
    assert next_of(elsewhere) == "/"


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("", {1, 2, 3}),
        ("?scheme=C05", {2}),
        ("?amount=5000", {3}),
        ("?waiting=1", {1}),
        ("?waiting=2", set()),
        ("?district=Near+District", {1, 2, 3}),
        ("?state=mine", {3}),
        ("?state=in_review", {3}),
        ("?state=new", {1, 2}),
        ("?state=all", {1, 2, 3}),
        ("?state=confirmed", set()),
        ("?amount=-1&waiting=x&district=nowhere", {1, 2, 3}),
    ],
)
def test_filters_of_the_desk(auditor: Client, lake: Lake, query: str, numbers: set[int]) -> None:
    write_whole(lake, [
        case(1, opened_on=YESTERDAY),
        case(2, rule_codes=["C05"]),
        case(3, amount_at_risk=600_000),
    ])  # fmt: skip
    auditor.post(reverse("take", args=["case-000003"]))
    text = auditor.get(reverse("queue") + query).content.decode()
    listed = text.partition("<table")[2]
    assert {n for n in (1, 2, 3) if f"/cases/case-00000{n}/" in listed} == numbers


def test_a_filter_is_kept_under_a_name_for_its_owner(
    auditor: Client, second: Client, lake: Lake
) -> None:
    write_whole(lake, [case(1)])
    auditor.post(reverse("save-filter"), {"name": "my reds", "query": "grade=red&nonsense=<x>"})
    page = reverse("queue")
    assert ">my reds</a>" in auditor.get(page).content.decode()
    assert "my reds" not in second.get(page).content.decode()
    auditor.post(reverse("save-filter"), {"name": "my reds", "query": ""})
    assert "my reds" not in auditor.get(page).content.decode()


def test_the_exported_queue_is_a_workbook_of_what_was_filtered(auditor: Client, lake: Lake) -> None:
    from workbench.models import TrailEntry  # noqa: PLC0415  needs the applications loaded

    write_whole(lake, [case(1, grade="red", amount_at_risk=123_456), case(2)])
    answer = auditor.post(reverse("export"), {"query": "grade=red"})
    titles, row = rows_of(answer.content)
    told = dict(zip(titles, row, strict=True))
    assert told["Case"] == "case-000001"
    assert told["In doubt (yuan)"] == "1234.56"
    assert told["Person"] == "00000001"
    assert told["Night"] == str(NIGHT)
    assert '"rows": 1' in TrailEntry.objects.get(event="queue.exported").details


def test_who_reads_facts_only_takes_no_score_out(auditor: Client, lake: Lake) -> None:
    write_whole(lake, [case(1)])
    auditor.post(reverse("facts-only"))
    _, row = rows_of(auditor.post(reverse("export")).content)
    assert "0.5" not in row
    assert "English sentence 1" not in row


def test_a_workbook_keeps_text_as_text() -> None:
    packed = spreadsheet.workbook(["a"], [["=1+1"], ["<&>\x00"], [1.5], [None]])
    assert rows_of(packed) == [["a"], ["=1+1"], ["<&>"], ["1.5"], [""]]
    assert packed == spreadsheet.workbook(["a"], [["=1+1"], ["<&>\x00"], [1.5], [None]])
    sheet = zipfile.ZipFile(io.BytesIO(packed)).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
