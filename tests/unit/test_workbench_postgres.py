"""The workbench on PostgreSQL, a real server of the test run: tables, the trail and its guard."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest_plugins = ("tests.postgres",)

ROOT = Path(__file__).parents[2]
BEGIN = """
from django.db import DatabaseError, connection, transaction
from workbench import serve
serve.prepare()
from workbench.models import TrailEntry
from workbench.services.trail import Event, append, verify
with transaction.atomic():
    for number in range(3):
        append(Event(None, "test", f"case-{number}", {"number": number}))
assert connection.vendor == "postgresql"
assert verify().entries == 3 and verify().broken is None
"""
REFUSED = """
try:
    TrailEntry.objects.filter(number=2).update(actor="somebody else")
except DatabaseError as refused:
    assert "append-only" in str(refused)
else:
    raise SystemExit("the entry was changed")
print(verify().why or "whole")
"""
TAMPERED = """
with connection.cursor() as cursor:
    cursor.execute("DROP TRIGGER trail_is_append_only ON workbench_trailentry")
    cursor.execute({statement!r})
print(verify().why or "whole")
"""
CHANGED = "UPDATE workbench_trailentry SET details = details || ' ' WHERE number = 2"
CUT_OFF = "DELETE FROM workbench_trailentry WHERE number = 3"
TOGETHER = """
try:
    with transaction.atomic():
        append(Event(None, "test", "case-9", {}))
        raise RuntimeError("the deed failed")
except RuntimeError:
    print(verify().entries, verify().why or "whole")
"""
CHECKED = """
from django.core.management import call_command
call_command("makemigrations", "--check", "--dry-run", verbosity=0)
print("whole")
"""


@pytest.mark.parametrize(
    ("code", "said"),
    [
        pytest.param(REFUSED, "whole", id="an entry cannot be changed"),
        pytest.param(
            TAMPERED.format(statement=CHANGED), "entry 2 was changed", id="a changed byte"
        ),
        pytest.param(
            TAMPERED.format(statement=CUT_OFF), "the trail ends at 2, not at 3", id="a cut off end"
        ),
        pytest.param(TOGETHER, "3 whole", id="a failed deed leaves no entry"),
        pytest.param(CHECKED, "whole", id="the tables are those of the models"),
    ],
)
def test_on_postgresql(postgres: str, tmp_path: Path, code: str, said: str) -> None:
    environment = os.environ | {
        "JIANBAO_HOME": str(tmp_path),
        "JIANBAO_DATABASE_URL": postgres,
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
    }
    done = subprocess.run(
        [sys.executable, "-c", BEGIN + code],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout.strip(), done.returncode) == (said, 0), done.stderr
