"""Freed memory goes back soon, whichever room is entered first."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from claims import memory

ASK = "import {room}, os; print(os.environ['{name}'])"


def asked(room: str, **given: str) -> str:
    """The setting that a process sees after it has entered a room."""
    clean = {name: value for name, value in os.environ.items() if name != memory.NAME}
    words = [sys.executable, "-c", ASK.format(room=room, name=memory.NAME)]
    done = subprocess.run(words, check=True, capture_output=True, text=True, env=clean | given)
    return done.stdout.strip()


@pytest.mark.parametrize("room", ["claims", "flows.command_line", "synthetic", "bench.growth"])
def test_the_setting_is_there_whichever_room_is_first(room: str) -> None:
    assert asked(room).endswith(memory.SOON)  # Polars writes its own wishes before it


def test_a_setting_of_the_machine_stays() -> None:
    assert asked("claims", **{memory.NAME: "dirty_decay_ms:9"}) == "dirty_decay_ms:9"


@pytest.mark.parametrize("room", ["flows.command_line", "synthetic", "bench.growth"])
def test_it_is_there_before_polars_is_loaded(room: str) -> None:
    told = f"""
import sys
class Watch:
    def find_spec(self, name, path=None, target=None):
        if name == "polars":
            import os
            assert "{memory.NAME}" in os.environ, "Polars came first"
sys.meta_path.insert(0, Watch())
import {room}, polars
"""
    clean = {name: value for name, value in os.environ.items() if name != memory.NAME}
    subprocess.run([sys.executable, "-c", told], check=True, env=clean)
