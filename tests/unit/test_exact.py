"""A quotient has the same digits alone, in a batch and as Python has them."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import polars as pl
import pytest

from features.catalogue import CATALOGUES
from features.exact import divided
from rules.catalogue import BY_CODE, RULES
from rules.judge import judge
from tests.worlds import brought

ROOT = Path(__file__).parents[2]
ROOMS = ("features", "rules", "models", "cases", "flows")
FEN = [*range(1, 5_000), 15_267, 9_999_999_999]
# How Polars writes a division by a plain number; whole parts (//) of whole numbers are exact.
BY_A_NUMBER = re.compile(r"(?<!/)/ \(dyn ")


@pytest.mark.parametrize("by", [100.0, 365.25, 3.29, 0.02])
@pytest.mark.parametrize("dtype", [pl.Int64(), pl.Float64()])
def test_a_quotient_is_the_same_alone_and_in_company(by: float, dtype: pl.DataType) -> None:
    rows = pl.DataFrame({"fen": FEN}, schema={"fen": dtype})
    together = rows.select(divided(pl.col("fen"), by)).to_series().to_list()
    apart = [rows[place].select(divided(pl.col("fen"), by)).item() for place in range(200)]
    assert together == [fen / by for fen in FEN]
    assert apart == together[:200]


def test_a_constant_column_is_divided_as_any_other() -> None:
    rows = pl.DataFrame({"row": [1, 2, 3]}).with_columns(fen=pl.lit(15_267))
    assert set(rows.select(divided(pl.col("fen"), 100.0)).to_series()) == {152.67}


def test_polars_by_itself_divides_in_two_ways() -> None:
    # When this fails, ``divided`` is no longer needed.
    rows = pl.DataFrame({"fen": [15_267, 15_267]})
    alone, in_company = (rows.head(n).select(pl.col("fen") / 100).item(0, 0) for n in (1, 2))
    assert (alone, in_company) == (152.67, 152.67000000000002)


PRICES = """
    subject_id | price_over_limit | days_since_price_change | billed_price | price_limit | billed_amount
    one        | 1.04             | 300                     | 158.49       | 152.67      | 158.49
    two        | 1.04             | 300                     | 158.49       | 152.67      | 158.49
"""


def test_a_rule_shows_the_same_evidence_alone_and_in_company() -> None:
    rule = BY_CODE["C05"]
    rows = brought(rule, PRICES)
    shown = [judge(rows.head(many), [rule])["evidence"].item(0) for many in (1, 2)]
    assert shown[0] == shown[1]
    assert json.loads(shown[0])["price_limit"] == 152.67


def test_nothing_declared_is_divided_by_a_plain_number() -> None:
    said = [item.expr for catalogue in CATALOGUES.values() for item in catalogue.features]
    said += [expr for item in RULES for expr in (item.expr, item.amount)]
    said += [guard.expr for item in RULES for guard in item.protected_by]
    assert [str(expr) for expr in said if BY_A_NUMBER.search(str(expr))] == []
    assert BY_A_NUMBER.search(str((pl.col("fen") + 1) / 100.0))
    assert not BY_A_NUMBER.search(str(pl.col("fen") // 100))


def test_no_column_is_divided_by_a_constant_in_any_room_that_judges() -> None:
    files = [path for room in ROOMS for path in sorted((ROOT / room).glob("*.py"))]
    found = [
        f"{path.name}: {code}"
        for path in files
        for code in plain_divisions(path.read_text("utf-8"))
    ]
    assert found == []
    assert plain_divisions('tail = (pl.col("anomaly") - FROM) / (1 - FROM)') != []


def plain_divisions(source: str) -> list[str]:
    """Quotients of a column and a constant, as code."""
    quotients = (
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)
    )
    return [
        ast.unparse(node)
        for node in quotients
        if "pl." in ast.unparse(node.left) and is_constant(node.right)
    ]


def is_constant(node: ast.AST) -> bool:
    """A number, a NAME of one, or figures made of these."""
    parts = [part for part in ast.walk(node) if isinstance(part, ast.expr)]
    return all(
        isinstance(part, ast.Constant | ast.BinOp | ast.UnaryOp)
        or (isinstance(part, ast.Name) and part.id.isupper())
        for part in parts
    )
