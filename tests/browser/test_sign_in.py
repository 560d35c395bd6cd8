"""A person signs in with a real browser, reads the queue in both languages, and leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bench import chromium
from tests.workbench_lake import case, write_night
from workbench.services import users

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django.live_server_helper import LiveServer

    from claims.lake import Lake

pytest_plugins = ("tests.workbench_fixtures",)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.enable_socket,
    pytest.mark.skipif(chromium.found() is None, reason="Chromium is not installed"),
]

PASSWORD = "correct horse battery"  # noqa: S105  a made-up one


def test_a_person_signs_in_reads_and_leaves(
    live_server: LiveServer, lake: Lake, tmp_path: Path
) -> None:
    users.add_user(name="lin", password=PASSWORD)
    write_night(lake, [case(1, grade="red"), case(2)])
    with chromium.browser(tmp_path / "profile") as started:
        tab = started.tab()
        tab.open(live_server.url)
        tab.fill("#id_username", "lin")
        tab.fill("#id_password", PASSWORD)
        tab.follow(".card .primary")
        tab.wait_for("document.querySelectorAll('tbody tr').length === 2")
        assert tab.ask("document.querySelector('.grade, a.red') === null")  # as everybody begins
        assert "English sentence 1" not in tab.text()
        assert tab.ask("document.documentElement.scrollWidth <= window.innerWidth")

        tab.follow(".top-end form:first-child button")  # facts only, off
        assert tab.ask("getComputedStyle(document.querySelector('.grade.red')).color") == (
            "rgb(255, 255, 255)"  # the style sheet is there
        )
        tab.follow("a.red")
        tab.wait_for("document.querySelectorAll('tbody tr').length === 1")
        tab.follow("button[value='zh-hans']")
        assert tab.ask("document.documentElement.lang") == "zh-hans"
        assert "中文句子1" in tab.text()

        tab.follow(".leave button")
        assert tab.ask("location.pathname") == "/sign-in/"
