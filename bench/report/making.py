"""How the page was made, and what it does not measure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.report.above import NOTHING, UNMATCHED
from bench.report.grids import grid
from evaluation.telling import listed, share

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evaluation.storing import Data


def made(data: Data) -> Iterator[str]:
    """The command, and what each city took."""
    asked = data["asked"]
    seeds = " ".join(str(seed) for seed in asked["seeds"])
    yield "```"
    yield f".venv/bin/python -m bench.report --seeds {seeds} \\"
    yield (
        f"    --stays {asked['stays']} --months {asked['months']}"
        f" --audit-share {asked['audit_share']} \\"
    )
    yield "    --work build/report --out docs/how-good-is-it.md"
    yield "```\n"
    yield (
        "For each seed it runs `jianbao generate` and `jianbao screen` with default settings, each"
        " in a process of its own, keeps a small result, and goes on from there when it is started"
        " again. The figures lie beside this page as JSON, from which `--from-figures` writes it"
        " anew.\n"
    )
    kinds = sorted({kind for one in data["made"] for kind in one["records"]})
    yield from grid(
        ("seed", *(f"{kind}s judged" for kind in kinds), "generate, min", "screen, min",
         "peak memory, GB", "cores"),
        (
            (
                str(one["seed"]),
                *(f"{one['records'].get(kind, 0):,}" for kind in kinds),
                f"{one['minutes']['generate']:.1f}",
                f"{one['minutes']['screen']:.1f}",
                f"{one['peak_gb']:.1f}",
                str(one["cores"]),
            )
            for one in data["made"]
        ),
    )  # fmt: skip
    states = data["made"][0]["state"]
    yield f"State of the code: cities {states['city']}, judging {states['judging']}.\n"


def not_measured(data: Data) -> Iterator[str]:
    """Limits of these figures."""
    asked = data["asked"]
    waiting = [
        f"{row['scheme']} at the level of the {row['subject_type']}"
        for row in data["above"]
        if row["judged_by"] in {NOTHING, UNMATCHED}
    ]
    planted = {row["scheme"] for row in data["planted"]}
    never = [row["code"] for row in data["catalogue"] if row["code"] not in planted]
    yield f"- Judged by nothing yet at their own level, or not comparable: {listed(waiting)}."
    yield f"- Schemes for which these cities had no room: {listed(never)}."
    yield (
        f"- Past audits saw {share(asked['audit_share'])} of stays and of uses, more than a real"
        " authority's. Scoring out of fold keeps a record's own label out, but not those of other"
        " records of its campaign."
    )
    yield (
        "- A screen looks at a whole extract at once, with all that became known in it; what nights"
        " would have known, and drift, are not measured here."
    )
    yield (
        "- Whatever was not planted counts as innocent. A real city has schemes that nobody has"
        " described, and the synthetic one has the makers' imagination;"
        " [how real it is](how-real-is-the-city.md) has a page of its own."
    )
    yield (
        "- The queue is ordered by likelihood. What is handed to auditors is ordered by expected"
        " recovery, which finds fewer but dearer cases.\n"
    )
