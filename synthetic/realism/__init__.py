"""Is the city real: what it delivers, measured and held against published magnitudes."""

from synthetic.realism.anchors import Anchor, load_anchors
from synthetic.realism.asked import Asked
from synthetic.realism.page import write_page

__all__ = ["Anchor", "Asked", "load_anchors", "write_page"]
