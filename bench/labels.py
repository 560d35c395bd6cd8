"""Compare ways to use audit labels on small development cities, by what stands in front.

python -m bench.labels --out docs/how-labels-are-used.md
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from bench.pages import deliver
from bench.small_cities import City, arguments, city
from bench.treatments import SEED, TREATMENTS, Side
from models.frames import SUBJECT, in_key_order
from models.groups import group_keys, hash_folds
from models.labels import labels as labels_of
from models.later import precision_of
from models.preparing import Recipe, prepare
from models.resampling import draws, interval

if TYPE_CHECKING:
    from collections.abc import Iterator

    from models.training_set import TrainingSet

FOLDS = 3
REPLICATES = 300
# Shares of the records at which the goal of the project asks.
CAPACITY = {"stay": 0.01, "use": 0.005}
PAGE = """# How labels are used

Audits are few, late, chosen by suspicion, and some are wrong. Ways to learn from them, compared
on development cities (seeds {seeds}; {stays:,} stays each, 8% of stays and of uses audited). Every
record was scored by a model that saw neither it nor its person ({folds} folds), and the answer key
says how many of the first are planted. Intervals draw whole hospitals of all cities.

{tables}

- **as they are**: confirmed and refuted audits, each of weight one; trees grown from nothing.
- **by probability**: the same, where a record drawn at random weighs one over its probability, at
  most 20. What rules, tips and models chose has no known probability and keeps weight one.
- **corrected**: confirmed audits against unaudited records, each of which counts as positive with
  the probability that it is one (Elkan and Noto 2008), beside refuted audits as negatives.
- **unaudited as negatives**: audits as by probability, beside a background of unaudited records.
- **begun by rules and detectors**: audits as by probability, trees grown from what rules and
  detectors say.
- **both**: the last two together, which is what Jianbao does
  ([why](decisions/0020-where-trees-start.md)).
- **both, held to directions**: the same, but no tree may lower a record for more of a figure whose
  declared side is high, or raise it ([why not](decisions/0029-trees-without-a-side.md)).
- **no labels**: rules and detectors alone, as on the first night.

A refutation that looked for less than a rule suspects is no label in any of these
([why](decisions/0030-what-a-narrow-look-refutes.md)): {left_open}

{verdict}

Made by `python -m bench.labels`.
"""


def sides(training: TrainingSet) -> Iterator[Side]:
    """Each fold prepared once, for all treatments."""
    one = training
    recipe = Recipe(one.scenario, one.entity, one.features, one.rule_columns, SEED, 1, one.as_of)
    ordered = in_key_order(one.measured)
    fold = pl.Series("fold", hash_folds(group_keys(ordered, one.entity), FOLDS, SEED))
    for number in range(FOLDS):
        prepared = prepare(ordered.filter(fold != number), one.labels, recipe)
        tried = ordered.filter(fold == number)
        places = prepared.detectors.score(tried).drop(SUBJECT)
        yield Side(prepared, tried.drop(places.columns, strict=False).hstack(places))


def scored(one: City, entity: str) -> pl.DataFrame:
    """Every record out of fold: house, whether planted, and its place by each treatment.

    Places are percentiles inside a fold, so that folds of different models can be joined.
    """
    parts = [_placed(side, one) for side in sides(one.sets[entity])]
    return pl.concat(parts)


def _placed(side: Side, one: City) -> pl.DataFrame:
    rows = side.tried.height
    places = {
        name: np.argsort(np.argsort(treat(side), kind="stable"), kind="stable") / rows
        for name, treat in TREATMENTS.items()
    }
    return pl.DataFrame(
        {
            "house": f"{one.seed}|" + side.tried["hospital_id"].fill_null(""),
            "planted": side.tried[SUBJECT].is_in(list(one.planted)).cast(pl.Int64),
            **places,
        }
    )


def table(frames: list[pl.DataFrame], entity: str) -> tuple[str, dict[str, float]]:
    """The section of one kind of subject, and precision by treatment."""
    rows = pl.concat(frames)
    planted = rows["planted"].to_numpy()
    share = CAPACITY[entity]
    rounds = list(draws(rows["house"].to_list(), REPLICATES, SEED))
    ones = np.ones(rows.height, dtype=np.int64)
    lines, found = [], {}
    ours = precision_of(rows["both"].to_numpy(), planted, share)
    drawn = np.array([ours(counts) for counts in rounds])
    for name in TREATMENTS:
        measure = precision_of(rows[name].to_numpy(), planted, share)
        theirs = np.array([measure(counts) for counts in rounds])
        found[name] = measure(ones)
        recall = found[name] * share * rows.height / max(int(planted.sum()), 1)
        low, high = interval(theirs.tolist())
        less, more = interval((theirs - drawn).tolist())
        lines.append(
            f"| {name} | {found[name]:.1%} ({low:.1%} to {high:.1%}) | {recall:.1%} "
            f"| {found[name] - ours(ones):+.1%} "
            f"({less:+.1%} to {more:+.1%}) |"
        )
    head = (
        f"## {entity.capitalize()}s, first {share:.1%} of {rows.height:,} records, "
        f"{int(planted.sum()):,} planted\n\n"
        "| labels | planted among the first | of all planted | against both |\n"
        "| --- | --- | --- | --- |\n"
    )
    return head + "\n".join(lines), found


def left_open(cities: list[City], entity: str) -> str:
    """How many refutations were left out, and how many of them and of the others are planted."""
    out, kept = [], []
    for one in cities:
        training = one.sets[entity]
        given = labels_of(
            one.outcomes,
            as_of=training.as_of,
            subject_type=entity,
            scenario=training.scenario,
        )
        refuted = given.filter(pl.col("label") == 0).join(training.measured, on=SUBJECT, how="semi")
        planted = refuted.select(SUBJECT, planted=pl.col(SUBJECT).is_in(list(one.planted)))
        out.append(planted.join(training.labels, on=SUBJECT, how="anti"))
        kept.append(planted.join(training.labels, on=SUBJECT, how="semi"))
    left, others = pl.concat(out)["planted"], pl.concat(kept)["planted"]
    return (
        f"of {entity}s {len(left):,}, of which {left.sum():,} are planted; of the other "
        f"{len(others):,} refuted {entity}s {others.sum():,} are"
    )


def verdict(found: dict[str, dict[str, float]]) -> str:
    """What the tables say, in a sentence a kind of subject."""
    said = []
    for entity, told in found.items():
        best = max(told, key=lambda name: told[name])
        ours = "" if best == "both" else f"; both: {told['both']:.1%}"
        said.append(
            f"Of {entity}s, **{best}** puts most of the planted in front ({told[best]:.1%}{ours})."
        )
    return "\n".join(said)


def main() -> None:
    """Make the cities where they are missing, compare, write the page."""
    given = arguments(__doc__)
    frames: dict[str, list[pl.DataFrame]] = {entity: [] for entity in CAPACITY}
    cities = [city(seed, given.work, given.stays) for seed in given.seeds]
    for one in cities:
        for entity, kept in frames.items():
            kept.append(scored(one, entity))
    made = {entity: table(kept, entity) for entity, kept in frames.items()}
    page = PAGE.format(
        seeds=", ".join(map(str, given.seeds)),
        stays=given.stays,
        folds=FOLDS,
        tables="\n\n".join(text for text, _ in made.values()),
        left_open="; ".join(left_open(cities, entity) for entity in CAPACITY) + ".",
        verdict=verdict({entity: found for entity, (_, found) in made.items()}),
    )
    deliver(page, given.out)


if __name__ == "__main__":
    main()
