"""Labels of models: how sure the ranker is, and how unusual each detector finds a record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

# Bands of the probability are those of the grades (DOMAIN 7.4).
PROBABILITY_BANDS = (0.8, 0.6, 0.4, 0.2)
# From one record in a hundred on a percentile is worth a label.
UNUSUAL_BANDS = (0.999, 0.99)
ALL_DETECTORS = "all detectors"
NOT_DETECTORS = frozenset(
    ("subject_id", "score", "score_kind", "margin", "anomaly", "fold", "as_of")
)


def model_labels(scores: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Labels of one row of ``Judged.scores``: tag, value, standard, words."""
    score = scores["score"]
    band = None if score is None else _band(score, PROBABILITY_BANDS)
    if band is not None:
        yield {
            "tag": f"model.probability.{band:.0%}".replace("%", ""),
            "compared_with": "decided cases",
            "value": score,
            "standard": band,
            "text_en": f"probability {score:.0%}, in the band from {band:.0%}",
            "text_zh": f"概率{score:.0%}，属{band:.0%}以上",
        }
    for name, value in _percentiles(scores):
        unusual = _band(value, UNUSUAL_BANDS)
        if unusual is not None:
            yield {
                "tag": f"model.{name.replace(' ', '_')}.{unusual:.1%}".replace(
                    "%", ""
                ).removesuffix(".0"),
                "compared_with": "records learned from",
                "value": value,
                "standard": unusual,
                "text_en": f"{name}: more unusual than {_floor(value)} of the records learned from",
                "text_zh": f"{name}：比{_floor(value)}的训练样本更异常",
            }


def _percentiles(scores: dict[str, Any]) -> Iterator[tuple[str, float]]:
    """The percentile of all detectors together, then of each."""
    yield ALL_DETECTORS, scores["anomaly"]
    for name, value in scores.items():
        if name not in NOT_DETECTORS and isinstance(value, float):
            yield name, value


def _floor(percentile: float) -> str:
    """A percentile in words, never rounded up to the whole."""
    return f"{int(percentile * 1000) / 10:.1f}%"


def _band(value: float, bands: tuple[float, ...]) -> float | None:
    """The highest band that a value reaches."""
    return next((band for band in bands if value >= band), None)
