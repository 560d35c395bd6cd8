"""What the workbench itself stores: people, and what they did with cases.

What the machine said stays in the lake, where the night put it. A case gets a row here when
somebody first touches it; amounts are whole fen.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models

from workbench import access, life
from workbench.trail_models import TrailEntry, TrailHead

__all__ = [
    "Appeal",
    "Attachment",
    "CaseFile",
    "Glimpse",
    "Look",
    "Opinion",
    "Outcome",
    "SavedFilter",
    "SignInFailure",
    "TrailEntry",
    "TrailHead",
    "User",
]

ID_LENGTH = 200
CODE_LENGTH = 40


class User(AbstractUser):
    """A person who signs in.

    Our own class from the first migration on, because Django cannot change the class of
    users later without rewriting every table that points to it.
    """

    # Empty: the whole city.
    district = models.CharField(max_length=100, blank=True, default="")
    # Hides grade, probability and explanation until the first opinion: those who read the facts
    # first judge best (XAI test, FAccT 2021).
    facts_only = models.BooleanField(default=True)

    class Meta(AbstractUser.Meta):
        """Permissions hang on the person: a case is not a row of this database."""

        permissions: ClassVar = [
            (access.codename(name), words) for name, words in access.PERMISSIONS.items()
        ]


class CaseFile(models.Model):
    """A case that somebody touched: its state, who holds it, and what the lake said then."""

    case_id = models.CharField(max_length=ID_LENGTH, primary_key=True)
    scenario = models.CharField(max_length=CODE_LENGTH)
    hospital_id = models.CharField(max_length=ID_LENGTH, null=True)  # noqa: DJ001  as in the lake
    district = models.CharField(max_length=100, blank=True)
    person_id = models.CharField(max_length=ID_LENGTH, null=True)  # noqa: DJ001  as in the lake
    grade = models.CharField(max_length=CODE_LENGTH)
    amount_at_risk = models.BigIntegerField()
    # The night last looked at, and how many doubtful points it had when it was closed.
    night = models.DateField()
    points = models.IntegerField()
    points_when_closed = models.IntegerField(null=True)
    # The subjects it was closed about, so that what comes later is told apart.
    closed_about = models.JSONField(default=list)
    state = models.CharField(
        max_length=CODE_LENGTH, default=life.NEW, choices=[(one, one) for one in life.STATES]
    )
    owner = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="holds")
    held_until = models.DateTimeField(null=True)
    # Each reopening starts another round of opinions.
    round = models.IntegerField(default=1)
    touched_at = models.DateTimeField(auto_now=True)

    class Meta:
        """What the queue asks for."""

        indexes: ClassVar = [models.Index(fields=["state", "owner"])]

    def __str__(self) -> str:
        """The case and its state."""
        return f"{self.case_id} ({self.state})"

    @property
    def stored(self) -> bool:
        """Whether anybody touched the case yet."""
        return not self._state.adding


class Opinion(models.Model):
    """What one person concluded; ``turn`` 1 and 2 are independent, 3 settles."""

    case = models.ForeignKey(CaseFile, on_delete=models.PROTECT, related_name="opinions")
    round = models.IntegerField()
    turn = models.IntegerField()
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="opinions")
    outcome = models.CharField(max_length=CODE_LENGTH)
    reason = models.CharField(max_length=CODE_LENGTH)
    note = models.TextField()
    scheme = models.CharField(max_length=CODE_LENGTH, blank=True)
    amount = models.BigIntegerField(default=0)
    alert_ids = models.JSONField(default=list)
    # Whether the score and its explanation had been seen before.
    saw_score = models.BooleanField()
    night = models.DateField()
    given_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """Nobody speaks twice in a round, and no turn is given twice."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "round", "turn"], name="one_a_turn"),
            models.UniqueConstraint(fields=["case", "round", "author"], name="one_an_author"),
        ]
        ordering: ClassVar = ["round", "turn"]

    def __str__(self) -> str:
        """Who said what."""
        return f"{self.case_id}: {self.outcome}"


class Look(models.Model):
    """That a person has opened a dossier in a round, and whether the score was shown."""

    case_id = models.CharField(max_length=ID_LENGTH)
    round = models.IntegerField()
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    saw_score = models.BooleanField(default=False)

    class Meta:
        """One a person and round."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case_id", "round", "user"], name="one_look")
        ]

    def __str__(self) -> str:
        """Who looked at what."""
        return f"{self.user_id} at {self.case_id}"


class Glimpse(models.Model):
    """That a person has seen what the machine made of a case, wherever that was.

    In a dossier, a list or an export, and in any round: what was seen is not unseen.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE)
    case_id = models.CharField(max_length=ID_LENGTH)
    first_seen = models.DateTimeField(auto_now_add=True)

    class Meta:
        """One a person and case; a decision looks it up."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "case_id"], name="one_glimpse")
        ]

    def __str__(self) -> str:
        """Who saw what."""
        return f"{self.user_id} of {self.case_id}"


class Appeal(models.Model):
    """A hospital's objection to a confirmed case, with the day by which it is answered."""

    case = models.ForeignKey(CaseFile, on_delete=models.PROTECT, related_name="appeals")
    filed_on = models.DateField()
    due_on = models.DateField()
    grounds = models.TextField()
    outcome = models.CharField(max_length=CODE_LENGTH, blank=True)
    answered_on = models.DateField(null=True)
    answer = models.TextField(blank=True)

    def __str__(self) -> str:
        """Of which case."""
        return f"appeal of {self.case_id}"


class Attachment(models.Model):
    """A file that a reviewer attached in a round; in the database, so that a backup has it."""

    case = models.ForeignKey(CaseFile, on_delete=models.PROTECT, related_name="attachments")
    round = models.IntegerField()
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="attachments")
    name = models.CharField(max_length=ID_LENGTH)
    size = models.IntegerField()
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    attached_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """In the order in which they came."""

        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        """Its name."""
        return self.name


class Outcome(models.Model):
    """A row for the contract's table `audit_outcomes`, waiting to be handed over.

    ``night`` is the one it was delivered with; empty until then.
    """

    outcome_id = models.CharField(max_length=ID_LENGTH, primary_key=True)
    case = models.ForeignKey(CaseFile, on_delete=models.PROTECT, related_name="outcomes")
    subject_type = models.CharField(max_length=CODE_LENGTH)
    subject_id = models.CharField(max_length=ID_LENGTH)
    scenario = models.CharField(max_length=CODE_LENGTH)
    scheme = models.CharField(max_length=CODE_LENGTH, blank=True)
    audited_schemes = models.CharField(max_length=ID_LENGTH, blank=True)
    outcome = models.CharField(max_length=CODE_LENGTH)
    event_on = models.DateField()
    decided_on = models.DateField()
    amount_recovered = models.BigIntegerField(default=0)
    selected_by = models.CharField(max_length=CODE_LENGTH)
    selection_probability = models.FloatField(null=True)
    supersedes = models.CharField(max_length=ID_LENGTH, blank=True)
    night = models.DateField(null=True)

    def __str__(self) -> str:
        """Its number."""
        return self.outcome_id


class SavedFilter(models.Model):
    """A filter of the queue that a person gave a name."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="filters")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=500)

    class Meta:
        """A name once a person."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "name"], name="one_name")]
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        """Its name."""
        return self.name


class SignInFailure(models.Model):
    """A password that did not fit: who was tried, from where, when."""

    name = models.CharField(max_length=150)
    address = models.CharField(max_length=64)
    at = models.DateTimeField(auto_now_add=True, db_index=True)

    def __str__(self) -> str:
        """The name that was tried."""
        return self.name
