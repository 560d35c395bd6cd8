"""Person numbers never reach the lake, and only the vault knows the way back."""

from __future__ import annotations

import stat
from pathlib import Path

import polars as pl
import pytest

from claims.delivery import Delivery
from claims.errors import NotFoundError, SettingsError
from claims.pseudonyms import Pseudonyms, pseudonymised, unmask


def delivery(**columns: list[str | None]) -> Delivery:
    """A delivery of one table."""
    return Delivery("x", tables={"persons": pl.DataFrame(columns)})


def test_the_same_person_always_has_the_same_pseudonym(tmp_path: Path) -> None:
    first = Pseudonyms.at(tmp_path).of("310101199001011234")
    assert Pseudonyms.at(tmp_path).of("310101199001011234") == first
    assert Pseudonyms.at(tmp_path / "other").of("310101199001011234") != first
    assert "3101" not in first


def test_an_address_and_a_person_never_share_a_pseudonym(tmp_path: Path) -> None:
    ours = Pseudonyms.at(tmp_path)
    assert ours.of("1", "person") != ours.of("1", "address")


def test_every_personal_column_is_replaced_and_empty_values_stay_empty(tmp_path: Path) -> None:
    given = delivery(person_id=["P1", None], address_hash=["A1", "A2"], referrer=[None, "P1"])
    rows = pseudonymised(given, Pseudonyms.at(tmp_path)).tables["persons"]
    assert rows["person_id"][0] == rows["referrer"][1]
    assert rows["person_id"][1] is None
    assert not {"P1", "A1", "A2"} & set(rows.write_csv().replace("\n", ",").split(","))


def test_an_audited_person_is_replaced_and_an_audited_stay_is_not(tmp_path: Path) -> None:
    given = Delivery(
        "x",
        tables={
            "audit_outcomes": pl.DataFrame(
                {"subject_type": ["person", "stay"], "subject_id": ["P1", "P1"]}
            )
        },
    )
    ours = Pseudonyms.at(tmp_path)
    subjects = pseudonymised(given, ours).tables["audit_outcomes"]["subject_id"].to_list()
    assert subjects == [ours.of("P1"), "P1"]


def test_the_vault_knows_the_way_back_and_forgets_nobody(tmp_path: Path) -> None:
    ours = Pseudonyms.at(tmp_path)
    pseudonymised(delivery(person_id=["P1", "P2"]), ours)
    pseudonymised(delivery(person_id=["P2", "P3"]), ours)
    assert [unmask(tmp_path, ours.of(one)) for one in ("P1", "P2", "P3")] == ["P1", "P2", "P3"]
    assert ours.vault.keep({ours.of("P1"): "P1"}) == 0


def test_an_unknown_pseudonym_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="does not know"):
        unmask(tmp_path, "0" * 32)


def test_keys_and_vault_are_for_their_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    pseudonymised(delivery(person_id=["P1"]), Pseudonyms.at(folder))
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    files = {file.name: stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()}
    assert files == {"pseudonym.key": 0o600, "vault.key": 0o600, "vault.sqlite": 0o600}


def test_the_vault_holds_no_plain_number(tmp_path: Path) -> None:
    pseudonymised(delivery(person_id=["310101199001011234"]), Pseudonyms.at(tmp_path))
    assert b"310101199001011234" not in (tmp_path / "vault.sqlite").read_bytes()


def test_a_vault_with_another_key_does_not_open(tmp_path: Path) -> None:
    ours = Pseudonyms.at(tmp_path)
    pseudonymised(delivery(person_id=["P1"]), ours)
    (tmp_path / "vault.key").write_text("00" * 32)
    with pytest.raises(SettingsError, match="cannot be opened"):
        unmask(tmp_path, ours.of("P1"))


def test_a_damaged_key_is_told_and_never_replaced(tmp_path: Path) -> None:
    Pseudonyms.at(tmp_path)
    (tmp_path / "pseudonym.key").write_text("short")
    with pytest.raises(SettingsError, match="does not hold a key"):
        Pseudonyms.at(tmp_path)
    assert (tmp_path / "pseudonym.key").read_text() == "short"
