"""The two tables of the audit trail: its entries, each sealed on the one before, and its end."""

from __future__ import annotations

import hashlib
from typing import ClassVar, NoReturn

from django.db import models

HASH_LENGTH = 64
BEGINNING = "0" * HASH_LENGTH


class TrailEntry(models.Model):
    """One event. It is written once; the database itself refuses to change it."""

    number = models.BigIntegerField(primary_key=True)
    # Text, so that what is hashed is exactly what is stored, in every database.
    at = models.CharField(max_length=40)
    actor = models.CharField(max_length=150)
    event = models.CharField(max_length=60)
    subject = models.CharField(max_length=200, db_index=True)
    details = models.TextField()
    previous = models.CharField(max_length=HASH_LENGTH)
    seal = models.CharField(max_length=HASH_LENGTH)

    class Meta:
        """In order."""

        ordering: ClassVar = ["number"]

    def __str__(self) -> str:
        """What happened to what."""
        return f"{self.number} {self.event} {self.subject}"

    def sealed(self) -> str:
        """SHA-256 over everything the entry says and the seal of the one before."""
        told = [str(self.number), self.at, self.actor, self.event, self.subject, self.details]
        # The length before each part: no two entries can read the same.
        parts = (f"{len(part)}:{part}" for part in [*told, self.previous])
        return hashlib.sha256("".join(parts).encode()).hexdigest()

    def delete(self, *_args: object, **_named: object) -> NoReturn:
        """Refuse."""
        raise TypeError("the audit trail is append-only")


class TrailHead(models.Model):
    """Where the trail ends: one row, locked by whoever appends."""

    number = models.BigIntegerField(default=0)
    seal = models.CharField(max_length=HASH_LENGTH, default=BEGINNING)

    def __str__(self) -> str:
        """How far the trail goes."""
        return str(self.number)
