"""The settings of one installation, typed and checked before anything runs.

Read from ``JIANBAO_*`` variables over ``jianbao.toml`` in the working folder. Limits
that the law or a contract sets are not settings; they live dated in ``claims/knowledge``.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from claims.errors import SettingsError, did_you_mean


class Settings(BaseSettings):
    """Where the data lies and how a night is run."""

    model_config = SettingsConfigDict(
        env_prefix="JIANBAO_", toml_file="jianbao.toml", extra="forbid"
    )

    home: Path = Field(default=Path("jianbao-home"), description="Folder that holds all data.")
    alerts_per_night: int = Field(
        default=40, ge=1, description="Alerts a night for each scenario, the team's capacity."
    )
    level_alerts_per_night: int = Field(
        default=10,
        ge=0,
        description="Alerts a night about persons, houses and groups, beside these.",
    )
    random_share: float = Field(
        default=0.05, ge=0, lt=1, description="Share of that capacity drawn at random."
    )
    reopen_days: int = Field(
        default=60, ge=1, description="Days in which new facts score an old subject again."
    )
    case_days: int = Field(
        default=30, ge=1, description="Days after which a case takes no further alerts."
    )
    bad_row_limit: float = Field(
        default=0.2, gt=0, le=1, description="Share of bad rows that holds a delivery back."
    )
    volume_ratio: float = Field(
        default=5.0, gt=1, description="Times the usual volume that holds a delivery back."
    )
    retention_days: int = Field(
        default=3650, ge=30, description="Days for which past versions stay readable."
    )
    threads: int = Field(
        default=2, ge=1, description="Threads for training; part of what makes a model repeatable."
    )
    learn_from: int = Field(
        default=60_000,
        ge=1_000,
        description="Subjects of a kind that a training draws, beside those audited.",
    )
    tuning_trials: int = Field(
        default=20,
        ge=0,
        description="Growths of trees that a retraining tries for each model; 0 does not tune.",
    )
    seed: int = Field(default=20250301, description="Seed of detectors, rankers and draws.")
    second_opinion_yuan: int = Field(
        default=20_000, ge=0, description="Amount in yuan from which two people must agree."
    )
    take_minutes: int = Field(
        default=60, ge=1, description="Minutes after which a case taken goes back to the queue."
    )
    appeal_days: int = Field(
        default=10, ge=1, description="Working days in which an appeal is answered."
    )
    desk_processes: int = Field(
        default=2, ge=1, description="Processes of the workbench, one for each core it may use."
    )
    idle_minutes: int = Field(
        default=30, ge=1, description="Minutes without a click after which a session ends."
    )

    notify: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        default=(), description="Where messages go: Apprise addresses with spaces between."
    )

    @field_validator("notify", mode="before")
    @classmethod
    def _apart(cls, given: object) -> object:
        """Addresses in one text, as a variable holds them, part at spaces."""
        return tuple(given.split()) if isinstance(given, str) else given

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments first, then the environment, then the file."""
        del dotenv_settings, file_secret_settings
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    @property
    def lake(self) -> Path:
        """Folder of the Delta tables."""
        return self.home / "lake"

    @property
    def inbox(self) -> Path:
        """Folder of deliveries that wait for their night."""
        return self.home / "inbox"

    @property
    def key_folder(self) -> Path:
        """Folder of the pseudonym key and the vault, outside the lake."""
        return self.home / "keys"


def load_settings(**given: object) -> Settings:
    """Read the settings; raise SettingsError naming the field that is wrong."""
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        hint = did_you_mean(name, Settings.model_fields)
        raise SettingsError(
            f"The setting '{name}' is not usable: {first['msg']}.",
            f"Correct it in jianbao.toml or in JIANBAO_{name.upper()}.{hint}",
        ) from error


@cache
def settings() -> Settings:
    """Return the settings of this process, read once."""
    return load_settings()
