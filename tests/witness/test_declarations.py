"""Every scheme and look-alike is declared whole, planted, and has a witness of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from synthetic.asked import DIFFICULTIES
from synthetic.declared import lookalikes, schemes
from synthetic.grammar import Lookalike, Scheme

HERE = Path(__file__).parent
LEAST_LOOKALIKES = 3
WRITTEN = "\n".join(
    p.read_text(encoding="utf-8")
    for p in (*HERE.glob("test_*.py"), *HERE.parent.glob("unit/test_synthetic_*.py"))
    if p.name != Path(__file__).name
)


@pytest.mark.parametrize("scheme", schemes(), ids=lambda s: s.code)
def test_a_scheme_is_declared_whole(scheme: Scheme) -> None:
    assert set(scheme.recipe) == set(DIFFICULTIES)
    assert all((scheme.title_en, scheme.title_zh, scheme.doc, scheme.traces))
    assert scheme.share > 0


@pytest.mark.parametrize("scheme", schemes(), ids=lambda s: s.code)
def test_a_scheme_has_three_innocent_look_alikes(scheme: Scheme) -> None:
    like = [one.name for one in lookalikes() if scheme.code in one.resembles]
    assert len(like) >= LEAST_LOOKALIKES, like


@pytest.mark.parametrize("scheme", schemes(), ids=lambda s: s.code)
def test_a_scheme_has_a_witness(scheme: Scheme) -> None:
    assert f'"{scheme.code}"' in WRITTEN


@pytest.mark.parametrize("like", lookalikes(), ids=lambda one: one.name)
def test_a_look_alike_has_a_witness_and_resembles_declared_schemes(like: Lookalike) -> None:
    assert f'"{like.name}"' in WRITTEN
    assert set(like.resembles) <= {scheme.code for scheme in schemes()}
