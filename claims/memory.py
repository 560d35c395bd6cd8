"""Memory that was freed goes back to the machine soon, not after half a second of other work.

Polars keeps freed pages for a while in case they are wanted again. Where frames of hundreds of
megabytes are copied many times a second, as in making a city, what is kept becomes a third of the
peak. Its allocator (jemalloc, see its manual under ``opt.dirty_decay_ms``) reads the setting once,
when Polars is loaded, so this module must be imported before; a setting of the machine's own stays.
"""

from __future__ import annotations

import os

NAME = "_RJEM_MALLOC_CONF"
SOON = "dirty_decay_ms:100,muzzy_decay_ms:0"


def settle() -> None:
    """Ask for freed memory to go back soon; of no use once Polars is loaded."""
    os.environ.setdefault(NAME, SOON)
