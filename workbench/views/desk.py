"""What every page begins with: the lake, its nights, and the case that is asked for."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404, HttpRequest

from claims.errors import LakeError
from claims.lake import Lake
from workbench import may
from workbench.models import CaseFile, User
from workbench.selectors import files, left, nights, queue
from workbench.selectors.dossier import Dossier, dossier
from workbench.selectors.raised import raised

if TYPE_CHECKING:
    from claims.settings import Settings
    from workbench.selectors.nights import Night
    from workbench.selectors.queue import CaseRow


@dataclass(frozen=True)
class Desk:
    """The lake, and the nights in which a case can still be in the queue.

    Behind them stand those that last told of cases in work which have left the others.
    """

    lake: Lake
    published: tuple[Night, ...]
    open_nights: tuple[Night, ...]
    settings: Settings


@dataclass(frozen=True)
class Opened:
    """One case, opened by a person who may read it."""

    desk: Desk
    row: CaseRow
    night: Night
    file: CaseFile
    dossier: Dossier

    @property
    def withdrawn(self) -> bool:
        """Whether the case's night was published anew, and tells of the case no more."""
        newest = next(
            (one for one in self.desk.published if one.run_date == self.row.run_date), None
        )
        return newest is None or newest.versions != self.night.versions


def desk() -> Desk:
    """Open the lake."""
    installed: Settings = settings.JIANBAO
    lake = Lake.at(installed.lake)
    published = nights.published(lake)
    recent = nights.recent(published, installed.case_days)
    return Desk(lake, published, (*recent, *left.behind(lake, recent)), installed)


def warm() -> None:
    """Read what the first queue and the first dossier of a morning need, before anybody asks.

    A lake that cannot be read says so to whoever opens a page.
    """
    with suppress(LakeError):
        here = desk()
        queue.hospitals(here.lake, here.open_nights)
        if here.published:
            raised(here.lake, here.published[0])
    # Each thread has a connection of its own, and this thread ends here.
    connection.close()


def reader(request: HttpRequest) -> User:
    """Who asks; every page but the open ones has somebody."""
    user = request.user
    if not isinstance(user, User):
        raise PermissionDenied
    return user


def opened(request: HttpRequest, case_id: str) -> Opened:
    """Open a case; Http404 where there is none, PermissionDenied outside the person's district."""
    here = desk()
    file = files.of_case(case_id)
    row, night = _told(here, file, case_id)
    may.check_read(reader(request), row.district)
    known = files.unsaved(row) if file is None else files.renewed(file, row)
    return Opened(here, row, night, known, dossier(here.lake, night, row))


def _told(here: Desk, file: CaseFile | None, case_id: str) -> tuple[CaseRow, Night]:
    """The newest word on a case, and the night that says it; Http404 where nobody told of it."""
    row = queue.one(here.lake, here.open_nights, case_id)
    if row is not None:
        whole = next(one for one in here.open_nights if one.run_date == row.run_date)
        alone = (one for one in here.open_nights if case_id in one.only)
        return row, next(alone, whole)
    night = None if file is None else left.told_by(here.lake, file.night, case_id)
    row = None if night is None else queue.one(here.lake, (night,), case_id)
    if row is None or night is None:
        raise Http404
    return row, night
