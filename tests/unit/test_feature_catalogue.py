"""What must hold of every declared feature, present and future."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claims.history import History
from claims.tables import BY_NAME
from features.catalogue import CATALOGUES, STAYS, Catalogue
from features.declaration import BOTH, HIGH, LOW, STAY, Feature, feature
from features.frames import Frame, source
from features.measure import measure
from features.subjects import SCHEMA
from features.units import COUNT, YUAN, inflected
from tests.one_street import NIGHT, SUBJECTS, TABLES, known, street
from tests.worlds import LAST_NIGHT, frames

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hypothesis.strategies import SearchStrategy

DECLARED = [
    pytest.param(catalogue, item, id=f"{entity}.{item.name}")
    for entity, catalogue in CATALOGUES.items()
    for item in catalogue.features
]
EVERY = pytest.mark.parametrize(("catalogue", "item"), DECLARED)
LEAST_FEATURES = 30
FEW_EXAMPLES = settings(max_examples=15, derandomize=True)
TREE = frames(**TABLES)
Tables = dict[str, pl.DataFrame]


# --- checks ----------------------------------------------------------------------------


def undeclared(item: Feature, catalogue: Catalogue) -> set[str]:
    """Columns a feature reads of which its frame does not say where they come from."""
    return set(item.reads - set(catalogue.frames[item.over].sources))


def foreign(frame: Frame) -> set[str]:
    """Sources of a frame that are no 'table.column' of the contract."""
    ways = [way for alternatives in (*frame.sources.values(), frame.needs) for way in alternatives]
    pairs = {pair for way in ways for pair in way}
    return {
        f"{table}.{column}"
        for table, column in pairs
        if table not in BY_NAME or column not in BY_NAME[table].by_name
    }


def everything(
    history: History, catalogue: Catalogue, wanted: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Every feature of the street's subjects for which there is data, sorted."""
    chosen = asked(catalogue) if wanted is None else wanted
    return measure(history, catalogue, chosen, catalogue.measurable(history))


@cache
def of_the_street(entity: str) -> pl.DataFrame:
    """Every feature of the street, as known on its night."""
    return everything(street(), CATALOGUES[entity])


def asked(catalogue: Catalogue, on: date = NIGHT) -> pl.DataFrame:
    """The street's subjects of one entity, as of one night."""
    rows = [(subject, on) for subject in SUBJECTS[catalogue.entity.name]]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def values(frame: pl.DataFrame, features: tuple[Feature, ...]) -> pl.DataFrame:
    """Subjects and features alone, rounded far below what a sentence shows."""
    return frame.select("subject_id", *(pl.col(item.name).round(9) for item in features))


def changed(before: pl.DataFrame, after: pl.DataFrame, features: tuple[Feature, ...]) -> set[str]:
    """Features of which some value differs."""
    return {
        item.name
        for item in features
        if not values(before, (item,)).equals(values(after, (item,)), null_equal=True)
    }


def leaks(catalogue: Catalogue, future: Tables, wanted: pl.DataFrame | None = None) -> set[str]:
    """Features that change when rows of the future are appended."""
    later = known(together(TREE, future), LAST_NIGHT)
    before = everything(street(), catalogue, wanted)
    return changed(before, everything(later, catalogue, wanted), catalogue.features)


def depends_on_order(catalogue: Catalogue, seed: int) -> set[str]:
    """Features that change when rows are shuffled."""
    mixed = {
        name: frame.sample(fraction=1.0, shuffle=True, seed=seed) for name, frame in TREE.items()
    }
    found = everything(known(mixed, NIGHT), catalogue)
    return changed(everything(street(), catalogue), found, catalogue.features)


def together(known: Mapping[str, pl.DataFrame], more: Mapping[str, pl.DataFrame]) -> Tables:
    """Tables with further rows."""
    return {
        name: pl.concat([frame, more[name]]) if name in more else frame
        for name, frame in known.items()
    }


# --- rows that might arrive ------------------------------------------------------------


