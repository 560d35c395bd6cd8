"""How long the parts of the main job take: ratios in one run on one machine, never a verdict."""

import claims  # noqa: F401 - settles how memory is given back, before Polars is loaded
