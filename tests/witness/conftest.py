"""Cities dense in a few schemes, made once for all who ask for the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import pytest

from synthetic import Prevalence, generate
from tests.unit.synthetic_city import Delivery
from tests.witness.honest import Honest

STAYS, MONTHS, SEED = 3_000, 14, 20_250_301
DENSE = 0.02
NOTHING: Mapping[str, float] = MappingProxyType({})

UNTOUCHED_STAYS = 9_000

CityOf = Callable[..., Delivery]


def untouched(city_of: CityOf) -> Delivery:
    """A larger city in which nothing is planted, for look-alikes that are rare."""
    return city_of(stays=UNTOUCHED_STAYS)


@pytest.fixture(scope="session")
def city_of(tmp_path_factory: pytest.TempPathFactory) -> CityOf:
    """``city_of("H03", "H04")`` is a city in which only these schemes are planted, densely.

    ``denser`` names schemes whose share is another one.
    """
    made: dict[tuple[str, ...], Delivery] = {}
    honest = Honest()

    def find(
        *codes: str, share: float = DENSE, stays: int = STAYS,
        denser: Mapping[str, float] = NOTHING,
    ) -> Delivery:  # fmt: skip
        shares = dict.fromkeys(codes, share) | dict(denser)
        name = (*(f"{code} {shares[code]}" for code in sorted(shares)), str(stays))
        if name not in made:
            out = tmp_path_factory.mktemp("-".join(codes) or "honest")
            planted = Prevalence(shares, others=0.0)
            with honest.shared():
                generate(out, stays=stays, months=MONTHS, seed=SEED, prevalence=planted)
            made[name] = Delivery(out)
        return made[name]

    return find
