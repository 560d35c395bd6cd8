"""Compare families of detectors on small development cities, without any label.

python -m bench.families --out docs/detectors.md
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from pyod.models.cblof import CBLOF
from pyod.models.gmm import GMM
from pyod.models.hbos import HBOS
from pyod.models.iforest import IForest
from pyod.models.inne import INNE
from pyod.models.knn import KNN
from pyod.models.loda import LODA
from pyod.models.lof import LOF
from pyod.models.pca import PCA
from scipy.stats import rankdata

from bench.labels import CAPACITY
from bench.pages import deliver
from bench.report.grids import grid
from bench.small_cities import City, arguments, city
from evaluation.telling import first
from features.catalogue import CATALOGUES
from models.detectors import ANOMALY, DETECTORS, fit_detectors
from models.frames import SUBJECT, in_key_order, sample
from models.later import precision_of
from models.scaling import Scaling

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from models.training_set import TrainingSet

    Scores = NDArray[np.float64]

# Rows that a family is fitted on; KNN and LOF measure distances to all of them.
ROWS = 4_000
DRAWS = (1, 2, 3)
ALONE = 40
# Further down a queue than a team reaches, where an order shows what it knows.
DEEP = 0.05
# How a score can be taken apart exactly; the others could score, but not explain.
EXPLAINED = {"iforest": "tree SHAP", "hbos": "its terms", "knn": "squared distances"}
USED = "the two highest together"
FOUND = ("found", "least to most", first(DEEP))
CHARACTER = ("steady", "like the others", "taken apart", "alone")

FAMILIES: Mapping[str, Callable[[int], Any]] = {
    "iforest": lambda seed: IForest(n_estimators=200, random_state=seed, n_jobs=1),
    "hbos": lambda _: HBOS(n_bins=20),
    "knn": lambda _: KNN(n_neighbors=10, algorithm="ball_tree", n_jobs=1),
    # Components without variance would divide by nothing.
    "pca": lambda seed: PCA(n_components=0.95, random_state=seed),
    "loda": lambda _: LODA(),
    "gmm": lambda seed: GMM(n_components=4, covariance_type="diag", random_state=seed),
    "inne": lambda seed: INNE(random_state=seed),
    "cblof": lambda seed: CBLOF(n_clusters=8, random_state=seed),
    "lof": lambda _: LOF(n_neighbors=20, n_jobs=1),
}

PAGE = """# Detectors

On development cities (seeds {seeds}; {stays:,} stays each), without any label, held against the
answer key. First nine families of PyOD as the library has them, fitted on {rows:,} records that
nobody audited. All of them score a record without a look at its batch, which the last column
tries: the largest difference between a score alone and in company. `ECOD` and `COPOD` do not, nor
does COF ([why that matters](decisions/0010-detectors.md)). Then what Jianbao makes of three of
them: figures that have a suspicious side count on that side alone, HBOS is added up within each
family of features, of which the rarest speaks, and the two highest percentiles count together.

- **found**: planted among the first of the queue, over the cities, and the least and most of them;
  beside it among the first {deep:.0%}.
- **steady**: rank correlation of two fits on other rows with another seed.
- **like the others**: mean rank correlation with the other families.
- **taken apart**: whether a score is a sum over figures, so that it can be explained exactly.

{tables}

{words}

Made by `python -m bench.families`.
"""


@dataclass(frozen=True)
class Tried:
    """What the families, and Jianbao's own ways, found of one kind of subject in one city."""

    records: int
    planted: int
    precision: dict[str, float]
    deep: dict[str, float]
    steady: dict[str, float]
    agreement: NDArray[np.float64]
    alone: dict[str, float]


def tried(one: City, entity: str) -> Tried:
    """Fit every family on three draws, and ours on all, and score every record."""
    training = one.sets[entity]
    ordered = in_key_order(training.measured)
    planted = ordered[SUBJECT].is_in(list(one.planted)).cast(pl.Int64).to_numpy()
    fits = {seed: _fitted(training, ordered, seed) for seed in DRAWS}
    fit = fits[DRAWS[0]]
    ranks = {name: rankdata(found) for name, (found, _) in fit.items()}
    ones = np.ones(len(planted), dtype=np.int64)
    every = ranks | ours(training, ordered)

    def found(share: float) -> dict[str, float]:
        return {name: precision_of(s, planted, share)(ones) for name, s in every.items()}

    return Tried(
        records=len(planted),
        planted=int(planted.sum()),
        precision=found(CAPACITY[entity]),
        deep=found(DEEP),
        steady={name: _steadiness([fits[s][name][0] for s in DRAWS]) for name in FAMILIES},
        agreement=np.corrcoef(np.array([ranks[name] for name in FAMILIES])),
        alone={name: gap for name, (_, gap) in fit.items()},
    )