def bent(value: object, shift: int, others: list[object]) -> object:
    """A value like this one, moved by ``shift``, or another value of the same column."""
    if isinstance(value, bool):
        return value if shift % 2 else not value
    if isinstance(value, int | float):
        return value + shift * 100
    if isinstance(value, date):
        return value + timedelta(days=shift)
    return others[shift % len(others)] if others else None


@st.composite
def arrivals(draw: Callable[[SearchStrategy[Any]], Any], known: Tables, first: date) -> Tables:
    """Rows like those already known: corrected, sent again, or new; from ``first`` on.

    A re-sent stay without its lines is a re-send with fewer lines; a person with another
    date of death or a hospital of another level is a row of the same key.
    """
    found: Tables = {}
    for name in draw(st.lists(st.sampled_from(sorted(known)), min_size=1, max_size=6)):
        frame = known[name]
        template = frame.row(draw(st.integers(0, frame.height - 1)), named=True)
        names = draw(st.lists(st.sampled_from(frame.columns), max_size=4))
        shifts = draw(st.lists(st.integers(-40, 40), min_size=len(names), max_size=len(names)))
        others = {one: frame[one].drop_nulls().unique().sort().to_list() for one in names}
        row = template | {
            one: bent(template[one] if template[one] is not None else _some(others[one]), by,
                      others[one])
            for one, by in zip(names, shifts, strict=True)
        }  # fmt: skip
        row["received_on"] = first + timedelta(days=draw(st.integers(0, 60)))
        found[name] = pl.DataFrame([row], schema=frame.schema)
    return found


def _some(others: list[object]) -> object:
    return others[0] if others else None


TOMORROW = NIGHT + timedelta(days=1)
DEATH = ("persons", {"person_id": "P", "death_date": date(2025, 11, 5)}, "days_after_death")
RESENT = ("stays", {"stay_id": "p1", "total_amount": 1}, "test_share")
VOIDED = ("stays", {"stay_id": "p2", "voided": True}, "stays_in_a_year")
EARLIER = ("stays", {"stay_id": "p1", "hospital_id": "K"}, "same_hospital_share")
NEIGHBOUR = ("stays", {"stay_id": "p1", "ward": "W9"}, "ward_stays")
VISIT = ("outpatient_visits", {"visit_id": "1", "hospital_id": "H"}, "visits_elsewhere")
PRICE = ("consumables", {"item_code": "C020202MESH01", "platform_price": 1}, "price_over_limit")
SERIAL = ("device_uses", {"use_id": "3", "serial": "SN2"}, "shared_serials")
BOUGHT = ("purchases", {"purchase_id": "1", "quantity": 9_000}, "billed_over_available")
COUNT_AGAIN = ("stock_counts", {"counted_on": date(2024, 12, 31), "quantity": 0},
               "billed_over_available")  # fmt: skip


def sent_again(name: str, row: dict[str, object]) -> Tables:
    """A known row of a table, found by its first value, with these changes, one night later."""
    key, value = next(iter(row.items()))
    old = TREE[name].filter(pl.col(key) == value).row(0, named=True)
    new = old | row | {"received_on": TOMORROW}
    return {name: pl.DataFrame([new], schema=TREE[name].schema)}


# --- words -----------------------------------------------------------------------------


def test_there_are_enough_features_and_each_has_a_place() -> None:
    counts = {entity: len(catalogue.features) for entity, catalogue in CATALOGUES.items()}
    assert sum(counts.values()) >= LEAST_FEATURES
    assert all(counts.values())


@EVERY
def test_a_feature_is_named_explained_and_has_unit_and_direction(
    catalogue: Catalogue, item: Feature
) -> None:
    assert item.name.isidentifier()
    assert item.name.islower()
    assert item.title
    assert item.doc.rstrip().endswith(".")
    assert item.family
    assert item.direction in {HIGH, LOW, BOTH}
    assert item.unit.grain > 0
    assert item.entity == catalogue.entity


@EVERY
def test_its_sentences_are_whole_in_english_and_chinese(
    catalogue: Catalogue, item: Feature
) -> None:
    del catalogue
    for said in (item.sentence(1234.5), item.sentence(None)):
        assert "{" not in said
        assert said == said.strip()
        assert said.isascii()
    chinese = item.sentence(1234.5, zh=True)
    assert "{" not in chinese
    assert item.unit.zh.strip() in chinese
    assert any("\u4e00" <= letter <= "\u9fff" for letter in item.says_zh)
    assert any("\u4e00" <= letter <= "\u9fff" for letter in item.zh)


