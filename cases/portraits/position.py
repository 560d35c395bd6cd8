"""Where a measured subject stands against its standard, feature by feature."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cases.portraits.record import Position, Said
from cases.wording import dated, is_weak, names_of_codes, sentence
from features.declaration import HIGH, LOW
from features.standards import LIMIT_OF_DISTANCE, look_up

if TYPE_CHECKING:
    import polars as pl

    from features.catalogue import Catalogue
    from features.declaration import Feature


def positions(
    catalogue: Catalogue, measured: pl.DataFrame, standards: pl.DataFrame
) -> list[Position]:
    """Positions of the one subject in ``measured`` (with ``standard_version``)."""
    return next(iter(positions_of_each(catalogue, measured, standards).values()), [])


def positions_of_each(
    catalogue: Catalogue, measured: pl.DataFrame, standards: pl.DataFrame
) -> dict[str, list[Position]]:
    """Positions by ``subject_id``; standards, which may be long, are searched once for all."""
    if standards.is_empty():
        return {subject: [] for subject in measured["subject_id"]}
    features = [item for item in catalogue.features if item.peers and item.name in measured.columns]
    found = look_up(measured, catalogue.entity, standards, [item.name for item in features])
    peers = found.partition_by("subject_id", as_dict=True)
    nobody = found.clear()
    return {
        row["subject_id"]: _of_one(features, row, peers.get((row["subject_id"],), nobody))
        for row in measured.iter_rows(named=True)
    }


def _of_one(features: list[Feature], row: dict[str, Any], found: pl.DataFrame) -> list[Position]:
    peers = {one["feature"]: dated(one, row) or one for one in found.to_dicts()}
    called = names_of_codes(row)
    return [
        _position(item, row[item.name], peers[item.name], called)
        for item in features
        if row[item.name] is not None and item.name in peers
    ]


def _position(
    item: Feature, value: float, peers: dict[str, Any], called: dict[str, str]
) -> Position:
    away = (value - peers["location"]) / peers["spread"]
    away = max(-LIMIT_OF_DISTANCE, min(LIMIT_OF_DISTANCE, away))
    show = item.unit.show
    return Position(
        feature=item.name,
        family=item.family,
        zh=item.zh,
        value=value,
        standard=peers["location"],
        **{name: peers[name] for name in ("p5", "p25", "p75", "p95", "spread", "n", "cell")},
        away=away,
        suspicious={HIGH: away, LOW: -away}.get(item.direction, abs(away)),
        weak=is_weak(peers),
        shown=show(value),
        shown_standard=show(peers["location"]),
        shown_range=f"{show(peers['p5'])} to {show(peers['p95'])}",
        text_en=sentence(item, value, peers, called),
        text_zh=sentence(item, value, peers, called, zh=True),
    )


def weakness(found: list[Position], plural: str) -> list[Said]:
    """What a reader must know about the comparison, nothing where it is strong."""
    if not found:
        return [
            Said(
                "There is no standard to compare with: no comparison was made.",
                "无可比标准，未作比较。",
            )
        ]
    weak = sum(one.weak for one in found)
    if weak * 2 < len(found):
        return []
    return [
        Said(
            f"Weak comparison: in {weak} of {len(found)} dimensions too few {plural} of its own"
            " group stand behind the standard.",
            f"可比性弱：{len(found)}项中有{weak}项的本组样本太少。",
        )
    ]
