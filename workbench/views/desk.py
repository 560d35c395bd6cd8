"""What every page begins with: the lake, its nights, and the case that is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from claims.lake import Lake
from workbench import may
from workbench.models import CaseFile, User
from workbench.selectors import files, nights, queue
from workbench.selectors.dossier import Dossier, dossier

if TYPE_CHECKING:
    from claims.settings import Settings
    from workbench.selectors.nights import Night
    from workbench.selectors.queue import CaseRow


@dataclass(frozen=True)
class Desk:
    """The lake, and the nights in which a case can still be in the queue."""

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


def desk() -> Desk:
    """Open the lake."""
    installed: Settings = settings.JIANBAO
    lake = Lake.at(installed.lake)
    published = nights.published(lake)
    return Desk(lake, published, nights.recent(published, installed.case_days), installed)


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
    among = here.open_nights if file is None else _nights_of(here, file)
    row = queue.one(here.lake, among, case_id)
    if row is None:
        raise Http404
    may.check_read(reader(request), row.district)
    night = next(one for one in here.published if one.run_date == row.run_date)
    return Opened(here, row, night, file or files.unsaved(row), dossier(here.lake, night, row))


def _nights_of(here: Desk, file: CaseFile) -> tuple[Night, ...]:
    """The open nights, and the one in which a case that has left the queue was last seen."""
    own = tuple(night for night in here.published if night.run_date == file.night)
    return tuple(dict.fromkeys((*here.open_nights, *own)))