@EVERY
def test_one_is_said_in_the_singular(catalogue: Catalogue, item: Feature) -> None:
    del catalogue
    values = [times * item.unit.divisor for times in (1, 2)]
    (one, two), (shown, other) = map(item.sentence, values), map(item.unit.show, values)
    # A count stands before what it counts; other units are abbreviated or have decimals.
    counts = item.unit is COUNT
    assert (one.replace(shown, other, 1) != two) == counts


def test_the_number_chooses_the_form_as_it_is_written() -> None:
    words = "takes out {value} {organ|organs}"
    assert inflected(words, "1") == "takes out {value} organ"
    for many in ("0", "2", "11", "1.0", "-1", "-"):
        assert inflected(words, many) == "takes out {value} organs"
    assert STAYS["organs_removed_again"].sentence(1).startswith("takes out 1 organ that")
    assert STAYS["age"].sentence(1) == "the person was 1 year old"


def test_no_two_features_of_an_entity_share_a_label() -> None:
    for catalogue in CATALOGUES.values():
        for label in ("zh", "says", "says_zh"):
            said = [getattr(item, label) for item in catalogue.features]
            # The month's units and the month's amount are both "billed", in their own units.
            repeated = {text for text in said if said.count(text) > 1}
            assert repeated <= {"{value} billed in the month"}, (catalogue.entity.name, label)


# --- what is read ----------------------------------------------------------------------


@EVERY
def test_it_reads_only_what_its_frame_declares(catalogue: Catalogue, item: Feature) -> None:
    assert item.over in catalogue.frames
    assert item.reads
    assert not undeclared(item, catalogue)


@pytest.mark.parametrize(
    "frame",
    [
        pytest.param(frame, id=f"{entity}.{name}")
        for entity, catalogue in CATALOGUES.items()
        for name, frame in catalogue.frames.items()
    ],
)
def test_every_source_is_a_column_of_the_contract_and_is_built(frame: Frame) -> None:
    assert not foreign(frame)
    entity = next(name for name, one in CATALOGUES.items() if frame in one.frames.values())
    built = frame.build(street(), asked(CATALOGUES[entity]).lazy()).collect_schema().names()
    assert set(frame.sources) <= {*built, "line_id"}
    assert "subject_id" in built


def planted(over: str = "stay") -> Feature:
    """A feature that reads the answer key."""

    @feature(
        STAY, over=over, unit=COUNT, family="course", direction=HIGH, zh="骗保",
        says="is fraud ({value})", says_zh="骗保（{value}）",
    )  # fmt: skip
    def is_fraud() -> pl.Expr:
        """Whether the answer key names the stay."""
        return pl.col("is_fraud")

    return is_fraud


def test_a_feature_that_reads_the_answer_key_is_refused() -> None:
    assert undeclared(planted(), STAYS) == {"is_fraud"}
    with pytest.raises(KeyError):
        STAYS.missing(planted(), street())


def test_a_frame_that_reads_beside_the_contract_is_refused() -> None:
    own = STAYS.frames["stay"]
    told = {**own.sources, "is_fraud": source("truth.scheme"), "total_amount": source("stays.cost")}
    assert foreign(replace(own, sources=told)) == {"truth.scheme", "stays.cost"}


def test_two_features_of_one_name_are_refused() -> None:
    class Twice:
        """A module that declares a feature under two names."""

        here = planted()
        there = planted()

    with pytest.raises(ValueError, match="is_fraud"):
        Catalogue.of(STAY, {}, Twice)  # type: ignore[arg-type]


def test_a_feature_without_words_cannot_be_declared() -> None:
    given_ = {"over": "stay", "unit": COUNT, "family": "x", "direction": HIGH, "zh": "x"}

    def silent() -> pl.Expr:
        return pl.col("days")

    def spoken() -> pl.Expr:
        """Say something."""
        return pl.col("days")

    for formula, says, says_zh in (
        (silent, "{value}", "{value}"),
        (spoken, "much", "{value}"),
        (spoken, "{value}", "多"),
    ):
        with pytest.raises(ValueError, match="docstring and"):
            feature(STAY, **given_, says=says, says_zh=says_zh)(formula)  # type: ignore[arg-type]


