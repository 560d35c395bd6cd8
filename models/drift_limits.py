"""From where on a change counts as one: every threshold of the watch on drift, with its reason."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limit:
    """A threshold: its value, its unit, and why it stands there."""

    name: str
    value: float
    unit: str
    why: str


LIMITS = {
    one.name: one
    for one in (
        Limit(
            "psi_watch", 0.1, "PSI",
            "the lower of the two lines that credit scoring has drawn since Siddiqi (2006)",
        ),
        Limit(
            "psi_moved", 0.25, "PSI",
            "the upper of these lines: from here on a population counts as another one",
        ),
        Limit(
            "level", 0.001, "p",
            "of a test, after Holm's correction over everything tested beside it; also the level "
            "at which the PSI of two samples of one population is cut off "
            "(Yurdakul and Naranjo 2020: it follows a chi-square)",
        ),
        Limit(
            "fewest", 100, "records",
            "with fewer records ten bins hold less than ten each, and nothing is said",
        ),
        Limit(
            "fewest_usual", 50, "records",
            "of a past window, to show what is usual; fewer only make the bound wider",
        ),
        Limit(
            "usual_spread", 3, "deviations",
            "beyond the mean of past windows of the same length, so that seasons, campaigns and "
            "clusters of one hospital, which no test knows, raise no alarm",
        ),
        Limit(
            "nulls_watch", 0.05, "share", "of records whose value went missing, or came back",
        ),
        Limit(
            "nulls_moved", 0.2, "share",
            "as many as a hospital may get wrong before its delivery is held back",
        ),
        Limit(
            "codes_watch", 0.03, "share", "of records with a code that was not there before",
        ),
        Limit(
            "codes_moved", 0.1, "share",
            "of them: one record in ten is compared with strangers, or with nobody",
        ),
        Limit(
            "price_watch", 0.05, "change", "of the price of the same articles, class by class",
        ),
        Limit(
            "price_moved", 0.15, "change",
            "beyond what platforms adjust in a year; volume buying cuts by half and more",
        ),
        Limit(
            "fewest_priced", 30, "uses", "of articles of a class that were billed before as well",
        ),
        Limit(
            "fewest_articles", 5, "articles", "of the class among them, each billed before as well",
        ),
        Limit(
            "volume_watch", 0.3, "change", "of the stays of the city, or of a hospital's part",
        ),
        Limit(
            "volume_moved", 0.5, "change",
            "half as many again, or half of them gone: a delivery is incomplete, or a house opened",
        ),
        Limit(
            "volume_deviations", 5, "deviations",
            "of a count, by past windows or by chance (Poisson), whichever is wider",
        ),
        Limit(
            "fewest_stays", 20, "stays", "expected or delivered, to say anything of a hospital",
        ),
        Limit(
            "rows_watch", 2.0, "times", "the usual share of rows in quarantine, or of data faults",
        ),
        Limit(
            "rows_moved", 4.0, "times", "the same, and at least one row in a hundred",
        ),
        Limit("rows_share", 0.01, "share", "of rows that are refused or faulty, to say moved"),
        Limit(
            "alerts_watch", 1.5, "times", "the usual rate of alerts of a grade and hospital level",
        ),
        Limit("alerts_moved", 2.5, "times", "the same rate, or its inverse"),
        Limit(
            "performance_watch", 0.1, "share",
            "by which the expected precision of the queue differs from that of the first nights",
        ),
        Limit(
            "performance_moved", 0.2, "share",
            "the same; a lead of the queue over rules is about as wide (docs/how-good-is-it.md)",
        ),
        Limit("fewest_decided", 30, "decisions", "on alerts of the model, to say how well it did"),
    )
}  # fmt: skip


def limit(name: str) -> float:
    """The value of a threshold."""
    return LIMITS[name].value
