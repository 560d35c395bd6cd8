"""What must hold of every rule, present and future."""

from __future__ import annotations

import ast
import json
from collections import Counter
from datetime import date, timedelta
from importlib import import_module
from pathlib import Path

import polars as pl
import pytest

import rules
from claims.errors import LakeError
from claims.knowledge import load_limits
from features.catalogue import CATALOGUES
from rules import indicator_lines
from rules.catalogue import BY_CODE, RULES, missing
from rules.declaration import DOUBT, SERVICE_DAY, Protective, Rule, limit, rule
from rules.judge import HITS, hit_columns, judge, speaking
from rules.protective import ALL as PROTECTIVES
from tests.worlds import (
    ACCUSED,
    ACQUITTED,
    brought,
    cells,
    judged_schema,
    world,
    written,
)

EVERY = pytest.mark.parametrize("item", RULES, ids=lambda item: item.code)
LEAST_EXAMPLES = 3
LIMITS = load_limits().by_name


def examples(item: Rule) -> str:
    """The table of examples of a rule, from ``tests/spec/test_<code>.py``."""
    text: str = import_module(f"tests.spec.test_{item.code.lower()}").CASES
    return text


def asked_for() -> dict[str, set[str]]:
    """Limits that the code of each rule asks for by name."""
    found: dict[str, set[str]] = {}
    for path in Path(next(iter(rules.__path__))).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef):
                codes = [_first(call) for call in node.decorator_list if _calls(call, "rule")]
                limits = {_first(call) for call in ast.walk(node) if _calls(call, "limit")}
                found |= dict.fromkeys(codes, limits)
    return found


def _calls(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Call) and getattr(node.func, "id", None) == name


def _first(node: ast.AST) -> str:
    argument = node.args[0] if isinstance(node, ast.Call) else None
    return str(argument.value) if isinstance(argument, ast.Constant) else ""


def guard_limits(item: Rule) -> set[str]:
    """Limits that the protective conditions of a rule read."""
    read = " ".join(str(guard.expr) for guard in item.protected_by)
    return {name for name in item.limits if str(limit(name)) in read}


# --- words -----------------------------------------------------------------------------


@EVERY
def test_a_rule_is_named_explained_and_rests_on_law(item: Rule) -> None:
    assert all((item.code, item.en, item.zh, item.hook, item.version, item.loss_method))
    assert item.doc.splitlines()[0].endswith((".", ","))
    assert len(item.doc.split()) >= 8
    assert any("\u4e00" <= letter <= "\u9fff" for letter in item.zh + item.says_zh)
    # 38: breaches; 40: invented or forged. Which of them holds is decided by people.
    assert item.hook[:3] in {"38-", "40-"}


@EVERY
def test_its_sentences_can_be_said_with_its_first_limit(item: Rule) -> None:
    value = LIMITS[item.limits[0]].on(date(2026, 1, 1))
    for said in (item.sentence(value), item.sentence(value, zh=True)):
        assert said
        assert "{" not in said


def test_codes_are_unique_and_those_of_the_schemes() -> None:
    assert Counter(item.code for item in RULES).most_common(1)[0][1] == 1
    assert set(BY_CODE) >= {"H01", "H02", "C02", "C05", "C10"}


@pytest.mark.parametrize("guard", PROTECTIVES, ids=lambda guard: guard.code)
def test_a_protective_condition_is_said_in_both_languages_and_protects_somebody(
    guard: Protective,
) -> None:
    assert guard.en
    assert guard.zh
    assert any(guard in item.protected_by for item in RULES)


# --- columns ---------------------------------------------------------------------------


@EVERY
def test_what_it_reads_and_shows_is_measured(item: Rule) -> None:
    columns = set(judged_schema(item.entity.name))
    guards = {name for guard in item.protected_by for name in guard.expr.meta.root_names()}
    assert item.reads <= columns
    assert set(item.evidence) <= columns
    assert set(item.amount.meta.root_names()) <= columns
    assert guards <= columns


@EVERY
def test_it_shows_what_it_decides_by(item: Rule) -> None:
    catalogue = CATALOGUES[item.entity.name]
    assert item.reads & set(item.evidence)
    assert next(name for name in item.evidence if name in catalogue)


@EVERY
def test_it_decides_by_features_alone_so_that_missing_data_switches_it_off(item: Rule) -> None:
    catalogue = CATALOGUES[item.entity.name]
    assert all(name in catalogue for name in item.reads)
    assert missing(item, catalogue, world())


# --- limits ----------------------------------------------------------------------------


@EVERY
def test_the_limits_it_declares_are_those_it_uses(item: Rule) -> None:
    assert set(item.limits) == asked_for()[item.code] | guard_limits(item)


