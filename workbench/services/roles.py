"""The roles of ``workbench.access`` as Django groups."""

from __future__ import annotations

from django.contrib.auth.models import Group, Permission

from workbench.access import ROLES


def write_roles(**_signal: object) -> None:
    """Make every role a group with exactly its permissions; called after each migration."""
    for role, names in ROLES.items():
        group, _created = Group.objects.get_or_create(name=role)
        group.permissions.set(_permission(name) for name in names)


def _permission(name: str) -> Permission:
    app, codename = name.split(".")
    return Permission.objects.get(content_type__app_label=app, codename=codename)