# --- values ----------------------------------------------------------------------------


@EVERY
def test_it_can_be_said_of_somebody_on_the_street(catalogue: Catalogue, item: Feature) -> None:
    assert not catalogue.missing(item, street())
    found = of_the_street(catalogue.entity.name)
    assert found[item.name].null_count() < found.height


@pytest.mark.parametrize("entity", CATALOGUES)
def test_the_order_of_rows_does_not_matter(entity: str) -> None:
    for seed in range(4):
        assert not depends_on_order(CATALOGUES[entity], seed)


def test_a_feature_that_takes_the_first_row_is_found_out() -> None:
    first = replace(STAYS["test_share"], name="first_line", unit=YUAN,
                    expr=pl.col("amount").first())  # fmt: skip
    hasty = replace(STAYS, features=(first,))
    assert any(depends_on_order(hasty, seed) == {"first_line"} for seed in range(4))


@pytest.mark.parametrize("entity", CATALOGUES)
@given(future=arrivals(TREE, TOMORROW))
@FEW_EXAMPLES
def test_the_future_does_not_leak(entity: str, future: Tables) -> None:
    assert not leaks(CATALOGUES[entity], future)


@pytest.mark.parametrize("entity", CATALOGUES)
@given(future=arrivals(TREE, TOMORROW))
@FEW_EXAMPLES
def test_a_training_row_sees_its_own_night_and_no_other(entity: str, future: Tables) -> None:
    catalogue = CATALOGUES[entity]
    nights = [NIGHT - timedelta(days=place) for place in range(len(SUBJECTS[entity]))]
    wanted = asked(catalogue).with_columns(pl.Series("as_of", nights))
    assert not leaks(catalogue, future, wanted)


@pytest.mark.parametrize(
    ("entity", "arrival"),
    [
        pytest.param("stay", DEATH, id="a death"),
        pytest.param("stay", RESENT, id="a re-sent stay with fewer lines"),
        pytest.param("stay", VOIDED, id="a cancelled stay"),
        pytest.param("stay", EARLIER, id="a corrected hospital"),
        pytest.param("stay", VISIT, id="a corrected visit"),
        pytest.param("stay", NEIGHBOUR, id="a stay beside it that lay in another ward"),
        pytest.param("use", PRICE, id="a corrected price"),
        pytest.param("use", SERIAL, id="a serial number typed again"),
        pytest.param("ledger", BOUGHT, id="a corrected purchase"),
        pytest.param("ledger", COUNT_AGAIN, id="a corrected count"),
    ],
)
def test_what_arrives_tomorrow_counts_from_tomorrow_on(
    entity: str, arrival: tuple[str, dict[str, object], str]
) -> None:
    name, row, touched = arrival
    catalogue, future = CATALOGUES[entity], sent_again(name, row)
    later = known(together(TREE, future), LAST_NIGHT)
    today, tomorrow = (
        everything(later, catalogue, asked(catalogue, on)) for on in (NIGHT, TOMORROW)
    )
    assert not leaks(catalogue, future)
    assert touched in changed(today, tomorrow, catalogue.features)


def test_a_new_level_is_known_from_its_night() -> None:
    future = sent_again("hospitals", {"hospital_id": "H", "level": "2"})
    later = known(together(TREE, future), LAST_NIGHT)
    for catalogue in CATALOGUES.values():
        today = everything(later, catalogue, asked(catalogue))
        tomorrow = everything(later, catalogue, asked(catalogue, TOMORROW))
        assert set(today.filter(hospital_id="H")["level"]) == {"3"}
        assert set(tomorrow.filter(hospital_id="H")["level"]) == {"2"}


