"""A city that bills: hospitals, persons, care, goods, schemes, look-alikes and past audits."""

from synthetic.asked import Prevalence
from synthetic.city import CitySummary, generate
from synthetic.shift import Shift

__all__ = ["CitySummary", "Prevalence", "Shift", "generate"]
