"""People: adding one, and giving one a new password."""

from __future__ import annotations

from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from claims.errors import JianbaoError, NotFoundError, did_you_mean
from workbench.access import AUDITOR, ROLES
from workbench.models import User


class UserError(JianbaoError):
    """A user cannot be added or changed as asked."""

    exit_code = 2


@transaction.atomic
def add_user(*, name: str, password: str, role: str = AUDITOR, district: str = "") -> User:
    """Add a person with one role, for one district or for the whole city.

    Raises UserError when the name is taken or the password weak.
    """
    _check_role(role)
    if User.objects.filter(username=name).exists():
        raise UserError(f"There is a user '{name}' already.", "Choose another name.")
    user = User(username=name, district=district)
    _check_name(user)
    _set_password(user, password)
    user.groups.add(Group.objects.get(name=role))
    return user


@transaction.atomic
def set_password(*, name: str, password: str) -> User:
    """Give a person a new password, which also ends every session of the old one."""
    user = User.objects.filter(username=name).first()
    if user is None:
        known = User.objects.values_list("username", flat=True)
        raise NotFoundError(f"There is no user '{name}'.", did_you_mean(name, known).strip())
    _set_password(user, password)
    return user


def _check_role(role: str) -> None:
    if role not in ROLES:
        raise UserError(f"There is no role '{role}'.", f"The roles are: {', '.join(ROLES)}.")


def _check_name(user: User) -> None:
    try:
        user.full_clean(exclude=["password"])
    except ValidationError as error:
        raise UserError(" ".join(error.messages), "Choose another name.") from error


def _set_password(user: User, password: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise UserError(" ".join(error.messages), "Choose another password.") from error
    user.set_password(password)
    user.save()
