"""What one step of a flow hands to the next, as it is."""

from __future__ import annotations

from typing import TypeVar, cast

from prefect.utilities.annotations import quote

T = TypeVar("T")


def as_it_is(value: T) -> T:
    """Hand a value to a task without a search for futures inside it.

    Prefect looks into every field of what a task is given: hundreds of thousands of numbers
    for the models of a night, a quarter of its work in a small city. The task gets the value
    itself.
    """
    return cast("T", quote(value))
