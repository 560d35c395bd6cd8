"""What the workbench itself stores: people. Cases stay in the lake, where the night put them."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """A person who signs in.

    Our own class from the first migration on, because Django cannot change the class of
    users later without rewriting every table that points to it.
    """

    class Meta(AbstractUser.Meta):
        """Permissions hang on the person: a case is not a row of this database."""

        permissions: ClassVar = [("read_queue", "May read the queue of cases")]
