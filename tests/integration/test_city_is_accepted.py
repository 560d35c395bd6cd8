"""The contract takes in the whole city: nothing is refused, every tag has its cause.

A scheme or a harmless defect may make a row implausible; the contract then keeps it and says
what it is. CAUSES names who may cause which tag. A new scheme that rightly causes one adds
its code there.

Harmless defects that the checks of rows cannot see, by nature: lots and serials not scanned at
billing, in the register or at purchase; uses forgotten in the register; units opened and
contaminated; lines reversed and billed again the same day (the reversal leads to its line);
goods bought outside the platform; packs typed for pieces; small corrections of stock; stays that
overlap by hours on the day of a transfer (there is no check of overlapping stays). Lines
posted late are seen only where the posting falls two days or more behind the discharge.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import polars as pl
import pytest

from claims.checks import CHECKS
from claims.faults import UNKNOWN_CODE
from claims.pseudonyms import Pseudonyms
from claims.schema import Consequence
from claims.settings import Settings, load_settings
from claims.tables import DELIVERED
from claims.typing_rows import ROUNDED
from flows.landing import land_history, land_night, open_lake, split
from synthetic import Prevalence, generate
from synthetic.declared import lookalikes, schemes
from synthetic.lines import LATE_SHARE
from tests.integration.explained import subjects, unexplained
from tests.integration.inspector import FINDING, ROW, Folder, outside, tagged_by_hand

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from claims.admission import Admission

STAYS, MONTHS, SEED, AUDIT_SHARE = 4_000, 12, 20_240_601, 0.05
FEWEST = 8  # subjects of each scheme, whatever its usual share
LAST_HISTORY = date(2024, 11, 18)
NIGHTS = tuple(LAST_HISTORY + timedelta(days=n) for n in (1, 2, 3))
TYPOLOGY = re.compile(r"H(0[1-9]|1[0-8])|C(0[1-9]|1\d|2[0-6])")

# Tag -> what may cause it: a harmless defect, else a scheme or look-alike of the answer key.
CAUSES: dict[str, tuple[str, ...]] = {
    "data.line_outside_stay": ("late posting", "H15", "C23"),
    "data.discharge_before_admission": ("H15",),
    "data.after_death": ("H08", "H15"),
    "data.before_birth": ("H08", "H15", "H16"),
    "data.negative_without_reversal": ("C23",),
    # No recipe leaves a bill whose sums are off: hospitals that cheat add up well.
    "data.sum_mismatch": (),
    "data.amount_not_price_times_quantity": (),
    "data.delivered_before_ordered": (),
    "data.unknown_code": (),
    "data.missing_value": (),
    "data.below_minimum": (),
    "data.rounded": (),
}
# Delivered folders: the tables that are left out of each.
WITHOUT: dict[str, tuple[str, ...]] = {
    "all tables": (),
    "no past audits": ("audit_outcomes",),
    "no goods": ("purchases", "stock_moves", "stock_counts", "device_uses", "consumables"),
    "the bill alone": tuple(t.name for t in DELIVERED if t.name not in {"stays", "fee_lines"}),
}


@dataclass(frozen=True)
class Taken:
    """A folder and what became of it."""

    folder: Folder
    settings: Settings
    admission: Admission

    def tags(self) -> pl.DataFrame:
        """Tags of the queue, persons under the numbers they were delivered with."""
        return _named(self.settings, self.admission.data_faults)


def _named(settings: Settings, faults: pl.DataFrame) -> pl.DataFrame:
    pseudonyms = Pseudonyms.at(settings.key_folder)
    masks = faults.filter(pl.col("table") == "persons")["row_key"].unique().to_list()
    names = {mask: pseudonyms.vault.unmask(mask) for mask in masks}
    return faults.with_columns(pl.col("row_key").replace(names)).select(*FINDING, "column")


def _take(settings: Settings, out: Path) -> Taken:
    landed = land_history(settings, out)
    assert landed.admission is not None
    return Taken(Folder(out), settings, landed.admission)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A city with every scheme in it."""
    out = tmp_path_factory.mktemp("accepted") / "city"
    shares = {one.code: max(one.share, FEWEST / STAYS) for one in schemes()}
    generate(
        out,
        stays=STAYS,
        months=MONTHS,
        seed=SEED,
        audit_share=AUDIT_SHARE,
        prevalence=Prevalence(shares),
    )
    return out


@pytest.fixture(scope="module")
def whole(city: Path, tmp_path_factory: pytest.TempPathFactory) -> Taken:
    """The city, taken in at once as ``jianbao ingest`` does."""
    return _take(load_settings(home=tmp_path_factory.mktemp("whole") / "home"), city)


def _nothing_refused(admission: Admission) -> None:
    refused = admission.quarantine.group_by("table", "code").agg(
        pl.len(), pl.col("message").first()
    )
    assert refused.is_empty(), refused.rows()
    assert admission.report.held == ()
    for name, account in admission.report.tables.items():
        assert (account.received, account.quarantined) == (account.kept, 0), name


def _same(ours: pl.DataFrame, theirs: pl.DataFrame) -> None:
    """Both name the same rows for the same reasons."""
    for who, more in (("intake alone", (theirs, ours)), ("by hand alone", (ours, theirs))):
        extra = more[0].select(FINDING).join(more[1], on=FINDING, how="anti")
        assert extra.is_empty(), (who, extra.height, extra.head(3).rows())


