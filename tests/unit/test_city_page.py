"""How real is the city: anchors, their measures, and the page about them."""

from __future__ import annotations

import re
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import polars as pl
import pytest

from synthetic import generate
from synthetic.realism import Asked, load_anchors, write_page
from synthetic.realism.anchors import Anchor
from synthetic.realism.asked import OtherCityError
from synthetic.realism.cells import LEAST
from synthetic.realism.drawing import save, styled
from synthetic.realism.facts import Facts, read_facts
from synthetic.realism.gallery import PICTURES
from synthetic.realism.measure import Measured
from synthetic.realism.page import SECTIONS, page
from synthetic.realism.tables import where_not_real
from synthetic.realism.verdict import OUTSIDE, Place, Verdict, all_measures, judge

STAYS, MONTHS, SEED = 2_000, 12, 7
ASKED = Asked(STAYS, MONTHS, SEED)
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("city")
    generate(out, stays=STAYS, months=MONTHS, seed=SEED)
    return out


@pytest.fixture(scope="module")
def facts(city: Path) -> Facts:
    return read_facts(city, MONTHS)


@pytest.fixture(scope="module")
def verdicts(facts: Facts) -> tuple[Verdict, ...]:
    return judge(facts)


def digests(folder: Path) -> dict[str, str]:
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {str(f.relative_to(folder)): sha256(f.read_bytes()).hexdigest() for f in files}


def test_every_anchor_has_a_measure_and_every_measure_an_anchor() -> None:
    assert {anchor.measure for anchor in load_anchors()} == set(all_measures())


def test_anchors_are_declared_once_with_a_range_a_source_and_a_status() -> None:
    anchors = load_anchors()
    assert len({anchor.name for anchor in anchors}) == len(anchors)
    assert {anchor.status for anchor in anchors} <= {"sourced", "unverified", "proposal"}
    for anchor in anchors:
        assert anchor.low < anchor.high, anchor.name
        assert anchor.source, anchor.name
        assert re.fullmatch(r"\d\.\d", anchor.section), anchor.name
        assert anchor.name == anchor.measure + ("/" + anchor.of if anchor.of else "")
        assert re.search(r"[\u4e00-\u9fff]", anchor.label_zh), anchor.name


def test_every_group_of_the_dossier_has_three_anchors() -> None:
    named = [a for a in load_anchors() if a.measure.startswith("group_")]
    assert len({a.of for a in named}) == 58
    assert len(named) == 3 * 58


def test_every_measure_says_how_and_why_and_belongs_to_one_section() -> None:
    for measure in all_measures().values():
        assert measure.doc.endswith("."), measure.name
        assert measure.why.endswith("."), measure.name
        homes = [key for key, _, starts in SECTIONS if measure.name.startswith(starts)]
        assert len(homes) == 1, measure.name


