"""The page of an evaluation: the conclusion first, every figure counted, nothing from elsewhere."""

from __future__ import annotations

import json
import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from evaluation import storing
from evaluation.figures import About, figures
from evaluation.kinds import QUEUES, Hospitals, Kind
from evaluation.later import SCHEMA as AUDIT
from evaluation.later import by_lot, figures_of_audits, ways, weighted_rate
from evaluation.learning import SCHEMA as LEARNED
from evaluation.page import conclusion, page
from evaluation.page_of_audits import page_of_audits
from evaluation.storing import Data
from evaluation.telling import wan_with_interval, where
from flows.evaluate import LeakError, check_leaks
from flows.evaluate_command import typed
from flows.evaluation_page import write
from flows.later_audits import with_recovered
from flows.whom import scored_by
from tests import invented_cities as invented

ABOUT = About(
    "the nights to 2025-03-31", date(2025, 3, 31), {"stay": "1-abc"},
    {"H01": "split <stay>"}, {invented.CAUSE: "therapy by mouth"},
    scored_by=(
        {"subject_type": "stay", "version": "cafe", "records": 600, "with_probability": 600},
        {"subject_type": "use", "version": "beef", "records": 600, "with_probability": 0},
    ),
    nights={"first": "2025-03-25", "last": "2025-03-31", "number": 7},
    data_version="d1", package="0.1.0", command="jianbao evaluate --truth 'my truth'",
)  # fmt: skip
CURVE = [
    (0, 0, 0, 0.3, 0.5),
    (100, 40, 0, 0.4, 0.6),
    (100, 38, 1, 0.5, 0.7),
    (200, 80, 0, 0.6, 0.8),
]
COLUMNS = {**QUEUES, "the last model": "last_margin"}


def kinds(*, knowing: bool = False) -> list[Kind]:
    """Stays with probabilities and traits, and uses without; both of an invented city."""
    city = invented.result(1)
    guilty = city.key.filter(~pl.col("innocent"))["subject_id"]
    records = city.records.with_columns(
        score=pl.when(pl.col("subject_type") == "stay").then(
            1 / (1 + (2 - pl.col("margin")).exp())
        ),
        expected_recovery=pl.when(pl.col("subject_type") == "stay").then(5_000),
        last_margin=pl.col("margin"),
        ownership=pl.lit("public"),
        age=pl.lit("0 to 17"),
    )
    if knowing:
        records = records.with_columns(
            margin=pl.col("subject_id").is_in(guilty.implode()).cast(pl.Float64)
        )
    return [
        Kind.of(0, records, city.key, name, (0.01, 50), 0.01, COLUMNS) for name in ("stay", "use")
    ]


def told(*, knowing: bool = False, learned: bool = True) -> Data:
    """The figures of such a city."""
    held = kinds(knowing=knowing)
    hospitals = Hospitals.of([(0, [one.rows for one in held] + [one.key for one in held])])
    curve = {"stay": pl.DataFrame(CURVE, schema=LEARNED, orient="row")} if learned else {}
    return figures(ABOUT, held, hospitals, curve, lambda _: None)


@pytest.fixture(scope="module")
def data() -> Data:
    return told()


@pytest.fixture(scope="module")
def text(data: Data) -> str:
    return page(data)


class Tags(HTMLParser):
    """Every tag with its attributes, and whether what was opened is closed."""

    VOID = frozenset({"meta", "br", "hr", "img", "path", "use", "rect"})

    def __init__(self) -> None:
        """Nothing was read yet."""
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep it, and that it is open."""
        self.seen.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what closes itself."""
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """What closes must be what was opened last."""
        if tag not in self.VOID:
            assert self.open.pop() == tag


def tags(text: str) -> Tags:
    """The tags of a page."""
    found = Tags()
    found.feed(text)
    return found


def test_the_page_names_no_address_and_runs_nothing(text: str) -> None:
    assert "http" not in text.lower()
    assert "//" not in re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)
    found = tags(text).seen
    assert not {name for name, _ in found} & {"script", "link", "iframe", "img", "object", "base"}
    pointing = [
        value for _, given in found for name, value in given.items()
        if name in {"src", "href", "action", "data"}
    ]  # fmt: skip
    assert pointing
    assert all(value is not None and value.startswith("#") for value in pointing)
    assert not [name for _, given in found for name in given if name.startswith("on")]


def test_every_tag_is_closed_and_every_id_is_one(text: str) -> None:
    found = tags(text)
    assert found.open == []
    ids = [given["id"] for _, given in found.seen if "id" in given]
    assert len(ids) == len(set(ids))
    jumps = {str(given["href"])[1:] for _, given in found.seen if "href" in given}
    assert jumps <= set(map(str, ids))


def test_words_of_the_data_are_escaped(text: str) -> None:
    assert "split &lt;stay&gt;" in text
    assert "<stay>" not in text


