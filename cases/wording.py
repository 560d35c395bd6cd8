"""Reasons in words: value, standard, distance and n, in English and Chinese.

A figure in a sentence is always the figure of the tables it comes from; nothing is
rounded before it is compared.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import polars as pl

from claims.results import REASON
from features.declaration import BOTH, HIGH, LOW, VERSUS_PEERS, Feature
from features.standards import look_up
from rules.catalogue import BY_CODE
from rules.judge import speaking

if TYPE_CHECKING:
    from cases.judged import Judged

# Standards of nights are named after the day on which they were frozen.
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
RULE_PREFIX = "rule_"
FEW_PEERS = 30
REASONS_PER_ALERT = 5
# One spread from the peers' median: about one peer in six lies further out on that side.
TELLING_FROM = 1.0
# Within half a spread lie four peers in ten: a value there says nothing of its own.
HARDLY_AWAY = 0.5
LEVEL_EN = {"3": "level 3", "2": "level 2", "1": "level 1", "0": "ungraded"}
LEVEL_ZH = {"3": "三级", "2": "二级", "1": "一级", "0": "未定级"}
SCHEME_EN = {"employee": "employee scheme", "resident": "resident scheme"}
SCHEME_ZH = {"employee": "职工医保", "resident": "居民医保"}


def cell_words(cell: str, called: dict[str, str] | None = None, *, zh: bool = False) -> str:
    """Say a peer group: 'ES35|2|*' is 'ES35, level 2'; ``called`` names codes."""
    names = ((LEVEL_ZH | SCHEME_ZH) if zh else (LEVEL_EN | SCHEME_EN)) | (called or {})
    parts = [names.get(part, part) for part in cell.split("|") if part != "*"]
    if not parts:
        return "全市" if zh else "the whole city"
    return ("、" if zh else ", ").join(dict.fromkeys(parts))


def names_of_codes(measured: dict[str, Any]) -> dict[str, str]:
    """What the codes in a record's peer group are called, where the catalogue says it."""
    code, name = measured.get("class_code"), measured.get("class_name")
    return {code: name} if code and name else {}


def sentence(
    feature: Feature,
    value: float | None,
    peers: dict[str, Any] | None,
    called: dict[str, str] | None = None,
    *,
    zh: bool = False,
) -> str:
    """One reason as a sentence, as 'stayed 3.2 d; peers 8.5 d (P5 4.0), 1,842 stays of ES3'."""
    said = feature.sentence(value, zh=zh)
    if peers is None:
        return said + ("；无同类可比" if zh else "; no peers to compare with")
    show = feature.unit.show
    location, p5, p95 = (show(peers[name], zh=zh) for name in ("location", "p5", "p95"))
    where = cell_words(str(peers["cell"]), called, zh=zh) + _year_of(peers, zh=zh)
    entity, n = feature.entity, int(peers["n"])
    if zh:
        text = f"{said}；同类中位{location}（P5 {p5}，P95 {p95}），{where}共{n:,}{entity.plural_zh}"
        return text + _doubt(peers, zh=True)
    counted = f"{n:,} {entity.plural if n != 1 else entity.name} of {where}"
    text = f"{said}; peers {location} (P5 {p5}, P95 {p95}), {counted}"
    return text + _doubt(peers)


def dated(peers: dict[str, Any] | None, measured: dict[str, Any]) -> dict[str, Any] | None:
    """A standard with the version that the measured record read."""
    return peers and peers | {"standard_version": measured.get("standard_version")}


def _year_of(peers: dict[str, Any], *, zh: bool) -> str:
    """The year behind a standard that is named after its day; nothing where it is not."""
    version = str(peers.get("standard_version") or "")
    if not DAY.fullmatch(version):
        return ""
    month = version[:7]
    return f"、截至{month}的一年" if zh else f", the year to {month}"


def is_weak(peers: dict[str, Any]) -> bool:
    """Whether a comparison is weak: few peers, or no closer ones than the whole city."""
    return int(peers["n"]) < FEW_PEERS or _whole_city(peers)


def _whole_city(peers: dict[str, Any]) -> bool:
    return set(str(peers["cell"]).split("|")) == {"*"}


def _doubt(peers: dict[str, Any], *, zh: bool = False) -> str:
    """What weakens a comparison, as the end of a sentence."""
    if int(peers["n"]) < FEW_PEERS:
        return "，样本少，可比性弱" if zh else ", too few for a strong comparison"
    if _whole_city(peers):
        return "，无相近同类，可比性弱" if zh else ", for want of closer peers a weak comparison"
    return ""


