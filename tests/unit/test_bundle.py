"""Bundles: scored alike after storage, refused when altered, honest about priors."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
import skops.io

from models.bundle import Bundle
from models.explain import explain
from models.histogram import terms, total
from models.percentiles import Percentiles
from models.start import HIT
from models.storage import ModelError, checksum, write_json
from models.train import train
from tests.records import FEATURES, RULES, audits, records, shuffled

if TYPE_CHECKING:
    from pathlib import Path

SETTING = {
    "scenario": "hospitalization",
    "entity": "stay",
    "features": FEATURES,
    "rule_columns": RULES,
    "seed": 3,
    "threads": 1,
    "as_of": date(2025, 1, 1),
    "minimum": 50,
}


@pytest.fixture(scope="module")
def measured() -> pl.DataFrame:
    """Measured records."""
    return records(2000, seed=6)


@pytest.fixture(scope="module")
def learned(measured: pl.DataFrame) -> Bundle:
    """A bundle with a ranker."""
    return train(measured, audits(measured, 800), **SETTING)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def unlearned(measured: pl.DataFrame) -> Bundle:
    """A bundle of the first night."""
    return train(measured, None, **SETTING)  # type: ignore[arg-type]


@pytest.fixture
def stored(learned: Bundle, tmp_path: Path) -> Path:
    """A stored bundle."""
    learned.save(tmp_path / "bundle")
    return tmp_path / "bundle"


@pytest.mark.parametrize("kind", ["learned", "unlearned"])
def test_a_stored_bundle_scores_to_the_last_bit_as_before(
    kind: str, request: pytest.FixtureRequest, measured: pl.DataFrame, tmp_path: Path
) -> None:
    """With and without a ranker, through text, JSON and skops."""
    bundle: Bundle = request.getfixturevalue(kind)
    bundle.save(tmp_path / "bundle")
    again = Bundle.load(tmp_path / "bundle")
    assert again.score(measured).equals(bundle.score(measured))
    assert again.version == bundle.version
    assert (again.notes, again.trained_as_of) == (bundle.notes, bundle.trained_as_of)


def test_saving_replaces_what_was_in_the_folder(
    learned: Bundle, unlearned: Bundle, tmp_path: Path
) -> None:
    """An old ranker must not be taken for the new bundle's."""
    learned.save(tmp_path / "bundle")
    unlearned.save(tmp_path / "bundle")
    assert Bundle.load(tmp_path / "bundle").ranker is None


def test_nothing_is_pickled(stored: Path) -> None:
    """Text, JSON and skops archives only."""
    assert {path.suffix for path in stored.iterdir()} == {".txt", ".json", ".skops"}