def test_the_conclusion_comes_first_and_is_counted(data: Data, text: str) -> None:
    ours = where(data["tested"], subject_type="stay", queue="jianbao")[0]
    said = conclusion(data, "stay")
    # 6 places at 1% of 600: two look-alikes stand first, then four planted.
    assert ours["precision"] == pytest.approx(4 / 6, abs=1e-3)
    assert "Of the first 1% of stays (6 cases), 67% are planted" in said
    assert "By the key ¥400 can be recovered" in said
    assert "their scores promised ¥300" in said
    assert text.index("67% are planted") < text.index("<table>")


@pytest.mark.parametrize("of_audits", [False, True])
def test_the_page_names_whom_it_evaluates_and_what_made_it(
    data: Data, text: str, *, of_audits: bool
) -> None:
    later = figures_of_audits(ABOUT, audits(), hospitals(), {"stay": 0.01}, "known later")
    written, held = (page_of_audits(later), later) if of_audits else (text, data)
    assert "Stays: 600 scored by model cafe." in written
    assert "Uses: 600 ordered by rules and detectors of model beef." in written
    assert "Newest scores of 7 nights, 2025-03-25 to 2025-03-31. Data version d1" in written
    assert "Jianbao 0.1.0; made by `jianbao evaluate --truth &#x27;my truth&#x27;`" in written
    assert held["about"]["scored_by"][1]["version"] == "beef"
    assert held["about"]["command"] == ABOUT.command


def test_the_command_can_be_typed_again() -> None:
    assert typed(None, None, quick=False) == "jianbao evaluate"
    told = typed(Path("my truth"), "spring", quick=True)
    assert told == "jianbao evaluate --truth 'my truth' --screen spring --quick"


def test_records_are_counted_by_the_model_that_scored_them() -> None:
    """A kind may have been scored by two models; one that gave no probability has no ranker."""
    scores = pl.DataFrame(
        [("stay", "a", 0.5), ("stay", "b", 0.1), ("stay", "b", 0.2), ("use", None, None)],
        schema={"subject_type": pl.String, "model_version": pl.String, "score": pl.Float64},
        orient="row",
    )
    assert [tuple(row.values()) for row in scored_by(scores, ("use", "stay"))] == [
        ("use", None, 1, 0), ("stay", "b", 2, 2), ("stay", "a", 1, 1),
    ]  # fmt: skip


def test_auc_stands_in_a_footnote_beside_auprc(data: Data, text: str) -> None:
    row = where(data["auc"], subject_type="stay")[0]
    assert 0.5 < row["auc_low"] < row["auc"] < row["auc_high"] <= 1
    assert "of all pairs (AUC); where few are planted, this says little" in text
    assert "not the alerts that nights published" in text


@pytest.mark.parametrize(
    ("amounts", "said"),
    [
        ((2_340_000, 1_000_000, 3_000_000), "2.3 (1.0 to 3.0)"),
        ((40_000, 0, 120_000), "¥400 (¥0 to ¥1,200)"),
        ((-40_000, -99_999, 0), "-¥400 (-¥1,000 to ¥0)"),
        ((None, None, None), "–"),
    ],
)
def test_amounts_of_a_small_city_are_told_in_yuan(
    amounts: tuple[float | None, ...], said: str
) -> None:
    row = dict(zip(("recovery", "recovery_low", "recovery_high"), amounts, strict=True))
    assert wan_with_interval(row, "recovery") == said


def test_what_has_no_probability_promises_nothing(data: Data, text: str) -> None:
    assert "nothing was promised" in conclusion(data, "use")
    assert [row["subject_type"] for row in data["honesty"]] == ["stay"]
    assert "No probability is claimed of uses" in text


def test_an_equal_last_model_is_neither_ahead_nor_behind(data: Data, text: str) -> None:
    row = where(data["tested"], subject_type="stay", queue="the last model")[0]
    assert (row["ahead"], row["ahead_low"], row["ahead_high"]) == (0.0, 0.0, 0.0)
    assert "it scored the same records anew" in text


def test_every_section_has_its_picture(text: str) -> None:
    labels = [given.get("aria-label") for tag, given in tags(text).seen if tag == "svg"]
    assert len(labels) == 2 + 1 + 1 + 2 + 1 + 1  # yields, leads, reliability, vain, learning, lots
    assert all(labels)


def test_the_learning_curve_tells_the_mean_of_its_draws(text: str) -> None:
    row = next(line for line in text.split("<tr>") if line.startswith("<td>stays</td><td>100</td>"))
    assert "<td>39</td><td>2</td><td>0.45</td><td>0.40 to 0.50</td><td>65%</td>" in row


def test_without_a_curve_the_page_says_so() -> None:
    assert "Not computed" in page(told(learned=False))


def test_a_ranking_that_knows_the_answers_fails_the_command_and_the_page(tmp_path: Path) -> None:
    leaking = told(knowing=True)
    assert len(leaking["leaks"]) == 1
    assert "uses, Jianbao reaches AUPRC 1.000 on the 15 of difficulty 2 and above; not asked," in (
        page(leaking)
    )
    assert "FAILED. Leak: of stays, &#x27;Jianbao&#x27; reaches AUPRC 1.000" in page(leaking)
    with pytest.raises(LeakError, match="Leak: of stays, 'Jianbao' reaches AUPRC") as raised:
        check_leaks(leaking, tmp_path / "page.html")
    assert raised.value.exit_code == 12
    check_leaks(told(), tmp_path / "page.html")


