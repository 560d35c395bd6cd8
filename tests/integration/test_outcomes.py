"""What an auditor decides in the workbench reaches the lake and the next retraining."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from django.urls import reverse

from claims.history import History
from flows import training
from flows.outcomes import SOURCE, land_outcomes
from flows.retrain import retrain
from models.labels import labels
from tests.conftest import NIGHTS
from tests.integration.nights import lake_of
from tests.workbench_fixtures import signed_in

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings as DjangoSettings

    from claims.settings import Settings

pytestmark = [pytest.mark.usefixtures("prefect_server"), pytest.mark.django_db]
TODAY = NIGHTS[-1] + timedelta(days=1)


@pytest.fixture
def desk(run_home: Settings, settings: DjangoSettings) -> Settings:
    """A city whose nights are published, as the workbench reads it; one opinion is enough."""
    alone = run_home.model_copy(update={"second_opinion_yuan": 10**9})
    settings.JIANBAO = alone
    return alone


def undecided(home: Settings) -> dict[str, str]:
    """An alert about a stay that no audit has looked at."""
    alerts = lake_of(home).scan("alerts").filter(pl.col("subject_type") == "stay").collect()
    decided = known_labels(home)["subject_id"].implode()
    fresh = alerts.filter(~pl.col("subject_id").is_in(decided)).sort("alert_id")
    return fresh.row(0, named=True)


def known_labels(home: Settings, as_of: date = TODAY) -> pl.DataFrame:
    """Labels of stays that a training of this night would learn from."""
    outcomes = History.of(lake_of(home), as_of).tables["audit_outcomes"].collect()
    return labels(outcomes, as_of=as_of, subject_type="stay", scenario="hospitalization")


def decide(alert: dict[str, str]) -> None:
    """Decide the case of an alert through the pages, as an auditor does."""
    auditor = signed_in("auditor-a", "auditor")
    case = [alert["case_id"]]
    assert auditor.post(reverse("take", args=case)).status_code == 302
    told = {"outcome": "confirmed", "reason": "care_not_shown", "note": "no nursing sheet",
            "scheme": "H02", "amount": "321.09", "points": alert["alert_id"]}  # fmt: skip
    assert auditor.post(reverse("conclude", args=case), told).status_code == 302


def handed_over(home: Settings) -> pl.DataFrame:
    """The rows that came from the workbench."""
    return lake_of(home).scan("audit_outcomes").filter(pl.col("source") == SOURCE).collect()


def listened_to(monkeypatch: pytest.MonkeyPatch) -> dict[str, pl.DataFrame]:
    """What a training is taught, by kind of subject, as it is being taught."""
    heard: dict[str, pl.DataFrame] = {}

    def listening(outcomes: pl.DataFrame, **asked: Any) -> pl.DataFrame:
        heard[asked["subject_type"]] = labels(outcomes, **asked)
        return heard[asked["subject_type"]]

    monkeypatch.setattr(training, "labels_of", listening)
    return heard


def test_a_decision_reaches_the_next_retraining(
    desk: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from workbench.services.outcomes import hand_over  # noqa: PLC0415  needs the applications

    alert = undecided(desk)
    before = known_labels(desk)
    decide(alert)
    assert land_outcomes(desk, TODAY, hand_over) == 1
    (row,) = handed_over(desk).to_dicts()
    assert row["subject_id"] == alert["subject_id"]
    assert (row["outcome"], row["scheme"]) == ("confirmed", "H02")
    assert row["amount_recovered"] == 32_109
    assert row["received_on"] == TODAY

    after = known_labels(desk)
    (added,) = after.join(before, on="subject_id", how="anti").to_dicts()
    assert (added["subject_id"], added["label"]) == (alert["subject_id"], 1)
    taught = listened_to(monkeypatch)
    retrain(desk, TODAY)
    assert taught["stay"].equals(after)


def test_outcomes_handed_over_again_are_the_same_rows(desk: Settings) -> None:
    from workbench.services.outcomes import hand_over  # noqa: PLC0415  needs the applications

    decide(undecided(desk))
    land_outcomes(desk, TODAY, hand_over)
    first = handed_over(desk)
    assert land_outcomes(desk, TODAY, hand_over) == 1
    assert land_outcomes(desk, TODAY + timedelta(days=1), hand_over) == 0
    assert handed_over(desk).equals(first)
