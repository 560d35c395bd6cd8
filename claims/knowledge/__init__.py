"""Knowledge that changes with the law or a contract: limits, read as they stood on a day."""

from claims.knowledge.limits import Limit, Limits, load_limits

__all__ = ["Limit", "Limits", "load_limits"]
