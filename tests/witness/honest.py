"""What all cities of one seed and size share is made once: world, prices, honest standards.

Nothing that is planted reaches it, so cities are the same to the byte as if each had its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from synthetic import city, experience
from synthetic.state import City
from synthetic.world import World


@dataclass(frozen=True)
class Honest:
    """Worlds by what was asked for, and calibrated cities by world and number of stays."""

    worlds: dict[str, World] = field(default_factory=dict)
    calibrated: dict[tuple[int, int], City] = field(default_factory=dict)

    @contextmanager
    def shared(self) -> Iterator[None]:
        """While it lasts, cities take what others have made already."""
        found, calibrated = city.found, experience.calibrated

        def known_world(**asked: object) -> World:
            name = repr(sorted(asked.items()))
            if name not in self.worlds:
                self.worlds[name] = found(**asked)  # type: ignore[arg-type]
            return self.worlds[name]

        def known_city(honest: City) -> City:
            name = (id(honest.world), len(honest.plan))
            if name not in self.calibrated:
                self.calibrated[name] = calibrated(honest)
            return self.calibrated[name]

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(city, "found", known_world)
            patch.setattr(experience, "calibrated", known_city)
            yield
