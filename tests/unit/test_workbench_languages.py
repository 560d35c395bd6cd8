"""English and Chinese: every word has both, and the reader chooses."""

from __future__ import annotations

import gettext
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from django.utils.translation import override
from django.utils.translation.template import templatize

import workbench
from claims.results import GRADES
from claims.tables import SCENARIOS
from features.catalogue import CATALOGUES
from models.detectors import OTHER_FAMILY
from models.explain import DETECTORS_FAMILY, RULES_FAMILY
from tests.workbench_lake import case, write_night
from workbench import families, typologies, wording
from workbench.templatetags.formats import detector_word, figure

if TYPE_CHECKING:
    from django.test import Client

    from claims.lake import Lake

pytest_plugins = ("tests.workbench_fixtures",)

ROOM = Path(workbench.__file__).parent
CATALOGUE = ROOM / "locale" / "zh_Hans" / "LC_MESSAGES"
CHINESE = {"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5"}
MARKED_IN_TEMPLATE = re.compile(r" n?gettext\((?:u?'((?:[^'\\]|\\.)*)'|u?\"((?:[^\"\\]|\\.)*)\")")
MARKED_IN_PYTHON = re.compile(r'\b_\("((?:[^"\\]|\\.)*)"\)')


def marked() -> set[str]:
    """Every text of templates and modules that is marked for translation."""
    found = set()
    for page in ROOM.rglob("*.html"):
        code = templatize(page.read_text(encoding="utf-8"))
        found |= {one or other for one, other in MARKED_IN_TEMPLATE.findall(code)}
    for module in ROOM.rglob("*.py"):
        found |= set(MARKED_IN_PYTHON.findall(module.read_text(encoding="utf-8")))
    return found


def words_of(compiled: Path) -> dict[object, str]:
    """Read a compiled catalogue: English text (a plural with its number) to Chinese."""
    with compiled.open("rb") as file:
        words: dict[object, str] = vars(gettext.GNUTranslations(file))["_catalog"]
        return words


def test_every_marked_text_has_its_chinese() -> None:
    chinese = words_of(CATALOGUE / "django.mo")
    missing = {text for text in marked() if not (chinese.get(text) or chinese.get((text, 0)))}
    assert len(marked()) > 50
    assert missing == set()


def test_no_chinese_is_left_for_a_text_that_is_gone() -> None:
    kept = re.findall(r'^msgid "(.+)"$', (CATALOGUE / "django.po").read_text("utf-8"), re.MULTILINE)
    assert set(kept) - marked() == set()


@pytest.mark.skipif(shutil.which("msgfmt") is None, reason="gettext is not installed")
def test_the_compiled_words_are_those_of_the_source(tmp_path: Path) -> None:
    fresh = tmp_path / "django.mo"
    subprocess.run(
        ["msgfmt", "--check-format", "-o", fresh, CATALOGUE / "django.po"],  # noqa: S607
        check=True,
    )
    assert words_of(fresh) == words_of(CATALOGUE / "django.mo")


def test_the_chinese_page_has_the_chinese_headline(auditor: Client, lake: Lake) -> None:
    write_night(lake, [case(1)])
    text = auditor.get(reverse("queue"), headers=CHINESE).content.decode()
    assert "中文句子1" in text
    assert "English sentence" not in text
    assert "机器提示，由人判断。" in text
    assert "<b>H01</b> 疑似分解住院" in text
    assert '<html lang="zh-hans">' in text


def test_a_missing_sentence_is_shown_in_the_other_language(auditor: Client, lake: Lake) -> None:
    write_night(lake, [case(1, headline_zh="")])
    assert "English sentence 1" in auditor.get(reverse("queue"), headers=CHINESE).content.decode()


@pytest.mark.parametrize("language", ["xx", "fr-CH, fr;q=0.9", "zh_ _;;q=", "*", ""])
def test_a_wrong_language_falls_back_to_english(anonymous: Client, language: str) -> None:
    response = anonymous.get(reverse("sign-in"), headers={"Accept-Language": language})
    assert response.headers["Content-Language"] == "en"


def test_the_switch_is_remembered_and_returns_to_the_page(auditor: Client) -> None:
    asked = {"language": "zh-hans", "next": "/?grade=red"}
    assert auditor.post(reverse("language"), asked).headers["Location"] == "/?grade=red"
    assert auditor.get(reverse("queue")).headers["Content-Language"] == "zh-hans"


def test_the_switch_ignores_a_language_it_does_not_have(anonymous: Client) -> None:
    anonymous.post(reverse("language"), {"language": "xx", "next": "/sign-in/"})
    assert anonymous.get(reverse("sign-in")).headers["Content-Language"] == "en"


def test_every_code_of_the_contract_has_a_word() -> None:
    assert set(wording.GRADE_WORDS) == set(GRADES)
    assert set(wording.SCENARIO_WORDS) == set(SCENARIOS)


def test_rule_titles_are_neutral_and_know_sub_codes() -> None:
    assert typologies.title("H01.core", chinese=False) == typologies.TITLES["H01"].en
    assert typologies.title("Z99", chinese=True) == ""
    for title in typologies.TITLES.values():
        assert not re.search(
            r"fraud|false|fake|cheat|骗|虚假|造假", f"{title.en} {title.zh}", re.IGNORECASE
        )


def test_every_family_of_features_has_its_chinese() -> None:
    named = {item.family for catalogue in CATALOGUES.values() for item in catalogue.features}
    named |= {RULES_FAMILY, DETECTORS_FAMILY, OTHER_FAMILY}
    assert named == set(families.CHINESE)


@pytest.mark.parametrize(
    ("told", "chinese"),
    [("2.9 d to 12.0 d", "2.9 天 至 12.0 天"), ("11,158 yuan", "11,158 元"), ("0%", "0%")],
)
def test_figures_that_were_written_in_english_are_told_in_chinese(told: str, chinese: str) -> None:
    assert figure(told) == told
    with override("zh-hans"):
        assert figure(told) == chinese


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ("hbos 99 9", "histograms (HBOS), from P99.9"),
        ("probability 20", "probability of the ranker, from 20%"),
        ("new_one 99", "new_one, from P99"),
    ],
)
def test_detectors_and_bands_have_words(told: str, words: str) -> None:
    assert detector_word(told) == words