def test_the_figures_beside_the_page_give_the_same_page(data: Data, tmp_path: Path) -> None:
    out = tmp_path / "there" / "page.html"
    write(data, out)
    first = out.read_bytes()
    held = storing.load(out.with_suffix(".json"))
    assert json.loads(out.with_suffix(".json").read_text(encoding="utf-8"))
    write(held, out)
    assert out.read_bytes() == first


def test_nothing_planted_is_said_and_not_computed() -> None:
    nothing = figures(ABOUT, [], Hospitals.of([(0, [kinds()[0].rows])]), {}, lambda _: None)
    assert "Nothing was planted" in page(nothing)


# --- later audits -----------------------------------------------------------------------


def audits() -> pl.DataFrame:
    """Twenty by lot, of which six confirmed, one of them missed; four that rules led to."""
    lot = [
        ("stay", f"r{n}", f"h{n % 7}", int(n < 6), "random", 0.01 if n else 0.001,
         100 * int(n < 6), 0.5, int(0 < n < 6))
        for n in range(20)
    ]  # fmt: skip
    led = [("stay", f"l{n}", "h1", int(n < 3), "rule", None, 1000, 0.5, 1) for n in range(4)]
    return pl.DataFrame(lot + led, schema=AUDIT, orient="row")


def hospitals() -> Hospitals:
    """Where they were."""
    return Hospitals.of([(0, [audits()])])


def test_each_audit_by_lot_is_weighted_by_its_chance() -> None:
    """Confirmed: five of weight 100 and one of 1,000; refuted: fourteen of 100."""
    told = by_lot(audits(), "stay", replicates=50)
    assert (told["drawn"], told["confirmed"]) == (20, 6)
    assert told["rate"] == pytest.approx(1500 / 2900)
    assert told["recall"] == pytest.approx(500 / 1500)
    assert told["said"] == pytest.approx(0.5)
    assert told["recall_low"] <= told["recall"] <= told["recall_high"]


def test_few_audits_by_lot_claim_no_recall_and_no_false_certainty() -> None:
    """Nothing confirmed of two says little: Wilson's interval, never 0% to 0%."""
    two = audits().filter(pl.col("selected_by") == "random").tail(2)
    told = by_lot(two, "stay", replicates=50)
    assert told["recall"] is None
    assert told["rate"] == 0.0
    assert told["rate_high"] > 0.5
    assert np.isnan(weighted_rate(two.clear()))


def test_what_was_recovered_is_that_of_the_last_decision() -> None:
    rows = [
        ("a", "1", date(2025, 1, 1), 0, "refuted"),
        ("a", "2", date(2025, 2, 1), 700, "confirmed"),
        ("b", "3", date(2025, 1, 1), 300, "confirmed"),
        # Whoever found nothing out gave nothing back.
        ("b", "4", date(2025, 3, 1), 0, "inconclusive"),
    ]
    schema = ["subject_id", "outcome_id", "decided_on", "amount_recovered", "outcome"]
    outcomes = pl.DataFrame(rows, orient="row", schema=schema)
    standing = pl.DataFrame(
        {
            "subject_id": ["a", "b"],
            "label": [1, 1],
            "selected_by": ["random", "tip"],
            "chance": [0.02, None],
        }
    )
    assert with_recovered(standing, outcomes).sort("subject_id").rows() == [
        ("a", 1, "random", 0.02, 700), ("b", 1, "tip", None, 300),
    ]  # fmt: skip


def test_ways_of_choosing_are_told_apart_and_never_pooled() -> None:
    rows = {row["selected_by"]: row for row in ways(audits(), hospitals()).to_dicts()}
    assert (rows["rule"]["of"], rows["rule"]["found"], rows["rule"]["recovered"]) == (4, 3, 4000)
    assert (rows["random"]["of"], rows["random"]["reached_confirmed"]) == (20, 5)


def test_the_page_of_audits_says_what_is_biased() -> None:
    data = figures_of_audits(
        ABOUT, audits(), hospitals(), {"stay": 0.01, "use": 0.01}, "known later"
    )
    written = page_of_audits(data)
    assert "24 stays were audited, 9 confirmed" in written
    assert "no usable weight" in written
    assert "many of them nearly without bias, few of them possibly far off" in written
    assert "75% (30 to 95)ʷ, biased" in written
    assert "http" not in written
    assert list(data["tested"]) == ["stay"]


def test_without_later_audits_the_page_claims_nothing() -> None:
    data = figures_of_audits(ABOUT, audits().clear(), hospitals(), {"stay": 0.01}, "known later")
    written = page_of_audits(data)
    assert "No audit became known" in written
    assert "no usable weight" in written