@pytest.mark.parametrize("name", sorted(LIMITS))
def test_a_limit_is_dated_explained_and_used(name: str) -> None:
    entry = LIMITS[name]
    assert entry.values
    assert all((entry.doc, entry.unit, entry.basis))
    if any(name in item.limits for item in RULES):
        assert all((entry.zh, entry.basis_zh)), "a dossier tells it in Chinese too"
    by_lines = f'"{name}"' in Path(indicator_lines.__file__).read_text(encoding="utf-8")
    assert by_lines or any(name in item.limits for item in RULES)


@EVERY
def test_before_the_first_day_of_its_limits_nobody_is_accused(item: Rule) -> None:
    rows = brought(item, examples(item))
    first = min(min(LIMITS[name].values) for name in item.limits)
    eve = rows.with_columns(pl.lit(first - timedelta(days=1)).alias(SERVICE_DAY))
    assert judge(eve, [item]).is_empty()


# --- examples --------------------------------------------------------------------------


@EVERY
def test_it_has_examples_of_accused_and_acquitted_that_say_why(item: Rule) -> None:
    said = Counter(written(examples(item)).values())
    assert said[ACCUSED] >= LEAST_EXAMPLES
    assert said[ACQUITTED] >= LEAST_EXAMPLES
    assert all(row["because"] for row in cells(examples(item)))


@EVERY
def test_each_of_its_protective_conditions_has_an_example(item: Rule) -> None:
    said = set(written(examples(item)).values()) - {ACCUSED, ACQUITTED}
    assert {code for word in said for code in word.split("+")} == {
        guard.code for guard in item.protected_by
    }


@EVERY
def test_a_row_of_nothing_but_nulls_is_acquitted(item: Rule) -> None:
    rows = brought(item, examples(item))
    unknown = rows.select(
        pl.col(name) if name in {"subject_id", SERVICE_DAY} else pl.lit(None, dtype).alias(name)
        for name, dtype in rows.schema.items()
    )
    assert judge(unknown, [item]).is_empty()


# --- what is reported ------------------------------------------------------------------


@EVERY
def test_a_hit_carries_version_evidence_amount_and_method(item: Rule) -> None:
    hits = judge(brought(item, examples(item)), [item])
    assert dict(hits.schema) == HITS
    for hit in hits.iter_rows(named=True):
        assert hit["version"] == item.version
        assert list(json.loads(hit["evidence"])) == list(item.evidence)
        assert hit["amount"] >= 0
        assert hit["loss_method"] == item.loss_method


@EVERY
def test_a_silenced_hit_is_reported_with_its_reason_and_does_not_speak(item: Rule) -> None:
    table = examples(item)
    rows = brought(item, table)
    hits = judge(rows, [item])
    silenced = {row["subject_id"]: row["protected_by"] for row in hits.to_dicts()}
    marks = hit_columns(rows, hits, [item])
    marked = dict(marks.select("subject_id", f"rule_{item.code}").iter_rows())
    for subject, said in written(table).items():
        protected = said not in {ACCUSED, ACQUITTED}
        assert (subject in silenced) == (said != ACQUITTED)
        assert bool(silenced.get(subject)) == protected
        assert marked[subject] == float(said == ACCUSED)
    accused = {subject for subject, said in written(table).items() if said == ACCUSED}
    assert set(speaking(hits)["subject_id"]) == accused


@EVERY
def test_a_row_is_judged_alone_as_in_the_batch(item: Rule) -> None:
    rows = brought(item, examples(item))
    alone = [judge(rows[place], [item]) for place in range(rows.height)]
    assert pl.concat(alone).sort("subject_id").equals(judge(rows, [item]))


# --- the grammar -----------------------------------------------------------------------


def test_a_rule_without_words_or_with_an_unknown_limit_cannot_be_declared() -> None:
    given = {
        "en": "x", "zh": "x", "hook": "38-1", "grade": DOUBT, "version": "1", "limits": (),
        "evidence": ("x",), "loss_method": "line_sum", "amount": pl.lit(0), "says": "",
        "says_zh": "",
    }  # fmt: skip
    entity = RULES[0].entity

    def silent() -> pl.Expr:
        return pl.lit(value=True)

    def spoken() -> pl.Expr:
        """Say something."""
        return pl.lit(value=True)

    with pytest.raises(ValueError, match="X1: a docstring"):
        rule("X1", entity, **given)(silent)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="a legal hook"):
        rule("X1", entity, **(given | {"hook": ""}))(spoken)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="evidence"):
        rule("X1", entity, **(given | {"evidence": ()}))(spoken)  # type: ignore[arg-type]
    with pytest.raises(LakeError, match="no limit 'split_gap_day'"):
        rule("X1", entity, **(given | {"limits": ("split_gap_day",)}))(spoken)  # type: ignore[arg-type]
