"""A city that bills: hospitals, persons, care, goods, schemes, look-alikes and past audits."""

from synthetic.city import CitySummary, Prevalence, generate
from synthetic.shift import Shift

__all__ = ["CitySummary", "Prevalence", "Shift", "generate"]
