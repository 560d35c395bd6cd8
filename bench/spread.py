"""How far the main figure of a model moves over ten seeds, on a small development city.

python -m bench.spread --city 31 --out docs/how-far-seeds-move.md
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from bench.pages import deliver
from bench.small_cities import STAYS, city
from flows.retraining import ranked
from models.growth import USUAL
from models.later import MAIN, figures, parted, ready, rehearse
from models.preparing import Recipe
from models.spread import Spread, spread

if TYPE_CHECKING:
    from models.later import Figure
    from models.training_set import TrainingSet

FIRST = 20_250_301  # the usual seed of a model
PAGE = """# How far seeds move a model

The seed decides which rows a tree and a detector draw. A model that is another with another seed
is not to be trusted; here is how far its main figure moves: AUPRC on later audits by a rehearsal
that was trained as of an earlier day (`models/later.py`), {seeds} seeds from {first} on, in the
development city of seed {city} ({stays:,} stays). Beside it stands the 95% interval over hospitals
of the first seed, which is what so few audits can say at all.

| model | later audits | mean | deviation | least | most | interval of the first seed |
| --- | --- | --- | --- | --- | --- | --- |
{rows}

Every model is trained with one fixed seed (`seed` in the settings), and a second run, or the same
delivery in another order, ends in the same content hash (`tests/integration/test_retraining.py`).
`jianbao retrain --seeds 10` tells the same of the data at hand, on the model card too.

Made by `python -m bench.spread --city {city} --seeds {seeds}`.
"""


def row(training: TrainingSet, seeds: int) -> str | None:
    """One line of the table; None where audits cannot be parted."""
    later = parted(training)
    if later is None:
        return None
    recipe = _recipe(training)
    known = ranked(training)
    found = spread(later, recipe, USUAL, range(FIRST, FIRST + seeds), ranked=known)
    usual = rehearse(later, ready(later, recipe, ranked=known), USUAL)
    main = next(one for one in figures(usual, FIRST) if one.name == MAIN)
    return _line(training.entity, found, main)


def _recipe(training: TrainingSet) -> Recipe:
    one = training
    return Recipe(one.scenario, one.entity, one.features, one.rule_columns, FIRST, 1, one.as_of)


def _line(entity: str, found: Spread, main: Figure) -> str:
    told = found.record()
    figures_told = " | ".join(
        f"{told[name]:.3f}" for name in ("mean", "deviation", "least", "most")
    )
    return f"| {entity} | {main.records} | {figures_told} | {main.low:.3f} to {main.high:.3f} |"


def main() -> None:
    """Make the city where it is missing, train, write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--city", type=int, default=31, help="Seed of the city.")
    parser.add_argument("--stays", type=int, default=STAYS)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--work", type=Path, default=Path("build/small"))
    parser.add_argument("--out", type=Path, help="Page to write; without it, it is printed.")
    given = parser.parse_args()
    sets = city(given.city, given.work, given.stays).sets.values()
    rows = [line for line in (row(one, given.seeds) for one in sets) if line]
    page = PAGE.format(
        seeds=given.seeds, first=FIRST, city=given.city, stays=given.stays, rows="\n".join(rows)
    )
    deliver(page, given.out)


if __name__ == "__main__":
    main()
