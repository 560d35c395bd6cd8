"""How long the parts of the main job take: ratios in one run on one machine, never a verdict."""
