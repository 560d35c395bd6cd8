"""Write the page of what single columns, features and a shallow tree reach.

python -m bench.free_lunch --stays 12000 --seed 17 --out docs/no-free-lunch.md
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from bench.free_lunch.chance import guess
from bench.free_lunch.city import make
from bench.free_lunch.limits import judge
from bench.free_lunch.marks import marks
from bench.free_lunch.page import page
from bench.free_lunch.survey import groups, unlisted


def main() -> None:
    """Make a city, measure it and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stays", type=int, default=12_000)
    parser.add_argument("--seed", type=int, default=17)
    parser.add_argument("--out", type=Path, default=Path("docs/no-free-lunch.md"))
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        city = make(Path(folder), stays=given.stays, seed=given.seed)
    verdicts = [judge(group) for group in groups(city)]
    guesses = [guess(group) for group in marks(city.tables, city.key)]
    text = page(verdicts, guesses, unlisted(city), stays=given.stays, seed=given.seed)
    given.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
