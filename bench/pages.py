"""Where a page that was measured goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def deliver(text: str, out: Path | None) -> None:
    """Write the page, or print it where no file is named."""
    if out:
        out.write_text(text, encoding="utf-8")
    else:
        print(text)  # noqa: T201 - asked for
