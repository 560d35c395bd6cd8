"""Judge untouched cities, pool them, and write the page, its pictures and its figures.

python -m bench.report --seeds 101 102 103 104 105 --stays 20000 --months 15 \
    --work build/report --out docs/how-good-is-it.md
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from rich.console import Console

from bench.report.asked import Asked
from bench.report.cities import result_of
from bench.report.page import PLACE, page
from bench.report.pictures import draw_all
from bench.report.pooled import pooled
from claims.errors import JianbaoError
from evaluation import storing

console = Console(stderr=True, highlight=False)


def main() -> None:
    """Read the arguments and do it; what a person can solve is one message."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", help="one city each")
    parser.add_argument("--stays", type=int, default=20_000)
    parser.add_argument("--months", type=int, default=15)
    parser.add_argument("--audit-share", type=float, default=0.03, help="of stays, and of uses")
    parser.add_argument("--work", type=Path, default=Path("build/report"), help="folder to work in")
    parser.add_argument("--out", type=Path, default=Path("docs/how-good-is-it.md"))
    parser.add_argument(
        "--as-judged", action="store_true", help="take results that other code left in the folder"
    )
    parser.add_argument(
        "--from-figures", action="store_true", help="write the page anew from the JSON beside it"
    )
    given = parser.parse_args()
    if not (given.seeds or given.from_figures):
        parser.error("name --seeds, or --from-figures")
    try:
        run(given)
    except JianbaoError as error:
        console.print(f"[bold]{error.what}[/bold]\n{error.way_out}")
        sys.exit(error.exit_code)


def run(given: argparse.Namespace) -> None:
    """Count the figures unless they are there already, then write."""
    figures = given.out.with_suffix(".json")
    if not given.from_figures:
        asked = Asked(tuple(given.seeds), given.stays, given.months, given.audit_share)
        work = given.work.resolve()
        results = [
            result_of(asked, seed, work, console.print, as_judged=given.as_judged)
            for seed in asked.seeds
        ]
        storing.save(pooled(asked, results, console.print), figures)
    write(figures, given.out)
    console.print(f"Written to {given.out}.")


def write(figures: Path, out: Path) -> None:
    """The page and its pictures from the figures."""
    data = storing.load(figures)
    draw_all(data, out.parent / PLACE)
    out.write_text(page(data), encoding="utf-8")


if __name__ == "__main__":
    main()
