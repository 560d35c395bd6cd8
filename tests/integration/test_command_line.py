"""The command line as a person meets it: output that is data, errors that help."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest

from flows.offices import office
from models import registry
from tests.conftest import NIGHTS
from tests.integration.nights import lake_of

if TYPE_CHECKING:
    from claims.settings import Settings

JIANBAO = Path(sys.executable).with_name("jianbao")
THIRD = NIGHTS[-1]


def run(*words: str, home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Start the real program."""
    return subprocess.run(
        [str(JIANBAO), "--home", str(home), *words],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | environment,
        timeout=240,
    )


def test_alerts_come_as_json_with_amounts_in_yuan(run_home: Settings) -> None:
    done = run("alerts", "--format", "json", home=run_home.home)
    alerts = json.loads(done.stdout)
    stored = lake_of(run_home).scan("alerts").filter(pl.col("run_date") == THIRD).collect()
    assert done.returncode == 0
    assert len(alerts) == stored.height
    in_fen = dict(stored.select("alert_id", "amount_at_risk").iter_rows())
    assert all(round(one["amount_at_risk"] * 100) == in_fen[one["alert_id"]] for one in alerts)


def test_alerts_come_as_csv_and_parquet(run_home: Settings, tmp_path: Path) -> None:
    for form in ("csv", "parquet"):
        out = tmp_path / f"alerts.{form}"
        done = run("alerts", "--format", form, "--out", str(out), home=run_home.home)
        assert done.returncode == 0, done.stderr
        rows = pl.read_csv(out) if form == "csv" else pl.read_parquet(out)
        assert rows.height > 0


def test_the_table_names_hospital_subject_and_reasons(run_home: Settings) -> None:
    done = run("alerts", "--top", "3", home=run_home.home)
    assert "Hospital stays" in done.stdout
    assert "peers" in done.stdout
    assert "fraud" not in done.stdout.lower()


def test_an_alert_is_explained_facts_first(run_home: Settings) -> None:
    one = json.loads(run("alerts", "--format", "json", home=run_home.home).stdout)[0]
    done = run("explain", one["alert_id"], home=run_home.home)
    assert done.returncode == 0
    assert done.stdout.index("facts") < done.stdout.index("Reasons")
    assert "people decide" in done.stdout


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("alerts",), 7, "Run `jianbao nightly"),
        (("explain", "A1"), 7, "There is no alert 'A1'"),
        (("ingest", "nowhere"), 4, "There is nothing at nowhere"),
        (("alerts", "--screen", "x"), 7, "There is no screen 'x'"),
        (("retrain",), 6, "jianbao ingest"),
    ],
)
def test_a_problem_is_one_message_with_a_way_out(
    words: tuple[str, ...], code: int, said: str, tmp_path: Path
) -> None:
    done = run(*words, home=tmp_path / "home")
    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_who_put_a_model_in_office_is_kept_and_shown(home: Settings) -> None:
    """Promoting who is in office keeps nothing; the trail tells of the training that put it there."""
    version = registry.champion_version(home.home, office("stay"))
    assert version is not None
    again = run("promote", "stay", version, "--reason", "to be sure", home=home.home)
    assert f"stay is now scored by {version}." in again.stdout
    assert "in office already; nothing was kept" in again.stdout
    shown = run("promote", "stay", "--list", home=home.home)
    assert f"UTC took office {version}, by retrain" in shown.stdout
    for words, code in ((("promote", "stay"), 4), (("promote", "house", "--list"), 7)):
        assert run(*words, home=home.home).returncode == code


def test_a_reason_and_the_account_are_printed_and_kept(home: Settings) -> None:
    before = registry.champion(home.home, office("stay"))
    assert before is not None
    made = registry.record(replace(before, trained_as_of=THIRD), registry.Papers(), home=home.home)
    done = run("promote", "stay", made, "--reason", "[a] trial", home=home.home)
    said = f"UTC promoted {made} in the place of 1-{before.version}, by "
    assert said in done.stdout
    assert done.stdout.rstrip().endswith(": [a] trial")
    back = run("rollback", "stay", home=home.home)
    assert f"UTC rolled back 1-{before.version} in the place of {made}, by " in back.stdout
    assert said in run("promote", "stay", "--list", home=home.home).stdout


def test_a_mistyped_setting_is_named(tmp_path: Path) -> None:
    (tmp_path / "jianbao.toml").write_text("alerts_per_nigth = 3\n")
    done = subprocess.run(
        [str(JIANBAO), "alerts"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={key: value for key, value in os.environ.items() if key != "JIANBAO_HOME"},
    )
    assert done.returncode == 3
    assert "alerts_per_nigth" in done.stderr
    assert "alerts_per_night" in done.stderr


def test_a_mapping_that_names_an_unknown_column_says_what_was_meant(tmp_path: Path) -> None:
    pl.DataFrame({"no": ["1"], "house": ["H"], "charges": ["3"]}).write_csv(tmp_path / "x.csv")
    (tmp_path / "x.toml").write_text(
        'name = "x"\n[tables.stays]\nfile = "*.csv"\n[tables.stays.columns]\nstay_id = { rename = "no" }\n'
        'hospital_id = { rename = "hose" }\ntotal_amount = { rename = "charges" }\n'
    )
    done = run(
        "screen",
        str(tmp_path / "x.csv"),
        "--mapping",
        str(tmp_path / "x.toml"),
        home=tmp_path / "h",
    )
    assert done.returncode == 5
    assert "hose" in done.stderr
    assert "house" in done.stderr
    assert "Traceback" not in done.stderr
