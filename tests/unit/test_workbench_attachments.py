"""Files of a case: of few kinds, not too large, by who holds it, hidden from the second reviewer."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.workbench_lake import case, write_whole
from workbench.attachments import LONGEST_NAME, MOST_BYTES, MOST_FILES, clean_name

if TYPE_CHECKING:
    from django.test import Client

    from claims.lake import Lake

pytest_plugins = ("tests.workbench_fixtures",)

CASE = "case-000001"
PDF = b"%PDF-1.7 a scanned sheet"
PNG = b"\x89PNG\r\n\x1a\n a picture"


def zipped(member: str) -> bytes:
    """A ZIP file with one member."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as book:
        book.writestr(member, "<workbook/>")
    return made.getvalue()


def attach(client: Client, name: str = "sheet.pdf", content: bytes = PDF) -> str:
    """Send a file; return the page that follows."""
    sent = {"file": SimpleUploadedFile(name, content)}
    return client.post(reverse("attach", args=[CASE]), sent, follow=True).content.decode()


def opened(client: Client, number: int) -> int:
    """Ask for a file; the status of the answer."""
    return client.get(reverse("attachment", args=[CASE, number])).status_code


def kept() -> int:
    """How many files there are."""
    from workbench.models import Attachment  # noqa: PLC0415  needs the applications loaded

    return Attachment.objects.count()


@pytest.fixture
def taken(auditor: Client, lake: Lake) -> Client:
    """The auditor, with a red case in hand."""
    write_whole(lake, [case(1, grade="red")])
    auditor.post(reverse("take", args=[CASE]))
    return auditor


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("sheet.pdf", PDF),
        ("SHEET.PDF", PDF),
        ("picture.png", PNG),
        ("photo.jpeg", b"\xff\xd8\xff\xe0 a photo"),
        ("counts.xlsx", zipped("xl/workbook.xml")),
        ("largest.pdf", PDF.ljust(MOST_BYTES, b" ")),
    ],
)
def test_an_honest_file_is_kept_and_comes_back(taken: Client, name: str, content: bytes) -> None:
    from workbench.models import Attachment, TrailEntry  # noqa: PLC0415

    assert "The file is attached." in attach(taken, name, content)
    file = Attachment.objects.get()
    answer = taken.get(reverse("attachment", args=[CASE, file.pk]))
    assert b"".join(answer.streaming_content) == content  # type: ignore[attr-defined]
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert file.sha256 in TrailEntry.objects.get(event="case.attached").details


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("sheet.pdf", b"", "The file is empty."),
        ("page.html", b"<script>", "Only PDF, PNG, JPEG and Excel"),
        ("picture.svg", b"<svg/>", "Only PDF, PNG, JPEG and Excel"),
        ("sheet.pdf.exe", PDF, "Only PDF, PNG, JPEG and Excel"),
        ("sheet.pdf", PNG, "is not what its name says"),
        ("counts.xlsx", zipped("word/document.xml"), "is not what its name says"),
        ("counts.xlsx", b"PK\x03\x04 broken", "is not what its name says"),
        ("large.pdf", PDF.ljust(MOST_BYTES + 1, b" "), "larger than 5 MB"),
    ],
)
def test_any_other_file_is_refused_with_the_reason(
    taken: Client, name: str, content: bytes, complaint: str
) -> None:
    assert complaint in attach(taken, name, content)
    assert kept() == 0


def test_no_file_at_all_is_refused(taken: Client) -> None:
    assert taken.post(reverse("attach", args=[CASE])).status_code == 302
    assert kept() == 0


def test_only_who_holds_the_case_attaches(taken: Client, second: Client) -> None:
    assert "Take the case first" in attach(second)
    assert kept() == 0


def test_a_case_holds_so_many_files_and_no_more(taken: Client) -> None:
    for _number in range(MOST_FILES):
        attach(taken)
    assert "No more files" in attach(taken)
    assert kept() == MOST_FILES


def test_the_second_reviewer_is_blind_to_the_files_of_the_first(
    taken: Client, second: Client
) -> None:
    from workbench.models import Attachment  # noqa: PLC0415  needs the applications loaded

    attach(taken, "first.pdf")
    told = {"outcome": "refuted", "reason": "data_fault", "note": "looked", "points": "alert-1"}
    taken.post(reverse("conclude", args=[CASE]), told)
    second.post(reverse("take", args=[CASE]))
    number = Attachment.objects.get().pk
    page = second.get(reverse("dossier", args=[CASE])).content.decode()
    assert "first.pdf" not in page
    assert opened(second, number) == 404
    assert "second.pdf" in attach(second, "second.pdf")
    second.post(reverse("conclude", args=[CASE]), told)
    assert opened(second, number) == 200


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\scans\\sheet.PDF", "sheet.pdf"),
        ('a"b\n.jpeg', "ab.jpg"),
        ("x" * 500 + ".pdf", "x" * (LONGEST_NAME - 4) + ".pdf"),
        ("出院小结.pdf", "出院小结.pdf"),
        ("", ""),
    ],
)
def test_a_name_is_a_name_and_no_path(given: str, name: str) -> None:
    assert clean_name(given) == name