@pytest.mark.parametrize("left_out", WITHOUT)
def test_every_row_is_kept_and_tagged_as_what_it_is(
    left_out: str, city: Path, whole: Taken, tmp_path: Path
) -> None:
    taken = whole
    if WITHOUT[left_out]:
        out = tmp_path / "city"
        shutil.copytree(city, out, ignore=lambda *_: [f"{n}.parquet" for n in WITHOUT[left_out]])
        taken = _take(load_settings(home=tmp_path / "home"), out)
    _nothing_refused(taken.admission)
    lake, tables = open_lake(taken.settings), taken.admission.report.tables
    for table in DELIVERED:
        rows = taken.folder.table(table.name).height if taken.folder.has(table.name) else 0
        assert rows == (tables[table.name].kept if table.name in tables else 0), table.name
        assert rows == (lake.scan(table.name).select(pl.len()).collect().item() if rows else 0)
    assert set(WITHOUT[left_out]).isdisjoint(tables)
    _same(tagged_by_hand(taken.folder), taken.tags())


def test_the_table_of_causes_has_every_tag_and_knows_every_cause() -> None:
    declared = {
        constraint.code
        for table in DELIVERED
        for _, constraint in table.constraints()
        if constraint.consequence is Consequence.TAG
    }
    assert set(CAUSES) == declared | {check.code for check in CHECKS} | {UNKNOWN_CODE, ROUNDED}
    known = {*HARMLESS, *(one.name for one in lookalikes())}
    named = {cause for causes in CAUSES.values() for cause in causes}
    assert [one for one in named - known if not TYPOLOGY.fullmatch(one)] == []


def test_every_scheme_is_in_the_city(city: Path) -> None:
    planted = subjects(Folder(city)).filter(~pl.col("innocent"))
    assert set(planted["scheme"]) == {one.code for one in schemes()}


def late_posting(folder: Folder) -> pl.DataFrame:
    """Care given inside the stay, posted late but no later than the settlement."""
    return folder.under_stays("fee_lines").filter(
        ~outside("performed_at")
        & (pl.col("charged_at").dt.date() > pl.col("last"))
        & (pl.col("charged_at").dt.date() <= pl.col("settled_on"))
    )


HARMLESS: dict[str, Callable[[Folder], pl.DataFrame]] = {"late posting": late_posting}


def test_every_tag_has_a_cause(whole: Taken) -> None:
    left = unexplained(whole.folder, whole.tags(), CAUSES, HARMLESS)
    assert left.is_empty(), "\n".join(map(str, left.to_dicts()))


def _honest(folder: Folder, name: str) -> pl.DataFrame:
    """Rows that hang on no subject of a scheme that may cause a tag."""
    causing = {cause for causes in CAUSES.values() for cause in causes}
    key = subjects(folder).filter(pl.col("scheme").is_in(list(causing)))["anchor"].implode()
    rows = folder.under_stays(name)
    return rows.filter(
        ~pl.any_horizontal(pl.col("stay_id", "_person", "_physician", "_hospital").is_in(key))
    )


def test_honest_lines_are_tagged_for_late_posting_alone_and_seldom(whole: Taken) -> None:
    lines = _honest(whole.folder, "fee_lines")
    late = lines.filter(pl.col("charged_at") >= pl.col("performed_at") + pl.duration(days=1))
    tagged = whole.tags().join(lines.select(ROW), on=ROW)
    assert 0 < late.height <= 1.2 * LATE_SHARE * lines.height
    assert 0 < tagged.height < 0.02 * late.height
    assert tagged.select(ROW).join(late, on=ROW, how="anti").is_empty()
    assert set(tagged["code"]) == {"data.line_outside_stay"}


def test_harmless_defects_that_no_check_can_see_are_there_and_untagged(whole: Taken) -> None:
    lines, uses = _honest(whole.folder, "fee_lines"), _honest(whole.folder, "device_uses")
    bought, no_lot = whole.folder.table("purchases"), pl.col("lot").is_null()
    unseen = {
        "lot not scanned at billing": lines.filter(no_lot & (pl.col("category") == "consumable")),
        "lot not read into the register": uses.filter(no_lot),
        "lot missing at purchase": bought.filter(no_lot),
        "bought outside the platform": bought.filter(~pl.col("on_platform")),
        "reversed by a line": lines.filter(pl.col("reverses_line_id").is_not_null()),
    }
    seen = whole.tags().join(late_posting(whole.folder).select(ROW), on=ROW, how="anti")
    for name, rows in unseen.items():
        assert not rows.is_empty(), name
        assert seen.join(rows.select(ROW), on=ROW).is_empty(), name


def test_the_same_rows_are_tagged_when_they_come_night_by_night(
    whole: Taken, city: Path, tmp_path: Path
) -> None:
    settings = load_settings(home=tmp_path / "home")
    waiting = split(city, tmp_path / "history", settings.inbox, until=LAST_HISTORY)
    assert set(NIGHTS) <= set(waiting)
    taken = [land_history(settings, tmp_path / "history").admission]
    taken += [land_night(settings, night).admission for night in NIGHTS]
    for admission in taken:
        assert admission is not None
        _nothing_refused(admission)
    told = pl.concat([_named(settings, one.data_faults) for one in taken if one is not None])
    _same(whole.tags().filter(pl.col("received_on") <= NIGHTS[-1]).select(FINDING), told)
