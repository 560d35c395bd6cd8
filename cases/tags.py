"""Labels (标签) of the night's subjects: of rules, of statistics, and protective ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from cases.wording import names_of_codes, sentence
from claims.results import TAGS
from features.declaration import BOTH, HIGH, VERSUS_PEERS
from features.standards import look_up
from rules.catalogue import BY_CODE
from rules.protective import BY_CODE as PROTECTIVE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cases.judged import Judged
    from features.declaration import Feature

# Robust distance from which a value is called unusual (DOMAIN 6.2: red from z 3.5).
UNUSUAL_FROM = 3.5
PREFIX = {
    "stay": "S",
    "use": "K",
    "ledger": "L",
    "person": "P",
    "physician": "D",
    "department": "W",
    "hospital": "H",
    "group": "G",
}


def tags(judged: Judged, subjects: pl.DataFrame) -> pl.DataFrame:
    """Build rows of table `tags`.

    Rule and protective labels are of all subjects of the night, statistical ones of those
    in ``subjects`` (a frame with ``subject_id``).
    """
    rows = [*_rule_tags(judged), *_statistical_tags(judged, subjects)]
    return pl.DataFrame(rows, schema=TAGS.dtypes()).unique(TAGS.key).sort(TAGS.key)


def _row(judged: Judged, subject: str, tag: str, layer: str, **given: Any) -> dict[str, Any]:  # noqa: ANN401
    entity = judged.catalogue.entity.name
    blank = dict.fromkeys(TAGS.names)
    return (
        blank
        | {
            "run_date": judged.run_date,
            "subject_type": entity,
            "subject_id": subject,
            "tag": f"{PREFIX[entity]}.{tag}",
            "layer": layer,
            "protective": False,
        }
        | given
    )


def _rule_tags(judged: Judged) -> Iterator[dict[str, Any]]:
    for hit in judged.hits.iter_rows(named=True):
        item = BY_CODE[hit["code"]]
        if not hit["protected_by"]:
            yield _row(
                judged,
                hit["subject_id"],
                f"rule.{item.code}",
                "rule",
                version=item.version,
                text_en=f"{item.code} {item.en}",
                text_zh=f"{item.code} {item.zh}",
            )
        for code in hit["protected_by"]:
            guard = PROTECTIVE[code]
            yield _row(
                judged,
                hit["subject_id"],
                f"guard.{item.code}.{code}",
                "rule",
                protective=True,
                version=item.version,
                text_en=f"{item.code} not raised because of {guard.en}",
                text_zh=f"因{guard.zh}，不提示{item.code} {item.zh}",
            )


def _statistical_tags(judged: Judged, subjects: pl.DataFrame) -> Iterator[dict[str, Any]]:
    chosen = judged.measured.join(subjects.select("subject_id"), on="subject_id", how="semi")
    features = [item for item in judged.catalogue.features if item.peers]
    names = [item.name for item in features]
    found = look_up(chosen, judged.catalogue.entity, judged.standards, names)
    peers = {(row["subject_id"], row["feature"]): row for row in found.iter_rows(named=True)}
    for row in chosen.iter_rows(named=True):
        called = names_of_codes(row)
        for item in features:
            distance = row.get(item.name + VERSUS_PEERS)
            standard = peers.get((row["subject_id"], item.name))
            if standard and distance is not None and _unusual(item, distance):
                yield _row(
                    judged,
                    row["subject_id"],
                    f"stat.{item.name}.{'high' if distance > 0 else 'low'}",
                    "statistical",
                    compared_with=standard["cell"],
                    value=row[item.name],
                    standard=standard["location"],
                    distance=distance,
                    version=judged.benchmark_version,
                    text_en=sentence(item, row[item.name], standard, called),
                    text_zh=sentence(item, row[item.name], standard, called, zh=True),
                )


def _unusual(item: Feature, distance: float) -> bool:
    if item.direction is BOTH:
        return abs(distance) >= UNUSUAL_FROM
    return (distance if item.direction is HIGH else -distance) >= UNUSUAL_FROM
