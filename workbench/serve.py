"""Starting the workbench, and the first user: what the command line calls."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import django
from django.conf import settings
from django.core.management import call_command

from claims.errors import JianbaoError, SettingsError
from claims.settings import load_settings
from workbench import database, secret
from workbench.answering import answer, beside, listening

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from workbench.models import User
    from workbench.services.packets import Checked
    from workbench.services.trail import Proof

LOOPBACK = ("127.0.0.1", "localhost", "::1")


class TrailError(JianbaoError):
    """The audit trail was changed, or a part of it is missing."""

    exit_code = 11


def serve(host: str = "127.0.0.1", port: int = 8000, processes: int | None = None) -> None:
    """Bring the database up to date and answer until interrupted.

    ``processes``: how many answer, as the settings say where it is left out. Raises PortError.
    """
    prepare()
    with listening(host, port) as door:
        _greet(host, port)
        with beside(door, processes or load_settings().desk_processes, set_up):
            answer(door)


def add_user(name: str, password: str, role: str = "auditor", district: str = "") -> User:
    """Add a person who may sign in."""
    prepare()
    from workbench.services import users  # noqa: PLC0415  needs prepare() first

    return users.add_user(name=name, password=password, role=role, district=district)


def set_password(name: str, password: str) -> User:
    """Give a person a new password."""
    prepare()
    from workbench.services import users  # noqa: PLC0415  needs prepare() first

    return users.set_password(name=name, password=password)


def demonstrate() -> tuple[dict[str, str], str]:
    """Make the people of the demonstration; their names and roles, and the new password of all.

    Raises SettingsError where another database is named than the one in the data folder: that
    one may hold real people, and nobody should sign in there as a made-up one.
    """
    if os.environ.get(database.VARIABLE):
        raise SettingsError(
            f"People of the demonstration belong in its own folder, and {database.VARIABLE} names "
            "another database.",
            f"Leave {database.VARIABLE} out, or add people with `jianbao user add NAME`.",
        )
    prepare()
    from workbench.services import demonstration  # noqa: PLC0415  needs prepare() first

    return dict(demonstration.PEOPLE), demonstration.renew()


def hand_over(folder: Path, night: date) -> int:
    """Write the outcomes of a night as a delivery; returns how many."""
    prepare()
    from workbench.services import outcomes  # noqa: PLC0415  needs prepare() first

    return outcomes.hand_over(folder, night)


def verify_trail() -> Proof:
    """Prove the audit trail from its beginning to its end; raise TrailError where it is broken."""
    prepare()
    from workbench.services import trail  # noqa: PLC0415  needs prepare() first

    proof = trail.verify()
    if proof.broken is not None:
        raise TrailError(
            f"The audit trail is broken: {proof.why}.",
            "Keep the database as it is for who inspects it, and restore a copy beside it.",
        )
    return proof


def check_packet(path: Path) -> Checked:
    """Hold an evidence packet that came back against its own hash and the trail.

    Raises TrailError when it is no packet, was changed, or never left this house.
    """
    prepare()
    from workbench.services import packets  # noqa: PLC0415  needs prepare() first

    found = packets.checked(path.read_text(encoding="utf-8"))
    if found is None:
        raise TrailError(f"{path} is no evidence packet.", "Give the file as it was saved.")
    if not found.named or found.entry is None:
        raise TrailError(
            f"The content of {path} is not what left this house: its SHA-256 is {found.seal}.",
            "Make the packet anew from the dossier, and compare.",
        )
    return found


def prepare() -> None:
    """Make the key, load Django and migrate the database, without a word."""
    installed = load_settings()
    secret.ensure(installed.key_folder)
    # The database holds password hashes; SQLite would make it readable by all.
    if not os.environ.get(database.VARIABLE):
        (installed.home / database.FILE).touch(mode=0o600)
    set_up()
    call_command("migrate", verbosity=0, interactive=False)


def set_up() -> None:
    """Load Django, for a database that is up to date."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "workbench.settings")
    django.setup()


def _greet(host: str, port: int) -> None:
    from workbench.models import User  # noqa: PLC0415  needs prepare() first

    _say(f"Workbench: http://{host}:{port}  (Ctrl+C stops it)")
    if not User.objects.exists():
        _say("Nobody can sign in yet. Add the first user: jianbao user add NAME")
    if host not in LOOPBACK and not settings.BEHIND_HTTPS:
        _say("Others can reach this address, and passwords travel in the clear: put a proxy")
        _say("that speaks HTTPS in front and set JIANBAO_HTTPS=1 and JIANBAO_HOSTS.")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
