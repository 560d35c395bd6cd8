"""What is missing from the books switches rules off, with a reason, and raises nothing by itself.

Where a missing book would have told an innocent explanation, a rule that stands on other books may
speak where it was silent: as a clue alone, which says what could not be asked.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from claims.history import History
from claims.tables import BY_NAME
from features.catalogue import CATALOGUES
from features.measure import measure
from features.renewals import siblings
from features.subjects import ledgers_of_history
from rules.books import Books
from rules.catalogue import missing, rules_of
from rules.declaration import DOUBT
from rules.judge import judge, speaking
from synthetic import generate
from tests.unit.synthetic_city import DENSE, START, Delivery

Tables = dict[str, pl.DataFrame]
STAYS, MONTHS, SEED = 1_200, 9, 47
BOOKS = ("purchases", "stock_moves", "stock_counts", "device_uses")
NUMBERED = {
    "lot": ("fee_lines", "device_uses", "purchases", "stock_moves"),
    "serial": ("device_uses", "purchases"),
    "udi_di": ("fee_lines", "device_uses"),
}
# Rules on what a hospital buys or on a chain cannot be asked without these.
NEEDS = {
    "purchases": {"C10", "C18"},
    "stock_counts": {"C10"},
    "device_uses": {"C02"},
}


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """A city with schemes and look-alikes, in lake types."""
    out = tmp_path_factory.mktemp("books")
    generate(out, stays=STAYS, months=MONTHS, seed=SEED, start=START, prevalence=DENSE)
    city = Delivery(out)
    delivered = [name for name in BY_NAME if list(out.glob(f"{name}*"))]
    return {name: in_lake(name, city.table(name)) for name in delivered}


def in_lake(name: str, rows: pl.DataFrame) -> pl.DataFrame:
    """A delivered table with money in fen and quantities in thousandths."""
    return rows.select(
        (
            (pl.col(column.name) * column.kind.scale).round()
            if column.name in rows.columns and column.kind.scale > 1
            else pl.col(column.name)
            if column.name in rows.columns
            else pl.lit(None)
        )
        .cast(column.kind.lake)
        .alias(column.name)
        for column in BY_NAME[name].columns
    )


Hits = dict[tuple[str, str], dict[str, Any]]


def accused(tables: Tables) -> tuple[Hits, dict[str, list[str]]]:
    """Hits that speak, by subject and rule, and what each rule that is switched off lacks."""
    until = last_night(tables)
    history = History.of_frames(tables, until)
    books = Books(history)
    found: Hits = {}
    off: dict[str, list[str]] = {}
    for entity, subjects in (("use", uses(tables)), ("ledger", ledgers(tables))):
        catalogue = CATALOGUES[entity]
        lacking = {rule.code: missing(rule, catalogue, history) for rule in rules_of(entity)}
        off |= {code: gaps for code, gaps in lacking.items() if gaps}
        asked = [rule for rule in rules_of(entity) if not lacking[rule.code]]
        rows = subjects.with_columns(as_of=pl.lit(until))
        measured = measure(history, catalogue, rows, catalogue.measurable(history))
        hits = speaking(judge(measured, asked, books))
        found |= {(hit["subject_id"], hit["code"]): hit for hit in hits.iter_rows(named=True)}
    return found, off


def new_doubts(found: Hits, whole: Hits) -> set[str]:
    """Codes of rules of which a doubtful point is new."""
    return {
        code
        for (subject, code), hit in found.items()
        if hit["grade"] == DOUBT.value
        if whole.get((subject, code), hit | {"grade": None})["grade"] != DOUBT.value
    }


def silent_clues(found: Hits, whole: Hits) -> set[tuple[str, str]]:
    """New hits that do not say, in both languages, what could not be asked."""
    return {
        pair
        for pair, hit in found.items()
        if pair not in whole
        if not (hit["unasked_en"] and hit["unasked_zh"])
    }


def last_night(tables: Tables) -> date:
    """The night on which the last rows arrived."""
    nights = pl.concat([rows.select("received_on") for rows in tables.values()])
    until = nights["received_on"].max()
    assert isinstance(until, date)
    return until


def lines(tables: Tables) -> pl.DataFrame:
    houses = tables["stays"].unique("stay_id", keep="last").select("stay_id", "hospital_id")
    consumables = tables["fee_lines"].filter(pl.col("category") == "consumable")
    return consumables.join(houses, on="stay_id")


def uses(tables: Tables) -> pl.DataFrame:
    """Every stay and consumable that is billed."""
    named = pl.concat_str("stay_id", "item_code", separator="|")
    return lines(tables).select(subject_id=named).unique()


def ledgers(tables: Tables) -> pl.DataFrame:
    """Every hospital, consumable and month in which anything of it moved."""
    settled = last_night(tables) + timedelta(days=90)
    return ledgers_of_history(History.of_frames(tables, settled)).select("subject_id")


@pytest.fixture(scope="module")
def whole(tables: Tables) -> Hits:
    """What is raised when nothing is missing: only what no store has counted yet is graded down."""
    found, off = accused(tables)
    assert not off
    graded_down = {code for (_, code), hit in found.items() if hit["unasked_en"]}
    assert graded_down <= {"C02"}
    assert any(hit["grade"] == DOUBT.value for (_, code), hit in found.items() if code == "C02")
    assert {code for _, code in found} >= {"C02", "C05", "C10"}
    return found


@pytest.mark.parametrize("book", BOOKS)
def test_without_a_book_no_new_alarm_and_a_reason(tables: Tables, whole: Hits, book: str) -> None:
    rest = {name: rows for name, rows in tables.items() if name != book}
    found, off = accused(rest)
    assert set(off) >= NEEDS.get(book, set())
    assert all(any(gap.startswith(book) for gap in gaps) for gaps in off.values())
    assert not new_doubts(found, whole)
    assert not silent_clues(found, whole)


@pytest.mark.parametrize("book", BOOKS)
def test_a_hospital_without_a_book_is_not_judged_as_if_its_book_said_nothing(
    tables: Tables, whole: Hits, book: str
) -> None:
    busiest = tables["stays"]["hospital_id"].mode().sort()[0]
    stays = tables["stays"].filter(hospital_id=busiest).select("stay_id").unique()
    kept = (
        tables[book].filter(pl.col("hospital_id") != busiest)
        if "hospital_id" in tables[book].columns
        else tables[book].join(stays, on="stay_id", how="anti")
    )
    assert kept.height < tables[book].height
    found, off = accused(tables | {book: kept})
    assert not off
    assert not new_doubts(found, whole)
    assert not silent_clues(found, whole)
    names = {f"{busiest}|", *(f"{one}|" for one in stays["stay_id"])}
    here = {pair for pair in found if any(pair[0].startswith(name) for name in names)}
    assert not {code for _, code in here} & NEEDS.get(book, set())
    assert {pair for pair in whole if pair not in found} <= {
        pair for pair in whole if any(pair[0].startswith(name) for name in names)
    }


@pytest.mark.parametrize("number", NUMBERED)
def test_without_lots_serials_or_identifiers_no_new_alarm(
    tables: Tables, whole: Hits, number: str
) -> None:
    blank = {
        name: tables[name].with_columns(pl.lit(None, pl.String).alias(number))
        for name in NUMBERED[number]
    }
    found, _ = accused(tables | blank)
    assert not new_doubts(found, whole)
    assert not silent_clues(found, whole)


def test_codes_that_no_catalogue_knows_raise_nothing_new(tables: Tables, whole: Hits) -> None:
    listed = tables["consumables"]
    known = listed.filter(pl.col("item_code").hash(seed=1) % 3 != 0)
    assert 0 < known["item_code"].n_unique() < listed["item_code"].n_unique()
    found, _ = accused(tables | {"consumables": known})
    assert not new_doubts(found, whole)
    assert not silent_clues(found, whole)


# --- all codes renewed at once -----------------------------------------------------------

RENEWED_ON = date(2024, 6, 15)
LISTED_BEFORE, LEFT_AFTER = timedelta(days=75), timedelta(days=120)
# When a row of a book happened: from the day on it names the new code.
DAYS = {
    "fee_lines": pl.coalesce("performed_at", "charged_at").dt.date(),
    "device_uses": pl.col("used_at").dt.date(),
    "purchases": pl.col("delivered_on"),
    "stock_moves": pl.col("moved_at").dt.date(),
    "stock_counts": pl.col("counted_on"),
}
CODE_CHARACTERS = 27
HEAD, TAIL = pl.col("item_code").str.slice(0, 10), pl.col("item_code").str.slice(20)


def renewed(tables: Tables, *, told: bool = True) -> Tables:
    """The same city, with every code of the catalogue replaced by a new one on a day.

    Old codes stay listed beside the new ones for a season; where it is not ``told``, their end
    is not in the catalogue.
    """
    end = RENEWED_ON + LEFT_AFTER
    listed = tables["consumables"]
    # Only the last row of a code ends with it; earlier ones ended with their price.
    last = pl.col("valid_from") == pl.col("valid_from").max().over("item_code")
    old = listed.filter(pl.col("valid_from") <= end).with_columns(
        valid_to=pl.when(last).then(pl.lit(end if told else None, pl.Date)).otherwise("valid_to")
    )
    first = RENEWED_ON - LISTED_BEFORE
    ended = (pl.col("valid_to") < first).fill_null(value=False)
    new = listed.filter(~ended).with_columns(
        new_code(), pl.max_horizontal("valid_from", pl.lit(first)).alias("valid_from")
    )
    catalogue = pl.concat([old, new]).unique(["item_code", "valid_from"], keep="last")
    return tables | {"consumables": catalogue} | {
        name: tables[name].with_columns(
            pl.when(day >= RENEWED_ON).then(new_code()).otherwise("item_code").alias("item_code")
        )
        for name, day in DAYS.items()
    }  # fmt: skip


def new_code() -> pl.Expr:
    """A code of the same class, generic name and specification; not a service's."""
    mixed = pl.col("item_code").hash(seed=7).cast(pl.String).str.slice(0, 10)
    renewed = pl.concat_str(HEAD, mixed, TAIL)
    long = pl.col("item_code").str.len_chars() == CODE_CHARACTERS
    return pl.when(long).then(renewed).otherwise("item_code").alias("item_code")