def reasons(judged: Judged, ranked: pl.DataFrame) -> pl.DataFrame:
    """Reasons of each subject: (subject_id, reasons: list of ``claims.results.REASON``).

    ``ranked`` has subject_id, rank, feature and contribution, strongest first; a feature
    and its distance from peers count as one reason.
    """
    merged = _telling_first(
        judged,
        ranked.with_columns(_plain(judged, ranked["feature"]))
        .group_by("subject_id", "feature")
        # Three addends: floats must be added in one order, whatever the number of threads.
        .agg(pl.col("contribution").sort().sum()),
    )
    names = merged["feature"].unique().to_list()
    wanted = judged.measured.join(merged.select("subject_id").unique(), on="subject_id", how="semi")
    found = look_up(wanted, judged.catalogue.entity, judged.standards, names)
    peers = {(row["subject_id"], row["feature"]): row for row in found.iter_rows(named=True)}
    values = {row["subject_id"]: row for row in wanted.iter_rows(named=True)}
    built = [
        {"subject_id": row["subject_id"], "reasons": _reason(judged, row, values, peers)}
        for row in merged.iter_rows(named=True)
    ]
    schema = {"subject_id": pl.String(), "reasons": REASON}
    return (
        pl.DataFrame(built, schema=schema)
        .group_by("subject_id", maintain_order=True)
        .agg("reasons")
    )


def _telling_first(judged: Judged, merged: pl.DataFrame) -> pl.DataFrame:
    """Order reasons: what rules show, then what lies away from peers the suspicious way.

    Within each, by contribution. A model may lean on a value that is quite usual by itself, or
    on what is held against nobody: true, but it tells an auditor little. It is left out beside
    what tells more, unless a rule shows it, and stands alone else.
    """
    distances = judged.measured.join(
        merged.select("subject_id").unique(), on="subject_id", how="semi"
    ).select("subject_id", *_signed_distances(judged))
    long = distances.unpivot(index="subject_id", variable_name="feature", value_name="away")
    telling = (pl.col("away") >= TELLING_FROM).fill_null(value=False)
    order = ["subject_id", "shown", "telling", "contribution", "feature"]
    background = pl.col("feature").is_in(_background(judged))
    about_usual = (pl.col("away").abs() < HARDLY_AWAY).fill_null(value=False)
    plain = (background | about_usual) & pl.col("shown").is_null()
    return (
        merged.join(long, on=["subject_id", "feature"], how="left")
        .join(_shown_by_rules(judged), on=["subject_id", "feature"], how="left")
        .with_columns(telling=telling)
        .filter(~plain | ~pl.col("telling").any().over("subject_id"))
        .with_columns(shown=pl.col("shown").fill_null(value=False) & pl.col("telling"))
        .sort(order, descending=[False, True, True, True, False])
        .group_by("subject_id", maintain_order=True)
        .head(REASONS_PER_ALERT)
        .drop("away", "telling", "shown")
    )


def _background(judged: Judged) -> list[str]:
    """Features that only say in which light others are to be seen: no peers, no suspicious side."""
    features = judged.catalogue.features
    return [item.name for item in features if not item.peers and item.direction is BOTH]


def _shown_by_rules(judged: Judged) -> pl.DataFrame:
    """Features that the rules of a subject show as evidence: what it was raised for."""
    evidence = {code: list(item.evidence) for code, item in BY_CODE.items()}
    shown = pl.col("code").replace_strict(evidence, return_dtype=pl.List(pl.String))
    return (
        speaking(judged.hits)
        .select("subject_id", shown.alias("feature"), pl.lit(value=True).alias("shown"))
        .explode("feature", empty_as_null=True)
        .unique()
    )


def _signed_distances(judged: Judged) -> list[pl.Expr]:
    """Distance of every feature from its peers, positive the suspicious way."""
    signed: list[pl.Expr] = []
    for item in judged.catalogue.features:
        column = item.name + VERSUS_PEERS
        if column in judged.measured.columns:
            away = pl.col(column)
            turned = {HIGH: away, LOW: -away}.get(item.direction, away.abs())
            signed.append(turned.alias(item.name))
    return signed


def _plain(judged: Judged, columns: pl.Series) -> pl.Series:
    """The feature behind each model column: a rule hit is told by its first evidence."""
    plain = {name: _feature_behind(judged, name) for name in columns.unique()}
    return columns.replace_strict(plain, return_dtype=pl.String)


def _feature_behind(judged: Judged, column: str) -> str:
    if not column.startswith(RULE_PREFIX):
        return column.removesuffix(VERSUS_PEERS)
    shown = BY_CODE[column.removeprefix(RULE_PREFIX)].evidence
    return next(name for name in shown if name in judged.catalogue)


def _reason(
    judged: Judged,
    row: dict[str, Any],
    values: dict[str, dict[str, Any]],
    peers: dict[tuple[str, str], dict[str, Any]],
) -> dict[str, Any]:
    feature = judged.catalogue[row["feature"]]
    value = values[row["subject_id"]][feature.name]
    standard = dated(peers.get((row["subject_id"], feature.name)), values[row["subject_id"]])
    shown = standard or {}
    called = names_of_codes(values[row["subject_id"]])
    return {
        "feature": feature.name,
        "family": feature.family,
        "value": value,
        "unit": feature.unit.name,
        "standard": shown.get("location"),
        "p5": shown.get("p5"),
        "p95": shown.get("p95"),
        "n": shown.get("n"),
        "contribution": row["contribution"],
        "text_en": sentence(feature, value, standard, called),
        "text_zh": sentence(feature, value, standard, called, zh=True),
    }
