"""The report on a real small city: generated, screened, pooled, written, and not done twice."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bench.report.cities import Workshop
from bench.report.page import page
from bench.report.results import Result
from evaluation import storing
from evaluation.telling import where

ROOT = Path(__file__).parents[2]
SEED = 7


def report(work: Path, out: Path) -> str:
    """Run the command; what it told."""
    words = ["--seeds", str(SEED), "--stays", "500", "--months", "4", "--audit-share", "0.1"]
    done = subprocess.run(
        [sys.executable, "-m", "bench.report", *words, "--work", str(work), "--out", str(out)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stderr


@pytest.mark.slow
@pytest.mark.timeout(1_200)  # two runs, on a busy machine
def test_one_command_judges_a_city_and_writes_the_page(tmp_path: Path) -> None:
    out = tmp_path / "docs" / "page.md"
    out.parent.mkdir()
    first = report(tmp_path / "work", out)
    assert "screening out of fold" in first
    shop = Workshop(tmp_path / "work" / f"seed-{SEED}")
    assert not shop.home.exists()
    _check_result(Result.load(shop.result))
    data = storing.load(out.with_suffix(".json"))
    assert {"stay", "use", "ledger"} <= set(data["kinds"])
    assert where(data["rules"], code="C02")[0]["hits"] > 0
    written = out.read_text(encoding="utf-8")
    assert written == page(data)
    again = report(tmp_path / "work", out)
    assert "already judged" in again
    assert "screening" not in again
    assert out.read_text(encoding="utf-8") == written


def _check_result(result: Result) -> None:
    """Persons, stays and hospitals of the key are those of the scores."""
    stays = result.records.filter(result.records["subject_type"] == "stay")
    of_stays = result.key.filter(result.key["subject_type"] == "stay")
    assert set(of_stays["subject_id"]) <= set(stays["subject_id"])
    for name in ("person", "physician", "department", "hospital"):
        assert of_stays[name].null_count() == 0
    assert result.hits["hospital"].null_count() == 0
    assert set(result.records["level"]) <= {"0", "1", "2", "3"}
