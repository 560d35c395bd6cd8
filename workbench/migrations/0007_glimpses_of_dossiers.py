"""Scores that were seen in dossiers before glimpses were kept, in whichever round, count too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import migrations

if TYPE_CHECKING:
    from django.apps.registry import Apps
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor

AT_ONCE = 500


def from_looks(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Add a glimpse for every person and case of which a look had the score."""
    looks, glimpses = (apps.get_model("workbench", name) for name in ("Look", "Glimpse"))
    seen = looks.objects.filter(saw_score=True).values_list("user_id", "case_id")
    made = [glimpses(user_id=user, case_id=case) for user, case in sorted(set(seen))]
    glimpses.objects.bulk_create(made, batch_size=AT_ONCE)


class Migration(migrations.Migration):
    """Add rows."""

    dependencies = [("workbench", "0006_glimpses")]
    operations = [migrations.RunPython(from_looks, migrations.RunPython.noop)]