def under_old(found: Hits, tables: Tables) -> Hits:
    """Hits by the subject as it was named before the codes were renewed."""
    codes = tables["consumables"].select("item_code", new=new_code()).unique()
    named = {new: old for old, new in codes.iter_rows()}
    return {
        ("|".join(named.get(part, part) for part in subject.split("|")), code): hit
        for (subject, code), hit in found.items()
    }


def test_stock_of_old_codes_is_known_when_all_codes_are_renewed(
    tables: Tables, whole: Hits
) -> None:
    city = renewed(tables)
    found, off = accused(city)
    assert not off
    told = under_old(found, tables)
    assert len(set(found) - set(told)) > len(whole) / 4, "many hits are of new codes"
    assert set(told) <= set(whole)
    assert not new_doubts(told, whole)
    # Of a code that was renewed by itself before, both are renewed again and no longer one.
    twice = set(siblings(History.of_frames(tables, last_night(tables))).collect()["item_code"])
    lost = [subject for subject, _ in set(whole) - set(told)]
    assert all(twice & set(subject.split("|")) for subject in lost), lost


def test_where_nobody_tells_what_new_codes_replaced_they_raise_clues_that_say_so(
    tables: Tables, whole: Hits
) -> None:
    found, _ = accused(renewed(tables, told=False))
    told = under_old(found, tables)
    assert not new_doubts(told, whole)
    assert not silent_clues(told, whole)
