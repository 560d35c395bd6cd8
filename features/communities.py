"""Groups of persons who come to one hospital together: communities beyond what chance allows.

Persons are linked when they lay together twice or more in a year, or came in one week from
one place. Communities are found by the Leiden method (Traag, Waltman and van Eck 2019) under the
constant Potts model, which asks how dense a community is and not how large the city, so that
one hospital's groups never depend on another's; seed and order are fixed.

The null keeps what is innocent: how often each person lay in each ward, and how the ward's
admissions are spread over the days. Who meets whom is then a matter of chance, and its rate
is read off the ward's *other* patients. A community is a group when its repeated meetings, or
the persons of one place in one week, exceed that by a chance of one in a thousand (DOMAIN H06).
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

import igraph  # type: ignore[import-untyped]  # it ships no types
import polars as pl

from features import coadmission
from features.chance import GROUP, WEEKS, arrivals, expected_meetings, surprises
from features.coadmission import WARD, meetings, pairs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from claims.history import History

SEED = 20250301
# Mean links of a member to each other member from which a community holds together.
DENSITY = 0.5
LEAST_MEMBERS = 3
REPEATED = 2
# Surprise of a group: -log10 of the chance of as much or more by accident.
SURPRISING = 3.0
# Meetings with no more days between them belong to one wave.
DAYS_BETWEEN_WAVES = 3


@dataclass(frozen=True)
class Found:
    """Communities of some nights.

    ``members``: (subject_id, as_of, hospital_id, person_id). ``stays``: the stays in which
    members met, with ``wave`` (numbered from the first). ``told``: one row a community with
    its counts and how surprising they are.
    """

    members: pl.DataFrame
    stays: pl.DataFrame
    told: pl.DataFrame


def communities(history: History, of_nights: pl.LazyFrame, houses: pl.LazyFrame | None) -> Found:
    """Find the communities of each night; ``houses`` (hospital_id) leaves out other hospitals."""
    known = coadmission.nights_together(history, of_nights)
    if houses is not None:
        known = known.join(houses, on="hospital_id", how="semi")
    stays = known.sort("as_of", "stay_id").collect()
    met = meetings(stays)
    linked = pairs(met)
    members = _members(linked)
    inside = _inside(met, members)
    lain = _waves(_met_stays(stays, inside, members))
    told = _told(stays, met, inside, lain, members)
    return Found(members, lain, told)


def named(found: Found) -> pl.DataFrame:
    """The communities that chance does not explain: (subject_id, as_of)."""
    surprise = pl.max_horizontal("repeat_surprise", "arrival_surprise")
    return found.told.filter(surprise >= SURPRISING).select(GROUP).sort(GROUP)


def _members(linked: pl.DataFrame) -> pl.DataFrame:
    """Communities of the linked persons of each night and hospital."""
    edges = linked.filter((pl.col("together") >= REPEATED) | (pl.col("from_one_place") > 0))
    rows = [
        (f"{house}|{community[0]}", on, house, person)
        for (on, house), graph in edges.group_by("as_of", "hospital_id", maintain_order=True)
        for community in _leiden(graph)
        for person in community
    ]
    schema = {name: linked.schema.get(name, pl.String()) for name in _MEMBER}
    return pl.DataFrame(rows, schema=schema, orient="row").sort(_MEMBER)


_MEMBER = ("subject_id", "as_of", "hospital_id", "person_id")


def _leiden(edges: pl.DataFrame) -> Iterator[list[str]]:
    """Communities of one hospital's graph, each sorted, of ``LEAST_MEMBERS`` or more."""
    persons = sorted({*edges["a"], *edges["b"]})
    place = {person: index for index, person in enumerate(persons)}
    weight = (edges["together"] + edges["from_one_place"]).to_list()
    graph = igraph.Graph(
        n=len(persons),
        edges=[(place[a], place[b]) for a, b in edges.select("a", "b").iter_rows()],
    )
    igraph.set_random_number_generator(random.Random(SEED))  # noqa: S311 - no secret
    parts = graph.community_leiden(
        objective_function="CPM", weights=weight, resolution=DENSITY, n_iterations=-1
    )
    for part in parts:
        if len(part) >= LEAST_MEMBERS:
            yield [persons[index] for index in sorted(part)]


def _inside(met: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """Meetings of two members of one community."""
    of = members.select("subject_id", "as_of", "hospital_id", "person_id")
    key = ["as_of", "hospital_id"]
    first = met.join(of, left_on=[*key, "a"], right_on=[*key, "person_id"])
    return first.join(
        of, left_on=["subject_id", *key, "b"], right_on=["subject_id", *key, "person_id"]
    )


def _met_stays(stays: pl.DataFrame, inside: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """Stays in which a member met another one."""
    ids = pl.concat(
        [inside.select(*GROUP, "stay_id"), inside.select(*GROUP, stay_id="other_id")]
    ).unique()
    return (
        stays.join(ids, on=["as_of", "stay_id"])
        .join(members, on=[*GROUP, "hospital_id", "person_id"], how="semi")
        .sort(*GROUP, "admitted_on", "stay_id")
    )


def _waves(lain: pl.DataFrame) -> pl.DataFrame:
    """Number the waves: a gap of more than some days between admissions begins a new one."""
    gap = pl.col("admitted_on").diff().over(GROUP, order_by=["admitted_on", "stay_id"])
    begins = (gap.dt.total_days() > DAYS_BETWEEN_WAVES).fill_null(value=False)
    numbered = lain.with_columns(begins=begins.cast(pl.Int64))
    return numbered.with_columns(
        wave=pl.col("begins").cum_sum().over(GROUP, order_by=["admitted_on", "stay_id"])
    ).drop("begins")


def _told(
    stays: pl.DataFrame,
    met: pl.DataFrame,
    inside: pl.DataFrame,
    lain: pl.DataFrame,
    members: pl.DataFrame,
) -> pl.DataFrame:
    """Counts of each community, and the chance of as many."""
    sizes = members.group_by(*GROUP, "hospital_id").agg(size=pl.len().cast(pl.Int64))
    linked = pairs_of(inside)
    expected = expected_meetings(stays, met, members)
    arrived = arrivals(stays, lain)
    joined = (
        sizes.join(linked, on=GROUP, how="left")
        .join(expected, on=GROUP, how="left")
        .join(arrived, on=GROUP, how="left")
        .with_columns(pl.col("repeats", "meetings").fill_null(0))
    )
    return joined.with_columns(
        repeat_surprise=surprises(joined["repeats"], joined["expected_meetings"]),
        arrival_surprise=surprises(joined["arrived"], joined["expected_arrivals"], WEEKS),
    ).sort(GROUP)


def pairs_of(inside: pl.DataFrame) -> pl.DataFrame:
    """Meetings in the ward, and those beyond the first of each pair, by community."""
    key = [*GROUP, "hospital_id", "a", "b"]
    lain = (
        inside.filter(pl.col("kind") == WARD)
        .group_by(key)
        .agg(together=pl.struct("stay_id", "other_id").n_unique().cast(pl.Int64))
    )
    return lain.group_by(GROUP).agg(
        meetings=pl.col("together").sum(), repeats=(pl.col("together") - 1).sum()
    )