def ours(training: TrainingSet, ordered: pl.DataFrame) -> dict[str, Scores]:
    """Jianbao's detectors one by one, ways to put them together, and what each idea adds."""
    catalogue = CATALOGUES[training.entity]
    sides, families = catalogue.sides(), catalogue.families()
    unaudited = ordered.join(training.labels, on=SUBJECT, how="anti")

    def scored(sides: dict[str, int], families: dict[str, str]) -> pl.DataFrame:
        fitted = fit_detectors(
            unaudited, training.features, seed=DRAWS[0], sides=sides, families=families
        )
        return fitted.score(ordered)

    used = scored(sides, families)
    places = used.select(DETECTORS).to_numpy()
    return {
        **{f"{name} as Jianbao has it": used[name].to_numpy() for name in DETECTORS},
        USED: used[ANOMALY].to_numpy(),
        "the highest alone": places.max(axis=1),
        "all three together": -(1.0 - places).prod(axis=1),
        "the two, both sides of each figure": scored({}, families)[ANOMALY].to_numpy(),
        "the two, histograms over all figures": scored(sides, {})[ANOMALY].to_numpy(),
    }


def _fitted(
    training: TrainingSet, ordered: pl.DataFrame, seed: int
) -> dict[str, tuple[Scores, float]]:
    """Scores of all records by family, and how far one moves when it is alone."""
    unaudited = ordered.join(training.labels, on=SUBJECT, how="anti")
    chosen = sample(unaudited, ROWS, seed)
    scaling = Scaling.fit(chosen, training.features, {})
    learn, values = scaling.apply(chosen), scaling.apply(ordered)
    # A column that these rows do not vary in has no deviation, by which PCA would divide.
    varied = learn.std(axis=0) > 0
    learn, values = learn[:, varied], values[:, varied]
    found = {}
    for name, make in FAMILIES.items():
        model = make(seed)
        np.random.seed(seed)  # noqa: NPY002 - LODA draws from the global generator
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model.fit(learn)
            scores = np.asarray(model.decision_function(values), dtype=np.float64)
            alone = [model.decision_function(values[row : row + 1])[0] for row in range(ALONE)]
        gap = float(np.abs(np.array(alone) - scores[:ALONE]).max())
        found[name] = (np.nan_to_num(scores), gap)
    return found


def _steadiness(scores: list[Scores]) -> float:
    told = np.corrcoef(np.array([rankdata(one) for one in scores]))
    return float(told[np.triu_indices(len(scores), 1)].mean())


def table(found: list[Tried], entity: str) -> str:
    """The section of one kind of subject."""
    records, planted = sum(one.records for one in found), sum(one.planted for one in found)
    share = CAPACITY[entity]
    head = (
        f"## {entity.capitalize()}s, first {share:.1%} of {records:,} records, {planted:,} planted"
    )
    own = [name for name in found[0].precision if name not in FAMILIES]
    families = ((*_found(name, found), *_character(name, found)) for name in FAMILIES)
    parts = [
        f"{head}\n",
        *grid(("family", *FOUND, *CHARACTER), families),
        *grid(("in Jianbao", *FOUND), (_found(name, found) for name in own)),
    ]
    return "\n".join(parts).rstrip()


def _found(name: str, found: list[Tried]) -> list[str]:
    told = [one.precision[name] for one in found]
    deep = np.mean([one.deep[name] for one in found])
    return [name, f"{np.mean(told):.1%}", f"{min(told):.1%} to {max(told):.1%}", f"{deep:.1%}"]


def _character(name: str, found: list[Tried]) -> list[str]:
    place = list(FAMILIES).index(name)
    others = [np.delete(one.agreement[place], place).mean() for one in found]
    gap = max(one.alone[name] for one in found)
    steady = np.mean([one.steady[name] for one in found])
    apart = EXPLAINED.get(name, "no")
    return [f"{steady:.3f}", f"{np.mean(others):.2f}", apart, f"{gap:.0e}"]


def words(found: Mapping[str, list[Tried]]) -> str:
    """What the tables say, a sentence a kind of subject."""
    said = []
    for entity, cities in found.items():
        mean = {
            name: float(np.mean([one.precision[name] for one in cities]))
            for name in (*FAMILIES, USED)
        }
        best = max(FAMILIES, key=lambda name: mean[name])
        exact = max(EXPLAINED, key=lambda name: mean[name])
        said.append(
            f"Of {entity}s, {best} finds most of the nine ({mean[best]:.1%}), of those that can be "
            f"taken apart {exact} ({mean[exact]:.1%}); Jianbao's finds {mean[USED]:.1%}."
        )
    return "\n".join(said)


def main() -> None:
    """Make the cities where they are missing, compare, write the page."""
    given = arguments(__doc__)
    cities = [city(seed, given.work, given.stays) for seed in given.seeds]
    found = {entity: [tried(one, entity) for one in cities] for entity in CAPACITY}
    page = PAGE.format(
        seeds=", ".join(map(str, given.seeds)),
        stays=given.stays,
        rows=ROWS,
        deep=DEEP,
        tables="\n\n".join(table(parts, entity) for entity, parts in found.items()),
        words=words(found),
    )
    deliver(page, given.out)


if __name__ == "__main__":
    main()
