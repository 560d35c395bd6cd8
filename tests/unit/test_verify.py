"""Lines before payment: each verdict, in the order of the file, with its reasons."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from typer.testing import CliRunner

from cases.verdicts import CLEAR, HOLD, QUERY, heaviest, verdict_of
from claims.errors import DeliveryError
from claims.proposal import read_proposal
from claims.results import STANDARDS
from claims.settings import Settings
from flows.command_line import app
from flows.judging import base_measures, with_standards
from flows.verify import Verified, examine, verify
from rules import cautions
from rules.declaration import CLUE, DOUBT, Grade
from tests.worlds import subjects, world

if TYPE_CHECKING:
    from pathlib import Path

    from claims.history import History

NIGHT = date(2025, 6, 20)
BEFORE = date(2025, 6, 19)
# 27 characters, as the national codes have.
BALL, SCREW, PLATE = (f"C{number:026d}" for number in (1, 2, 3))
HEADER = "line_id,stay_id,charged_at,category,item_code,quantity,unit_price,amount"
AT = "2025-06-02 10:00"

STAYS = """
    stay_id | hospital_id | person_id | total_amount | admitted_at      | discharged_at    | settled_on | received_on
    a       | H           | P         | 9,000        | 2025-06-01 09:00 | 2025-06-05 09:00 | 2025-06-05 | 2025-06-06
    gone    | H           | P         | 9,000        | 2025-06-01 09:00 | 2025-06-05 09:00 | 2025-06-05 | 2025-06-06
    gone    | H           | P         | 9,000        | 2025-06-01 09:00 | 2025-06-05 09:00 | 2025-06-05 | 2025-06-07
"""
USES = f"""
    use_id | stay_id | item_code | quantity | used_at
    1      | a       | {BALL}    | 1        | 2025-06-02 10:00
    2      | a       | {SCREW}   | 1        | 2025-06-02 10:00
    3      | a       | {PLATE}   | 1        | 2025-06-02 10:00
"""
CATALOGUE = f"""
    item_code | valid_from | class_code | platform_price | implantable | key_list
    {BALL}    | 2024-01-01 | C000000    | 200            | no          | yes
    {SCREW}   | 2024-01-01 | C000000    | 200            | no          | yes
    {PLATE}   | 2024-01-01 | C000000    | 200            | no          | yes
"""
# The plate had another invoice price within the year, so that its dear price is explained.
PURCHASES = f"""
    purchase_id | hospital_id | item_code | delivered_on | quantity | unit_price | lot
    1           | H           | {PLATE}   | 2025-05-01   | 5        | 100        | L1
    2           | H           | {PLATE}   | 2024-08-01   | 5        | 120        | L2
    3           | H           | {BALL}    | 2025-05-01   | 5        | 100        | L3
    4           | H           | {SCREW}   | 2025-05-01   | 5        | 100        | L4
"""
# Of another article: the hospital keeps these books, and they say nothing of what is billed.
MOVES = """
    move_id | hospital_id | item_code | lot | kind    | quantity | moved_at
    1       | H           | tape      | L9  | opening | 5        | 2024-01-01 08:00
"""
COUNTS = """
    hospital_id | item_code | lot | counted_on | quantity
    H           | tape      | L9  | 2025-04-30 | 5
