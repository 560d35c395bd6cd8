"""The network of a group: who came with whom, drawn, and told as a table."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from tests.workbench_lake import NIGHT, case, write_group, write_whole
from workbench.selectors import nights
from workbench.selectors.network import MOST_DRAWN, Network, Tie, network
from workbench.web_drawing import HEIGHT, WIDTH, web

if TYPE_CHECKING:
    from django.test import Client

    from claims.lake import Lake

pytest_plugins = ("tests.workbench_fixtures",)

DAY = date(2025, 9, 1)
# Ann and Ben came together twice, Cat with both of them once; Dan came alone.
CAME = {
    "aaaaaaaa-ann": [DAY, DAY + timedelta(days=30)],
    "bbbbbbbb-ben": [DAY + timedelta(days=1), DAY + timedelta(days=30)],
    "cccccccc-cat": [DAY + timedelta(days=31)],
    "dddddddd-dan": [DAY + timedelta(days=60), NIGHT - timedelta(days=400)],
}


def read(lake: Lake) -> Network:
    """The network of the group as the newest night knows it."""
    found = network(lake, nights.published(lake)[0], "G1")
    assert found is not None
    return found


def test_together_is_at_most_a_day_apart_within_the_year(lake: Lake) -> None:
    write_group(lake, CAME)
    told = read(lake)
    assert {(tie.one[:1], tie.other[:1]): tie.times for tie in told.ties} == {
        ("a", "b"): 2, ("a", "c"): 1, ("b", "c"): 1,
    }  # fmt: skip
    assert {person[:1]: stays for person, stays in told.members} == {"a": 2, "b": 2, "c": 1, "d": 1}
    assert told.more == 0


def test_a_large_group_is_drawn_in_part_and_says_so(lake: Lake) -> None:
    many = {f"{number:08d}": [DAY] for number in range(MOST_DRAWN + 3)}
    write_group(lake, many | {"zzzzzzzz": [DAY + timedelta(days=90)]})
    told = read(lake)
    assert len(told.members) == MOST_DRAWN
    assert told.more == 4
    assert "zzzzzzzz" not in dict(told.members)


def test_the_drawing_stays_inside_its_frame() -> None:
    persons = [f"p{number}" for number in range(24)]
    ties = tuple(Tie(one, persons[0], (DAY,) * 3) for one in persons[1:])
    drawn = web(Network(tuple((one, 1) for one in persons), ties, 0))
    assert drawn is not None
    assert all(0 < node.x < WIDTH and 0 < node.y < HEIGHT for node in drawn.nodes)
    assert {line.width for line in drawn.lines} == {8.0}
    assert len({(node.x, node.y) for node in drawn.nodes}) == len(persons)


@pytest.mark.parametrize(
    ("language", "heading", "table"),
    [
        ("en", "Who came with whom", "Pairs who came together"),
        ("zh-cn", "同来关系", "同来的成员对"),
    ],
)
def test_a_dossier_of_a_group_draws_it_and_has_it_as_a_table(
    auditor: Client, lake: Lake, language: str, heading: str, table: str
) -> None:
    write_group(lake, CAME)
    address = reverse("dossier", args=["case-000001"])
    text = auditor.get(address, headers={"Accept-Language": language}).content.decode()
    assert heading in text
    assert table in text
    assert '<svg class="web"' in text
    assert "<title id=" in text
    assert '<th scope="row" class="code">aaaaaaaa</th><td class="code">bbbbbbbb</td>' in text
    # Persons are masked here as everywhere.
    assert "-ann" not in text


def test_a_group_that_the_night_does_not_know_is_not_drawn(auditor: Client, lake: Lake) -> None:
    write_whole(lake, [case(1)], subject_type="group", subject_id="G2")
    text = auditor.get(reverse("dossier", args=["case-000001"])).content.decode()
    assert "Who came with whom" not in text
