"""The model card: what a model was made of, how it did, and what it must not be trusted with.

One record, stored as JSON and written as Markdown, so that machine and reader see the same.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from models.detectors import DETECTORS
from models.gates import failed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from models.bundle import Bundle
    from models.fairness import Parity
    from models.gates import Verdict
    from models.later import Figure
    from models.spread import Spread
    from models.training_set import TrainingSet
    from models.tuning import Tuned

    Record = dict[str, Any]

CALLED = {
    # Of the same name but for their weights, which only some audits by lot set apart.
    "calibration_error": "calibration error, each audit counted once",
    "later_calibration_error": "later calibration error, each audit weighted as it taught",
    "later_rate": "share of the later audits that was confirmed",
    "held_out_rate": "share of the held-out audits that was confirmed",
    "left_open": "refutations that left open what a rule suspects, and are no label",
}
# Kept as floats, because MLflow knows no other figures.
COUNTED = (
    "records", "labels", "confirmed", "left_open", "held_out", "unseen_hospital_records",
    "trees", "background", "tuned_trials", "seeds",
)  # fmt: skip
JSON_FILE, MARKDOWN_FILE = "model-card.json", "model-card.md"
LIMITS = (
    "Audits taught it, and they were chosen by suspicion: a probability is that of such an audit.",
    "Of a record drawn at random it says less.",
    "What no audit ever met and no rule knows, it finds only by being unusual.",
    "It proposes doubtful points. People decide.",
)
PRIOR_LIMITS = (
    "No audit taught it and it claims no probability: rules and detectors give an order, no more.",
    *LIMITS[2:],
)
LABELS_USED = (
    "Confirmed and refuted audits as they are; a record drawn at random weighs one over its "
    "probability, bounded; unaudited records stand beside them as negatives of weight one; rules "
    "and detectors give the start (docs/decisions/0020-where-trees-start.md)."
)
PRIOR_LABELS_USED = (
    "None: there are too few audits of one outcome to teach a ranker. Rules and detectors order."
)


@dataclass(frozen=True)
class Story:
    """All that a training found out, gathered for the card."""

    training: TrainingSet
    bundle: Bundle
    tuned: Tuned
    seed: int
    data_version: str
    tables: Mapping[str, int]
    verdicts: Sequence[Verdict]
    figures: Sequence[Figure] = ()
    parities: Sequence[Parity] = ()
    cut: str | None = None
    compared: Figure | None = None
    champion: str | None = None
    spread: Spread | None = None
    seconds: Mapping[str, float] = field(default_factory=dict)


def card(story: Story) -> Record:
    """The card as a record of plain values; a figure that cannot be told is null."""
    training, bundle = story.training, story.bundle
    ranker = bundle.ranker
    record: Record = plain(
        {
            "model": f"{bundle.scenario}.{bundle.entity}",
            "content": bundle.content,
            "kind": "ranker" if ranker else "prior",
            "as_of": training.as_of.isoformat(),
            "data": {
                **training.counts(),
                "data_version": story.data_version,
                "tables": dict(story.tables),
                "labels_selected_by": training.selection(),
                "labels_used": LABELS_USED if ranker else PRIOR_LABELS_USED,
            },
            "parameters": {
                # Without a ranker no tree was grown.
                **(story.tuned.growth.record() if ranker else {}),
                "seed": story.seed,
                "features": len(bundle.features),
                "detectors": list(DETECTORS),
                "rules": len(bundle.rule_columns),
                "libraries": dict(bundle.versions),
            },
            "tuning": {"note": story.tuned.note, **story.tuned.record()},
            "later_audits": {
                "from": story.cut,
                "figures": [asdict(one) for one in story.figures],
                "champion": story.champion,
                "difference": None if story.compared is None else asdict(story.compared),
            },
            "held_out": dict(ranker.measures) if ranker else {},
            "false_alarms": [asdict(one) for one in story.parities],
            "spread": None if story.spread is None else story.spread.record(),
            "gates": [asdict(one) for one in story.verdicts],
            "gates_failed": [one.gate for one in failed(story.verdicts)],
            "notes": list(bundle.notes),
            "limits": list(LIMITS if ranker else PRIOR_LIMITS),
        }
    )
    return record


def as_json(record: Record) -> str:
    """Repeatable JSON."""
    return json.dumps(record, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def plain(value: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
    """The value without numbers that are none."""
    if isinstance(value, dict):
        return {name: plain(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def as_markdown(record: Record, pictures: Iterable[str] = ()) -> str:
    """The card for a reader; ``pictures`` are files that lie beside it."""
    parts = [
        f"# Model card: {record['model']}, {record['content'][:12]}\n",
        f"A {record['kind']} trained on what was known on {record['as_of']}.",
        _gates(record),
        _data(record["data"]),
        _later(record["later_audits"]),
        _section("Pictures", "\n\n".join(f"![{_titled(name)}]({name})" for name in pictures)),
        _section("Held out while training", _pairs(record["held_out"])),
        _alarms(record["false_alarms"]),
        _section("Seeds", _pairs(record["spread"] or {})),
        _section("Parameters", _pairs(record["parameters"])),
        _section("Tuning", _pairs(record["tuning"])),
        _section("What to know", _list([*record["notes"], *record["limits"]])),
    ]
    return "\n".join(part for part in parts if part)


def _gates(record: Record) -> str:
    rows = [
        (one["gate"], one["state"], f"{one['limit']:g}", one["says"]) for one in record["gates"]
    ]
    return _section("Gates", _table(("gate", "state", "limit", "what it found"), rows))


def _data(data: Record) -> str:
    tables = ", ".join(f"{name} {number}" for name, number in data["tables"].items())
    kept = ("records", "labels", "confirmed", "left_open", "data_version")
    rows = {name: data[name] for name in kept}
    chosen = {f"labels chosen by {name}": n for name, n in data["labels_selected_by"].items()}
    told = _pairs(rows | chosen | {"table versions": tables})
    return _section("Data", f"{told}\n\n{data['labels_used']}")


def _later(later: Record) -> str:
    if later["from"] is None:
        said = "There are too few audits to part them in time."
        return _section("Later audits", f"{said} {_champion(later)}")
    shown = [*later["figures"], *([later["difference"]] if later["difference"] else [])]
    rows = [
        (words(one["name"]), _decimal(one["value"]), _between(one), one["records"])
        for one in shown
    ]  # fmt: skip
    said = (
        f"A rehearsal of the same recipe, trained as of {later['from']}, on audits decided from "
        "that day on, without the persons and groups they speak of. Intervals draw whole "
        "hospitals; beside the calibration error stands what a perfect map of so few would show."
    )
    table = _table(("figure", "value", "95% interval", "audits"), rows)
    return _section("Later audits", f"{said} {_champion(later)}\n\n{table}")


def _champion(later: Record) -> str:
    if later["champion"] is None:
        return "Nobody was in office to be compared with."
    difference = later["difference"]
    if later["from"] is None or not difference or not difference["records"]:
        return f"In office was {later['champion']}; too few later audits to compare it with."
    return f"It is compared with the model in office, {later['champion']}."


def _alarms(parities: Sequence[Record]) -> str:
    rows = [
        (f"{one['attribute']} {one['group']}", one["refuted"], _decimal(one["rate"]),
         _decimal(one["ratio"]), _between(one))
        for one in parities
    ]  # fmt: skip
    heads = ("group", "refuted audits", "alarmed", "times all others", "95% interval")
    return _section("False alarms", _table(heads, rows) if rows else "")


def _section(title: str, text: str) -> str:
    return f"\n## {title}\n\n{text}" if text else ""


def _pairs(values: Mapping[str, Any]) -> str:
    rows = [
        (words(name), f"{int(value):,}" if name in COUNTED else value)
        for name, value in values.items()
    ]
    return _table(("", ""), rows) if rows else ""


def _list(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines) + "\n"


def _table(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(_shown(cell) for cell in line)} |" for line in lines)


def words(name: str) -> str:
    """What a figure is called; the two calibration errors are told apart."""
    told = CALLED.get(name, name.replace("_", " "))
    told = re.sub(r"\b(auprc|auc)\b", lambda found: found[0].upper(), told)
    return re.sub(r"(precision at \d+)$", r"\1%", told)


def _titled(file: str) -> str:
    return file.removesuffix(".svg").replace("-", " ")


def _between(one: Record) -> str:
    return f"{_decimal(one['low'])} to {_decimal(one['high'])}"


def _decimal(value: float | None) -> str:
    """A measured figure with its decimals, though it may be nought or one."""
    return "-" if value is None else f"{value:.3f}"


def _shown(value: Any) -> str:  # noqa: ANN401 - a cell of any kind
    if value is None:
        return "-"
    if isinstance(value, float):
        # Nought and one are shares, larger whole numbers are counts.
        return f"{value:,.0f}" if value == int(value) and value > 1 else f"{value:.3f}"
    if isinstance(value, dict):
        return ", ".join(f"{name} {part}" for name, part in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