def test_a_city_gives_the_same_page_and_pictures_twice(city: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_page(city, tmp_path / name / "page.md", ASKED)
    one, two = digests(tmp_path / "one"), digests(tmp_path / "two")
    assert one == two
    assert set(one) == {
        "page.md",
        *(f"pictures/how-real/{picture.name}.svg" for picture in PICTURES),
    }


def test_the_page_names_every_anchor_and_every_picture(
    facts: Facts, verdicts: tuple[Verdict, ...]
) -> None:
    written = page(facts, verdicts, ASKED)
    grouped = ("group_", "price_")
    for verdict in verdicts:
        if not verdict.anchor.measure.startswith(grouped):
            assert f"| {verdict.anchor.label_en} |" in written
    for picture in PICTURES:
        assert f"(pictures/how-real/{picture.name}.svg)" in written
    assert f"--stays {STAYS} --months {MONTHS} --seed {SEED}" in written


def test_what_lies_outside_is_listed_with_its_reason(verdicts: tuple[Verdict, ...]) -> None:
    told = "\n".join(where_not_real(verdicts))
    outside = [verdict for verdict in verdicts if verdict.place in OUTSIDE]
    assert outside
    for verdict in outside:
        anchor = verdict.anchor
        assert anchor.label_en in told or f"{anchor.of} " in told, anchor.name
        assert verdict.measure.why in told, anchor.name


@pytest.mark.parametrize(
    ("value", "n", "place"),
    [
        (5.0, LEAST, Place.INSIDE),
        (4.999, LEAST, Place.INSIDE),
        (4.9, LEAST, Place.BELOW),
        (7.1, LEAST, Place.ABOVE),
        (7.1, LEAST - 1, Place.FEW),
    ],
)
def test_a_value_is_judged_as_it_is_printed(value: float, n: int, place: Place) -> None:
    measure = all_measures()["days_mean"]
    assert verdict_of(5.0, 7.0, Measured(value, n)).place is place
    assert verdict_of(5.0, 7.0, None).place is Place.UNSEEN
    listed = list(where_not_real([verdict_of(5.0, 7.0, Measured(value, n))]))
    assert (listed != ["Nothing."]) == (place in OUTSIDE)
    assert measure.why in listed[0] or place not in OUTSIDE


def verdict_of(low: float, high: float, measured: Measured | None) -> Verdict:
    anchor = Anchor(
        "days_mean", "Days", "天", "days", low, high, "x", "proposal", "5.1", "days_mean"
    )
    return Verdict(anchor, all_measures()["days_mean"], measured)


def test_figures_agree_with_the_delivered_tables(
    city: Path, facts: Facts, verdicts: tuple[Verdict, ...]
) -> None:
    given = {v.anchor.name: v.measured for v in verdicts}
    stays = pl.read_parquet(city / "stays.parquet")
    lines = pl.read_parquet(city / "fee_lines.parquet")
    goods = lines.filter(pl.col("category") == "consumable")
    newest = stays.sort("received_on").unique("stay_id", keep="last").filter(~pl.col("voided"))
    died = (newest["discharge_way"] == "death").to_numpy().mean()
    share = float(goods["amount"].sum()) / float(lines["amount"].sum())
    deaths, consumables = given["death_in_hospital"], given["consumable_share"]
    assert deaths is not None
    assert consumables is not None
    assert deaths.value == pytest.approx(died, rel=0.02)
    assert consumables.value == pytest.approx(share, rel=0.02)
    since = newest.select("stay_id", since="received_on")
    standing = lines.join(since, on="stay_id").filter(pl.col("received_on") >= pl.col("since"))
    assert facts.bills.counts["lines"] in {len(standing), len(lines)}


@pytest.mark.parametrize("tables", [("stays",), ("stays", "fee_lines")])
def test_a_resent_stay_counts_once_and_a_cancelled_one_not_at_all(
    tables: tuple[str, ...], city: Path, facts: Facts, tmp_path: Path
) -> None:
    for path in city.rglob("*.parquet"):
        copy = tmp_path / path.relative_to(city)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    late = pl.lit(facts.clock.on(facts.clock.days + 30))
    for name in tables:
        rows = pl.read_parquet(city / f"{name}.parquet")
        ids = facts.stays["stay_id"].head(2)
        again = rows.filter(pl.col("stay_id") == ids[0]).with_columns(received_on=late)
        void = rows.filter(pl.col("stay_id") == ids[1]).with_columns(received_on=late)
        if name == "stays":
            void = void.with_columns(voided=pl.lit(value=True))
        pl.concat([rows, again, void]).write_parquet(tmp_path / f"{name}.parquet")
    changed = read_facts(tmp_path, MONTHS)
    gone = facts.bills.fees.filter(pl.col("stay_id") == facts.stays["stay_id"][1])
    assert changed.stays.height == facts.stays.height - 1
    before, after, cancelled = (
        int(fees["fee_drug"].to_numpy().sum())
        for fees in (facts.bills.fees, changed.bills.fees, gone)
    )
    assert after == before - cancelled


def test_the_smallest_city_has_a_page_too(tmp_path: Path) -> None:
    generate(tmp_path / "city", stays=200, months=2, seed=1)
    write_page(tmp_path / "city", tmp_path / "page.md", Asked(200, 2, 1))
    assert "too few" in (tmp_path / "page.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "asked", [replace(ASKED, seed=8), replace(ASKED, months=24), replace(ASKED, stays=5_000)]
)
def test_a_page_does_not_name_figures_that_did_not_make_the_city(
    city: Path, asked: Asked, tmp_path: Path
) -> None:
    with pytest.raises(OtherCityError, match=r"Seed 8 does not|This city has"):
        write_page(city, tmp_path / "page.md", asked)
    assert not (tmp_path / "page.md").exists()


def test_a_folder_without_a_city_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OtherCityError, match="holds no generated city"):
        write_page(tmp_path, tmp_path / "page.md", ASKED)


def test_a_picture_holds_its_words_as_text_and_no_date(
    facts: Facts, verdicts: tuple[Verdict, ...], tmp_path: Path
) -> None:
    named = {verdict.anchor.name: verdict for verdict in verdicts}
    for picture in PICTURES:
        with styled():
            save(picture.draw(facts, named), tmp_path / "one.svg")
        drawn = (tmp_path / "one.svg").read_text(encoding="utf-8")
        assert "<text" in drawn, picture.name
        assert "<dc:date>" not in drawn, picture.name


def test_the_page_in_the_docs_has_every_picture_it_shows() -> None:
    docs = ROOT / "docs"
    written = (docs / "how-real-is-the-city.md").read_text(encoding="utf-8")
    shown = re.findall(r"\((pictures/how-real/[\w-]+\.svg)\)", written)
    assert len(shown) == len(PICTURES)
    assert [name for name in shown if not (docs / name).exists()] == []
