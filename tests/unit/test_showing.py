"""The table of alerts on the screen: what each kind of subject is called."""

from __future__ import annotations

import pytest

from flows.showing import subject_words

PERSON = "08333a2666afdbbcd1f2f1dae0fbf7f5"


@pytest.mark.parametrize(
    ("subject_type", "subject_id", "words"),
    [
        ("stay", "S1", "stay S1"),
        ("use", "S1|C02", "catheter\nin stay S1"),
        ("ledger", "H1|C02|2025-03", "catheter\nledger of 2025-03"),
        ("ledger", "H1|C99|2025-03", "C99\nledger of 2025-03"),
        ("person", PERSON, "person 08333a2666af"),
        ("hospital", "H1", "hospital H1"),
    ],
)
def test_every_kind_of_subject_has_words(subject_type: str, subject_id: str, words: str) -> None:
    alert = {"subject_type": subject_type, "subject_id": subject_id}
    assert subject_words(alert, {"C02": "catheter"}) == words