@pytest.mark.parametrize(
    "name", ["ranker.txt", "detectors.json", "forest.skops", "neighbours.skops"]
)
def test_an_altered_file_is_refused_by_name(stored: Path, name: str) -> None:
    """One byte is enough."""
    content = bytearray((stored / name).read_bytes())
    content[len(content) // 2] ^= 1
    (stored / name).write_bytes(bytes(content))
    with pytest.raises(ModelError, match=name):
        Bundle.load(stored)


def test_a_missing_and_an_additional_file_are_refused(stored: Path) -> None:
    """The folder is exactly what was saved."""
    (stored / "ranker.json").rename(stored / "ranker.old")
    with pytest.raises(ModelError, match=r"ranker\.json, ranker\.old"):
        Bundle.load(stored)


def test_a_folder_without_a_bundle_is_refused(tmp_path: Path) -> None:
    """With what to do about it."""
    with pytest.raises(ModelError, match="jianbao retrain"):
        Bundle.load(tmp_path)


def test_a_card_that_says_too_little_is_refused(stored: Path) -> None:
    """Naming what is not there."""
    (stored / "bundle.json").write_text("{}")
    with pytest.raises(ModelError, match="does not say: entity, features, files"):
        Bundle.load(stored)


def test_a_model_of_earlier_code_scores_as_it_did(stored: Path, measured: pl.DataFrame) -> None:
    """No sides, one histogram over all figures, the highest of three; written from its own rules."""
    bundle = Bundle.load(stored)
    old = bundle.detectors
    usual = old.rarity.usual
    told = json.loads((stored / "detectors.json").read_text())
    told["bases"] = {"hbos": list(usual), "knn": list(told.pop("near"))}
    del told["rarity"], told["scaling"]["sides"]
    values = old.scaling.apply(measured)
    raw = {
        "iforest": old.forest.decision_function(values),
        "hbos": total(terms(old.rarity.histogram, values)),
        "knn": old.neighbours.decision_function(values),
    }
    known = {name: Percentiles.fit(scores) for name, scores in raw.items()}
    places = np.column_stack([known[name].of(scores) for name, scores in raw.items()])
    joined = places.max(axis=1) + 1e-3 * (places[:, 0] + places[:, 1] + places[:, 2]) / 3
    known["anomaly"] = Percentiles.fit(joined)
    told["percentiles"] = {name: asdict(one) for name, one in known.items()}
    write_json(stored / "detectors.json", told)
    card = json.loads((stored / "bundle.json").read_text())
    card["files"]["detectors.json"] = checksum(stored / "detectors.json")
    (stored / "bundle.json").write_text(json.dumps(card))
    again = Bundle.load(stored)
    scores = again.detectors.score(measured)
    assert scores["anomaly"].to_list() == known["anomaly"].of(joined).tolist()
    assert scores.select(*raw).to_numpy().tolist() == places.tolist()
    explained = explain(again, measured.head(5))
    sums = explained.group_by("source", "subject_id", maintain_order=True).agg(
        pl.col("contribution").sum() + pl.col("base").first(), pl.col("voice").first()
    )
    found = {source: rows for (source,), rows in sums.group_by("source")}
    for source, known_sums in (("hbos", raw["hbos"]), ("knn", raw["knn"] ** 2)):
        told_sums = found[source]["contribution"].to_list()
        assert told_sums == pytest.approx(known_sums[:5].tolist(), abs=1e-9)
    # Its highest detector made the anomaly alone, and speaks alone.
    loud = np.column_stack([found[name].sort("subject_id")["voice"].to_numpy() for name in raw])
    order = np.argsort(measured["subject_id"].head(5).to_numpy())
    assert (loud.argmax(axis=1) == places[:5][order].argmax(axis=1)).all()
    assert (np.sort(loud, axis=1) == [0.0, 0.0, 1.0]).all()


def test_a_file_that_holds_a_foreign_type_is_refused(stored: Path) -> None:
    """Though its checksum is right: whoever can write the file can write the checksum."""
    skops.io.dump(pytest.approx(1.0), stored / "forest.skops")
    card = json.loads((stored / "bundle.json").read_text())
    card["files"]["forest.skops"] = checksum(stored / "forest.skops")
    (stored / "bundle.json").write_text(json.dumps(card))
    with pytest.raises(ModelError, match=r"not allowed: .*ApproxScalar"):
        Bundle.load(stored)


@pytest.mark.parametrize("kind", ["learned", "unlearned"])
def test_a_record_scores_the_same_alone_tonight_and_in_another_batch(
    kind: str, request: pytest.FixtureRequest, measured: pl.DataFrame
) -> None:
    """Every column of the score, bit for bit."""
    bundle: Bundle = request.getfixturevalue(kind)
    tonight = bundle.score(measured).head(20)
    alone = pl.concat([bundle.score(measured[row]) for row in range(20)])
    other = bundle.score(pl.concat([records(500, seed=9), measured.head(20)])).tail(20)
    assert alone.equals(tonight)
    assert other.equals(tonight)


def test_rows_come_back_in_the_order_they_were_given(
    learned: Bundle, measured: pl.DataFrame
) -> None:
    """A caller may stack the scores beside its own columns."""
    mixed = shuffled(measured)
    assert learned.score(mixed)["subject_id"].to_list() == mixed["subject_id"].to_list()


def test_a_prior_claims_no_probability(unlearned: Bundle, measured: pl.DataFrame) -> None:
    """``score`` is null, and the notes say why."""
    scores = unlearned.score(measured)
    assert scores["score"].null_count() == measured.height
    assert set(scores["score_kind"]) == {"prior"}
    assert "No ranker: 0 confirmed and 0 refuted audits" in unlearned.notes[0]


def test_a_ranker_claims_one(learned: Bundle, measured: pl.DataFrame) -> None:
    """Between 0 and 1, in the order of the margin."""
    scores = learned.score(measured).sort("margin")
    assert set(scores["score_kind"]) == {"calibrated"}
    assert scores["score"].is_between(0, 1, closed="none").all()
    assert scores["score"].is_sorted()


def test_the_prior_rises_with_anomaly_and_with_each_rule_hit(
    unlearned: Bundle, measured: pl.DataFrame
) -> None:
    """A hit lifts a record by HIT, whatever it is; a rule without data counts as silent."""
    silent = unlearned.score(measured.with_columns(rule_H01=pl.lit(0.0)))
    hit = unlearned.score(measured.with_columns(rule_H01=pl.lit(1.0)))
    unknown = unlearned.score(measured.with_columns(rule_H01=pl.lit(None, dtype=pl.Float64)))
    assert (hit["margin"] - silent["margin"]).to_list() == pytest.approx([HIT] * measured.height)
    assert unknown.equals(silent)
    assert silent.sort("anomaly")["margin"].is_sorted()


def test_a_median_record_with_a_hit_stands_at_the_99th_percentile_without() -> None:
    """What HIT means."""
    assert 1 / (1 + math.exp(-HIT)) == pytest.approx(0.99)


def test_columns_that_are_switched_off_count_as_unknown(
    learned: Bundle, measured: pl.DataFrame
) -> None:
    """An absent column scores as a column of nulls does."""
    absent = learned.score(measured.drop("x3", "rule_H01"))
    null = measured.with_columns(
        pl.lit(None, dtype=pl.Float64).alias(name) for name in ("x3", "rule_H01")
    )
    assert absent.equals(learned.score(null))


@pytest.mark.parametrize("kind", ["learned", "unlearned"])
def test_an_empty_night_scores_to_an_empty_frame(
    kind: str, request: pytest.FixtureRequest, measured: pl.DataFrame
) -> None:
    """Of the same columns and types."""
    bundle: Bundle = request.getfixturevalue(kind)
    assert bundle.score(measured.head(0)).schema == bundle.score(measured).schema


def test_the_version_is_the_content(
    learned: Bundle, unlearned: Bundle, measured: pl.DataFrame
) -> None:
    """The same data in another order make the same version; another seed does not."""
    taught = shuffled(audits(measured, 800))
    again = train(shuffled(measured), taught, **SETTING | {"threads": 2})  # type: ignore[arg-type]
    other = train(measured, None, **SETTING | {"seed": 4})  # type: ignore[arg-type]
    assert again.version == learned.version
    assert len({learned.version, unlearned.version, other.version}) == 3
