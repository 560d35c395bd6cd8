"""People of the demonstration: one for every role, two auditors, and one password for all."""

from __future__ import annotations

import secrets
from typing import Final

from django.contrib.auth.models import Group
from django.db import transaction

from workbench import access
from workbench.models import User

PASSWORD_BYTES = 12
# A second opinion needs a second auditor.
PEOPLE: Final[dict[str, str]] = {
    "auditor": access.AUDITOR,
    "auditor2": access.AUDITOR,
    "senior": access.SENIOR,
    "scientist": access.SCIENTIST,
    "viewer": access.VIEWER,
    "administrator": access.ADMINISTRATOR,
}


@transaction.atomic
def renew() -> str:
    """Make who is missing, and give all of them a new random password, which is returned.

    It is kept nowhere but as a hash, so it can be shown once; called again, it makes another.
    """
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    for name, role in PEOPLE.items():
        user, _made = User.objects.get_or_create(username=name)
        user.set_password(password)
        user.save()
        user.groups.set([Group.objects.get(name=role)])
    return password
