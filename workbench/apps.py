"""The one Django application of the workbench."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class WorkbenchConfig(AppConfig):
    """Name and start of the application."""

    name = "workbench"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Bring the roles into the database after each migration, like permissions."""
        from workbench.services.roles import write_roles  # noqa: PLC0415  models load first

        post_migrate.connect(write_roles, sender=self)
