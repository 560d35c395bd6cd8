"""Evidence packets: facts alone, in the reader's language, and a changed letter is found."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from claims.errors import JianbaoError
from tests.workbench_lake import case, write_whole

if TYPE_CHECKING:
    from django.test import Client

    from claims.lake import Lake
    from claims.settings import Settings

pytest_plugins = ("tests.workbench_fixtures",)

CASE = "case-000001"


def packet(client: Client, **headers: str) -> str:
    """The packet of the case as text."""
    answer = client.post(reverse("packet", args=[CASE]), headers=headers)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{CASE}.html"'
    return answer.content.decode()


@pytest.fixture
def told(auditor: Client, lake: Lake) -> str:
    """The packet of a case with a probability of 50%."""
    write_whole(lake, [case(1)])
    return packet(auditor)


def test_a_packet_has_facts_and_evidence_and_no_probability(told: str) -> None:
    for shown in (
        "Riverside Hospital",
        "H02 Days of stay without care",
        "Days without treatment",
        "9,876.50",
    ):
        assert shown in told
    for hidden in ("Hanging bed", "Probability", "50%", "fraud", "<script", "http://", "https://"):
        assert hidden not in told
    assert "aabbccdd" not in told  # of the pseudonym the beginning alone


def test_a_packet_is_written_in_the_language_of_the_reader(auditor: Client, told: str) -> None:
    text = packet(auditor, **{"Accept-Language": "zh-CN"})
    assert '<html lang="zh-hans">' in text
    assert "在核案件证据材料" in text
    assert "不是结论" in text


def test_that_it_left_is_in_the_trail_with_its_hash(told: str) -> None:
    from workbench.models import TrailEntry  # noqa: PLC0415  needs the applications loaded
    from workbench.services import packets  # noqa: PLC0415

    entry = TrailEntry.objects.get(event="case.packed")
    found = packets.checked(told)
    assert found is not None
    assert found.seal in entry.details
    assert (found.named, found.case_id, found.entry) == (True, CASE, entry.number)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("", "", None),
        ("9,876.50", "9,876.51", "not what left this house"),
        ("sealed content begins", "content begins", "no evidence packet"),
    ],
)
def test_the_command_finds_a_changed_letter(
    told: str,
    workbench_settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    old: str,
    new: str,
    complaint: str | None,
) -> None:
    from workbench import serve  # noqa: PLC0415

    monkeypatch.setenv("JIANBAO_HOME", str(workbench_settings.home))
    path = tmp_path / "packet.html"
    path.write_text(told.replace(old, new) if old else told, encoding="utf-8")
    if complaint is None:
        assert serve.check_packet(path).case_id == CASE
        return
    with pytest.raises(JianbaoError, match=complaint) as refused:
        serve.check_packet(path)
    assert refused.value.exit_code == 11
