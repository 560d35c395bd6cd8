"""Describe: what is measured of stays, of consumable uses and of ledgers, and against whom."""