"""
RECORDED = {"device_uses": USES, "consumables": CATALOGUE, "purchases": PURCHASES}
KNOWN = RECORDED | {"stock_moves": MOVES, "stock_counts": COUNTS}
MORE_THAN_USED = f"b,a,{AT},consumable,{BALL},3,100,300"
AS_RECORDED = f"s,a,{AT},consumable,{SCREW},1,100,100"
DEAR_AND_EXPLAINED = f"p,a,{AT},consumable,{PLATE},1,120,120"
DRUG = f"d,a,{AT},drug,X1,1,10,10"


def the_city(**more: str) -> History:
    """What is known before the night; the second version of stay 'gone' cancels it."""
    stays = STAYS.replace("received_on\n", "received_on | voided\n").splitlines()
    told = [line + (" | yes" if "06-07" in line else " | no") for line in stays[2:] if line.strip()]
    return world(BEFORE, stays="\n".join([*stays[:2], *told]), **(KNOWN | more))


def lines_of(folder: Path, *rows: str, header: str = HEADER) -> Path:
    """A file of lines."""
    path = folder / "lines.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def examined(folder: Path, *rows: str, header: str = HEADER) -> Verified:
    """These lines put forward on the night."""
    return examine(read_proposal(lines_of(folder, *rows, header=header)), the_city(), NIGHT)


def only(told: Verified) -> dict[str, Any]:
    """The only line."""
    assert told.lines.height == 1
    return told.lines.row(0, named=True)


def test_a_price_above_all_recommends_to_hold(tmp_path: Path) -> None:
    dear = f"c,a,{AT},consumable,{SCREW},1,250,250,L4"
    line = only(examined(tmp_path, dear, header=HEADER + ",lot"))
    assert (line["verdict"], line["verdict_zh"]) == (HOLD, "建议暂缓支付")
    assert "doubtful point C05 Price above the allowed" in line["reason"]
    assert "疑点 C05 超标准收费" in line["reason_zh"]


def test_more_than_used_is_asked_with_article_limit_and_evidence(tmp_path: Path) -> None:
    line = only(examined(tmp_path, MORE_THAN_USED))
    # Before payment no store has counted yet: the record may have forgotten the units.
    assert (line["verdict"], line["verdict_zh"]) == (QUERY, "询问")
    (found,) = line["findings"]
    assert (found["code"], found["grade"], found["article"]) == ("C02", "线索", "38-3")
    assert found["unasked_en"] == [cautions.not_counted.en]
    assert found["limits"] == '{"billed_over_used_units": 1.0}'
    assert '"billed_quantity":3.0' in found["evidence"]
    assert found["amount_in_doubt"] == 200.0
    assert "clue C02 More billed than used" in line["reason"]
    assert "item 3" in line["reason"]
    assert "线索 C02 耗材多记" in line["reason_zh"]
    assert "第38条第3项" in line["reason_zh"]
    assert "billed 2.0 units more than the operation record shows" in line["reason"]


def test_what_was_used_is_clear_and_says_how_many_rules_were_asked(tmp_path: Path) -> None:
    told = examined(tmp_path, AS_RECORDED)
    line = only(told)
    assert line["verdict"] == CLEAR
    assert line["reason"] == f"{len(told.asked)} rules were asked, none speaks"
    assert line["reason_zh"] == f"已审核{len(told.asked)}条规则，均无提示"
    assert {"C02", "C05"} <= set(told.asked)


def test_a_doubt_with_an_explanation_is_a_query(tmp_path: Path) -> None:
    line = only(examined(tmp_path, DEAR_AND_EXPLAINED))
    assert (line["verdict"], line["rules"]) == (QUERY, ["C05"])
    assert line["findings"][0]["protected_by"] == ["agreed_price"]
    assert "explained perhaps: the price of another invoice" in line["reason"]
    assert "可能的合理解释" in line["reason_zh"]


def test_what_is_no_consumable_is_clear_because_nothing_examines_it(tmp_path: Path) -> None:
    line = only(examined(tmp_path, DRUG))
    assert (line["verdict"], line["reason"]) == (
        CLEAR,
        "not a consumable; nothing examines it here",
    )
    assert line["reason_zh"] == "非医用耗材，此处不予审核"


@pytest.mark.parametrize(
    ("row", "said", "said_zh"),
    [
        (AS_RECORDED.replace(",a,", ",nobody,"), "column 'stay_id'", "住院记录不存在或已撤销"),
        (AS_RECORDED.replace(",a,", ",gone,"), "column 'stay_id'", "住院记录不存在或已撤销"),
        (AS_RECORDED.replace(SCREW, "C9"), "column 'item_code'", "耗材编码不在目录内"),
        (AS_RECORDED.replace(",1,", ",one,"), "column 'quantity'", "内容无法识别"),
        (AS_RECORDED.replace(",1,", ",,"), "column 'quantity'", "缺少必填值，无法审核"),
        (AS_RECORDED.replace("consumable", "toys"), "column 'category'", "费用类别不在目录内"),
        (AS_RECORDED.removeprefix("s"), "lines.csv, row 1", "主键为空"),
    ],
)
def test_what_cannot_be_examined_is_a_query_that_names_the_place(
    row: str, said: str, said_zh: str, tmp_path: Path
) -> None:
    line = only(examined(tmp_path, row))
    assert line["verdict"] == QUERY
    assert "lines.csv, row 1" in line["reason"]
    assert said in line["reason"]
    assert said_zh in line["reason_zh"]


def test_every_line_keeps_its_place(tmp_path: Path) -> None:
    bad, twin = f"x,a,{AT},consumable,{SCREW},one,1,1", AS_RECORDED
    told = examined(
        tmp_path, DRUG, bad, MORE_THAN_USED, AS_RECORDED, twin, DEAR_AND_EXPLAINED
    ).lines
    assert told["row"].to_list() == [1, 2, 3, 4, 5, 6]
    assert told["line_id"].to_list() == ["d", "x", "b", "s", "s", "p"]
    assert told["verdict"].to_list() == [CLEAR, QUERY, QUERY, CLEAR, QUERY, QUERY]


@pytest.mark.parametrize(
    ("grade", "protected", "verdict"),
    [
        (DOUBT, [], HOLD),
        (DOUBT, ["stock_agrees"], QUERY),
        (CLUE, [], QUERY),
        (CLUE, ["record_agrees"], CLEAR),
    ],
)
def test_a_doubtful_point_holds_and_a_clue_asks(
    grade: Grade, protected: list[str], verdict: str
) -> None:
    assert verdict_of(grade, protected) == verdict


def test_what_could_not_be_asked_makes_a_query_and_is_told(tmp_path: Path) -> None:
    path = lines_of(tmp_path, MORE_THAN_USED)
    stays = STAYS.rsplit("\n    gone", 2)[0]
    told = examine(read_proposal(path), world(BEFORE, stays=stays, **RECORDED), NIGHT)
    line = only(told)
    (found,) = line["findings"]
    assert (line["verdict"], line["rules"], found["grade"]) == (QUERY, ["C02"], "线索")
    assert "clue C02 More billed than used" in line["reason"]
    assert "; a clue alone, could not be asked for want of stock_counts" in line["reason"]
    assert "因此仅作线索：未提供库存盘点" in line["reason_zh"]
    (why,) = [one for one in told.graded_down if one.startswith("rule C02")]
    assert "stock_moves" in why


def test_the_gravest_word_counts() -> None:
    assert heaviest([QUERY, HOLD, CLEAR]) == HOLD
    assert heaviest([]) == CLEAR


def test_the_night_finds_the_same(tmp_path: Path) -> None:
    told = examined(tmp_path, MORE_THAN_USED, AS_RECORDED, DEAR_AND_EXPLAINED).lines
    landed = f"""
    line_id | stay_id | charged_at       | category   | item_code | quantity | unit_price | amount | received_on
    b       | a       | 2025-06-02 10:00 | consumable | {BALL}    | 3        | 100        | 300    | 2025-06-20
    s       | a       | 2025-06-02 10:00 | consumable | {SCREW}   | 1        | 100        | 100    | 2025-06-20
    p       | a       | 2025-06-02 10:00 | consumable | {PLATE}   | 1        | 120        | 120    | 2025-06-20
    """
    stays = STAYS.rsplit("\n    gone", 2)[0]
    history = world(NIGHT, stays=stays, fee_lines=landed, **KNOWN)
    uses = subjects(*(f"a|{item}" for item in (BALL, SCREW, PLATE)), as_of=NIGHT)
    base = base_measures(history, "use", uses)
    named = base.with_columns(standard_version=pl.lit(None, pl.String))
    hits = with_standards(history, "use", named, STANDARDS.empty()).hits
    columns = ["code", "evidence", "protected_by"]
    mine = told.explode("findings").drop_nulls("findings").unnest("findings").select(columns)
    assert mine.sort("code").rows() == hits.select(columns).sort("code").rows()
    assert mine.height == 2


def test_parts_find_what_the_whole_finds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = (MORE_THAN_USED, AS_RECORDED, DEAR_AND_EXPLAINED, f"e,e,{AT},consumable,{BALL},1,90,90")
    beside = [row + ",H,900,2025-06-01,2025-06-05" for row in rows]
    whole = examined(tmp_path, *beside, header=STAY_BESIDE).lines
    monkeypatch.setattr("flows.verify.LINES_AT_ONCE", 1)
    assert examined(tmp_path, *beside, header=STAY_BESIDE).lines.equals(whole)


STAY_BESIDE = HEADER + ",hospital_id,total_amount,admitted_at,discharged_at"


def test_an_empty_lake_will_do_and_says_what_is_switched_off(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    row = MORE_THAN_USED + ",H,900,2025-06-01,2025-06-05"
    told = verify(settings, lines_of(tmp_path, row, header=STAY_BESIDE))
    assert only(told)["verdict"] == CLEAR
    assert "C26" in told.asked
    assert any(one.startswith("rule C05") and "consumables" in one for one in told.switched_off)
    assert "C05" not in told.asked
    assert not (tmp_path / "home" / "lake").exists()


def test_without_any_rule_a_line_is_a_query_not_clear(tmp_path: Path) -> None:
    short = "line_id,stay_id,charged_at,category,item_code,hospital_id,total_amount"
    row = f"b,a,{AT},consumable,{BALL},H,900"
    told = verify(Settings(home=tmp_path / "home"), lines_of(tmp_path, row, header=short), NIGHT)
    assert only(told)["verdict"] == QUERY


def test_a_folder_brings_stays_and_records(tmp_path: Path) -> None:
    folder = tmp_path / "batch"
    folder.mkdir()
    lines_of(folder, MORE_THAN_USED).rename(folder / "fee_lines.csv")
    (folder / "stays.csv").write_text("stay_id,hospital_id,total_amount\na,H,900\n")
    (folder / "device_uses.csv").write_text(
        f"use_id,stay_id,item_code,quantity,used_at\n1,a,{BALL},1,{AT}\n"
    )
    told = verify(Settings(home=tmp_path / "home"), folder, NIGHT)
    assert (only(told)["verdict"], only(told)["rules"]) == (QUERY, ["C02"])
    assert "could not be asked for want of purchases" in only(told)["reason"]


def test_a_folder_without_lines_is_refused_gently(tmp_path: Path) -> None:
    (tmp_path / "stays.csv").write_text("stay_id,hospital_id,total_amount\na,H,900\n")
    with pytest.raises(DeliveryError, match="no table 'fee_lines'"):
        read_proposal(tmp_path)


def test_a_known_stay_keeps_its_rows_when_it_stands_beside_the_line(tmp_path: Path) -> None:
    row = MORE_THAN_USED + ",H,900,2025-06-01,2025-06-05"
    line = only(examined(tmp_path, row, header=STAY_BESIDE))
    assert line["rules"] == ["C02"]
    assert line["reason"].startswith("clue C02")


def test_a_stay_of_which_only_the_bill_is_known_is_asked_and_not_held(tmp_path: Path) -> None:
    dear = f"n,new,{AT},consumable,{BALL},1,150,150,H,900,2025-06-01,2025-06-05,L0"
    line = only(examined(tmp_path, dear, header=STAY_BESIDE + ",lot"))
    assert line["findings"][0]["protected_by"] == []
    assert line["findings"][0]["grade"] == DOUBT.value
    assert line["verdict"] == QUERY
    assert line["reason"].startswith("nothing but its bill is known of this stay")
    assert line["reason_zh"].startswith("该住院仅有费用数据")


def test_lines_without_a_class_of_fee_are_taken_for_consumables(tmp_path: Path) -> None:
    header = HEADER.replace(",category", "")
    told = examined(tmp_path, MORE_THAN_USED.replace(",consumable", ""), header=header)
    assert only(told)["rules"] == ["C02"]
    assert any("taken for a consumable" in one for one in told.notices)


@pytest.mark.parametrize("ending", [".csv", ".parquet", ".json"])
def test_the_command_writes_every_line(ending: str, tmp_path: Path) -> None:
    rows = [DRUG, AS_RECORDED, f"x,a,{AT},consumable,{SCREW},one,1,1"]
    path, out = lines_of(tmp_path, *rows), tmp_path / f"out{ending}"
    words = ["--home", str(tmp_path / "home"), "verify", str(path), "--out", str(out)]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    assert "3 lines: clear 0, query 3, recommend hold 0" in done.output
    reader = getattr(pl, f"read_{ending.removeprefix('.')}")
    assert reader(out)["line_id"].to_list() == ["d", "s", "x"]
