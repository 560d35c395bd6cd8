"""The database itself refuses to change an entry of the audit trail.

Deleting is not refused here, because emptying a test database deletes; a missing entry is
found by ``jianbao audit verify``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import migrations

if TYPE_CHECKING:
    from django.apps.registry import Apps
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TABLE = "workbench_trailentry"
SQLITE = f"""
CREATE TRIGGER trail_is_append_only BEFORE UPDATE ON {TABLE}
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END
"""
POSTGRES = f"""
CREATE FUNCTION trail_is_append_only() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION 'the audit trail is append-only'; END $$ LANGUAGE plpgsql;
CREATE TRIGGER trail_is_append_only BEFORE UPDATE ON {TABLE}
FOR EACH ROW EXECUTE FUNCTION trail_is_append_only();
"""
GUARDS = {"sqlite": SQLITE, "postgresql": POSTGRES}


def guard(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Add the trigger in the words of this database."""
    editor.execute(GUARDS[editor.connection.vendor])


class Migration(migrations.Migration):
    """Add a trigger."""

    dependencies = [("workbench", "0002_casework")]
    operations = [migrations.RunPython(guard)]
