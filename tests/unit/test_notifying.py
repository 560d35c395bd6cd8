"""Messages reach a real web server, hide their addresses, and never stop a night."""

from __future__ import annotations

import logging
from datetime import date
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from claims.errors import DeliveryError
from claims.settings import Settings, load_settings
from flows.notifying import (
    FAILURE,
    SUCCESS,
    WARNING,
    Message,
    notify,
    of_failure,
    of_night,
    of_nights,
)
from tests.webhook import PASSWORD, Received, listening

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NIGHT = date(2025, 3, 31)
MESSAGE = Message("Night done", "40 doubtful points.", SUCCESS)
REPORT = {"night": "2025-03-31", "alerts": 40, "cases": 33, "notice": None}


@pytest.fixture
def desk(request: pytest.FixtureRequest) -> Iterator[Received]:
    with listening(getattr(request, "param", 200)) as server:
        yield server


def settings(*addresses: str) -> Settings:
    return load_settings(notify=tuple(SecretStr(one) for one in addresses))


def test_a_message_arrives_with_title_body_and_kind(desk: Received) -> None:
    assert notify(settings(desk.address), MESSAGE) == []
    (body,) = desk.bodies
    assert (body["title"], body["message"], body["type"]) == (
        "Night done",
        "40 doubtful points.",
        "success",
    )


@pytest.mark.parametrize("desk", [500], indirect=True)
def test_what_a_server_refuses_is_logged_without_the_password(
    desk: Received, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        (missed,) = notify(settings(desk.address), MESSAGE)
    assert "127.0.0.1" in missed
    assert "did not reach" in caplog.text
    assert PASSWORD not in missed + caplog.text


def test_one_address_that_fails_leaves_the_others(
    desk: Received, caplog: pytest.LogCaptureFixture
) -> None:
    missed = notify(settings(f"nonsense://{PASSWORD}", "", desk.address), MESSAGE)
    assert len(missed) == 2
    assert len(desk.bodies) == 1
    assert PASSWORD not in caplog.text


def test_a_library_that_fails_stops_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> None:
        raise ValueError(f"json://{PASSWORD}@127.0.0.1")

    monkeypatch.setattr("flows.notifying._apprise", broken)
    assert len(notify(settings("json://127.0.0.1"), MESSAGE)) == 1
    assert "ValueError" in caplog.text
    assert PASSWORD not in caplog.text


def test_without_an_address_nothing_is_sent_and_nothing_loaded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("flows.notifying._apprise", lambda: pytest.fail("loaded"))
    assert notify(settings(), MESSAGE) == []


def test_addresses_come_from_the_variable_or_the_file_and_stay_hidden(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "jianbao.toml").write_text(f'notify = ["json://{PASSWORD}@a", "json://b"]\n')
    assert len(load_settings().notify) == 2
    monkeypatch.setenv("JIANBAO_NOTIFY", f"json://{PASSWORD}@c  json://d json://e")
    read = load_settings()
    assert [one.get_secret_value()[-2:] for one in read.notify] == ["@c", "/d", "/e"]
    # Prefect keeps what a flow was started with, as JSON.
    assert PASSWORD not in f"{read!r}{read.model_dump_json()}"


def test_a_night_is_told_in_one_short_message() -> None:
    told = of_night(REPORT)
    assert told.kind == SUCCESS
    assert told.title == "Jianbao 鉴保: night of 2025-03-31 done"
    assert told.body == "40 doubtful points in 33 cases."


def test_what_was_held_back_is_counted_and_not_named() -> None:
    landed = ["  ! Hospital H77: 9 stays tonight and not one fee line"]
    told = of_night(REPORT | {"held": 2, "quarantined": 1234, "landed": landed})
    assert told.kind == WARNING
    assert "held back" in told.title
    assert "Deliveries held back: 2" in told.body
    assert "1,234" in told.body
    assert "H77" not in told.title + told.body


def test_a_failure_tells_its_kind_and_no_detail() -> None:
    told = of_failure(NIGHT, DeliveryError("Row of person 3101 is wrong.", "Correct it."))
    assert told.kind == FAILURE
    assert "DeliveryError" in told.body
    assert "3101" not in told.title + told.body


def test_many_nights_make_one_message() -> None:
    told = of_nights([REPORT, REPORT | {"night": "2025-04-01", "held": 1}])
    assert "2025-03-31 to 2025-04-01" in told.title
    assert "80 doubtful points" in told.body
    assert told.kind == WARNING
