"""What people did with cases, laid over what the lake says about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
from django.db.models import F
from django.utils import timezone

from workbench import life
from workbench.models import CaseFile

if TYPE_CHECKING:
    from workbench.models import User
    from workbench.selectors.queue import CaseRow

SCHEMA = {"case_id": pl.String(), "state": pl.String(), "owner": pl.String()}


# What a file keeps of the lake.
TOLD = ("scenario", "hospital_id", "district", "person_id", "grade", "amount_at_risk", "night",
        "points")  # fmt: skip


def overlay() -> pl.DataFrame:
    """State and owner of every touched case; who let the time run out is no owner."""
    rows = CaseFile.objects.annotate(name=F("owner__username")).values_list(
        "case_id", "state", "name", "held_until"
    )
    now = timezone.now()
    told = []
    for case_id, state, name, until in rows.iterator():
        expired = state in life.HELD and until is not None and until <= now
        told.append((case_id, life.RELEASING[state], None) if expired else (case_id, state, name))
    return pl.DataFrame(told, schema=SCHEMA, orient="row")


def of_case(case_id: str) -> CaseFile | None:
    """The file of a case, None when nobody touched it."""
    return CaseFile.objects.filter(pk=case_id).select_related("owner").first()


def unsaved(row: CaseRow) -> CaseFile:
    """The file that a case would get now, not stored."""
    return CaseFile(
        case_id=row.case_id,
        scenario=row.scenario,
        hospital_id=row.hospital_id,
        district=row.district or "",
        person_id=row.person_id,
        grade=row.grade,
        amount_at_risk=row.amount_at_risk,
        night=row.run_date,
        points=row.alerts,
    )


def renewed(file: CaseFile, row: CaseRow) -> CaseFile:
    """The file with what the lake says now, not stored; what is closed stays as it was closed."""
    if file.state not in life.CLOSED:
        fresh = unsaved(row)
        for name in TOLD:
            setattr(file, name, getattr(fresh, name))
    return file


def held_by(user: User) -> list[str]:
    """The numbers of the cases in a person's hands."""
    mine = CaseFile.objects.filter(owner=user, state__in=life.HELD, held_until__gt=timezone.now())
    return list(mine.values_list("case_id", flat=True))