def test_a_frame_that_reads_past_its_night_is_found_out() -> None:
    def hasty(history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
        newest = history.tables["stays"].group_by("stay_id").agg(pl.col("total_amount").last())
        return subjects.join(newest, left_on="subject_id", right_on="stay_id")

    frame = Frame("hasty", hasty, sources={"total_amount": source("stays.total_amount")})
    item = replace(STAYS["total_cost"], over="hasty", expr=pl.col("total_amount").first())
    leaking = replace(STAYS, features=(item,), frames={**STAYS.frames, "hasty": frame})
    assert leaks(leaking, sent_again(*RESENT[:2])) == {"total_cost"}


@pytest.mark.parametrize("entity", CATALOGUES)
def test_one_subject_alone_measures_as_in_any_batch(entity: str) -> None:
    catalogue, history = CATALOGUES[entity], street()
    nights = [NIGHT - timedelta(days=20 * (place % 2)) for place in range(len(SUBJECTS[entity]))]
    for wanted in (asked(catalogue), asked(catalogue).with_columns(pl.Series("as_of", nights))):
        batch = everything(history, catalogue, wanted)
        alone = [everything(history, catalogue, wanted[row]) for row in range(wanted.height)]
        assert batch.equals(pl.concat(alone).sort("subject_id"), null_equal=True)
        assert batch["subject_id"].is_unique().all()


@pytest.mark.parametrize("entity", CATALOGUES)
@given(more=arrivals(TREE, NIGHT - timedelta(days=60)))
@FEW_EXAMPLES
def test_values_are_numbers_or_null_whatever_arrives(entity: str, more: Tables) -> None:
    catalogue = CATALOGUES[entity]
    found = everything(known(together(TREE, more), NIGHT), catalogue)
    for item in catalogue.features:
        assert found[item.name].dtype == pl.Float64
        assert all(math.isfinite(value) for value in found[item.name].drop_nulls())


# --- data that is not delivered --------------------------------------------------------


@pytest.mark.parametrize("absent", sorted(set(TABLES) - {"stays"}))
def test_an_absent_table_switches_off_what_needs_it_and_nothing_else(absent: str) -> None:
    without = known({name: rows for name, rows in TREE.items() if name != absent}, NIGHT)
    for entity, catalogue in CATALOGUES.items():
        full, left = of_the_street(entity), everything(without, catalogue)
        for item in catalogue.features:
            lacking = catalogue.missing(item, without)
            assert all(name.startswith(f"{absent}.") for name in lacking)
            if lacking:
                assert left[item.name].null_count() == left.height, item.name
            else:
                assert not changed(full, left, (item,)), item.name


# Columns that another may stand in for: a limit without a payment standard is the platform
# price, and of the times of posting and of service each stands in for the other.
STOOD_IN_FOR = {
    ("consumables", "payment_standard"),
    ("fee_lines", "charged_at"),
    ("fee_lines", "performed_at"),
}
COLUMNS = [
    (name, column)
    for name, frame in TREE.items()
    for column in frame.columns
    if column not in {*BY_NAME[name].key, *BY_NAME[name].required, "received_on"}
    and frame[column].null_count() < frame.height
    and (name, column) not in STOOD_IN_FOR
]


def named(catalogue: Catalogue) -> set[tuple[str, str]]:
    """Every (table, column) that a frame of the catalogue names as a source."""
    ways = [
        way
        for frame in catalogue.frames.values()
        for alternatives in (*frame.sources.values(), frame.needs)
        for way in alternatives
    ]
    return {pair for way in ways for pair in way}


@pytest.mark.parametrize("entity", CATALOGUES)
@pytest.mark.parametrize("name", sorted(TABLES))
def test_an_absent_column_switches_off_what_reads_it(name: str, entity: str) -> None:
    catalogue = CATALOGUES[entity]
    full = of_the_street(entity)
    columns = [column for table, column in COLUMNS if table == name]
    unread = [column for column in columns if (name, column) not in named(catalogue)]
    read = [[column] for column in columns if column not in unread]
    for absent in (unread, *read):
        blank = [pl.lit(None, TREE[name].schema[column]).alias(column) for column in absent]
        without = known(TREE | {name: TREE[name].with_columns(blank)}, NIGHT)
        on = tuple(catalogue.measurable(without))
        assert not changed(full, everything(without, catalogue), on), f"{name}.{absent}"
