"""One auditor of a race, as a process of its own: takes and decides until nothing is left.

Run as ``python -m tests.unit.racing NAME``; the data folder and the database come from the
environment, as they do for the workbench itself. Prints the ids it decided, one a line.
"""

from __future__ import annotations

import sys

import django
from django.urls import reverse


def main(name: str) -> None:
    """Take the next case and refute it, again and again."""
    django.setup()
    from django.test import Client  # noqa: PLC0415  needs Django set up

    from workbench.models import User  # noqa: PLC0415

    client = Client(headers={"host": "localhost"})
    client.force_login(User.objects.get(username=name))
    while (address := client.post(reverse("take-next")).headers["Location"]) != reverse("queue"):
        case_id = address.strip("/").rpartition("/")[2]
        told = {"outcome": "refuted", "reason": "data_fault", "note": "a race",
                "points": f"alert-{int(case_id[-6:])}"}  # fmt: skip
        answer = client.post(reverse("conclude", args=[case_id]), told)
        if answer.status_code != 302:
            sys.exit(f"{case_id}: {answer.status_code}")
        sys.stdout.write(f"{case_id}\n")


if __name__ == "__main__":
    main(sys.argv[1])
