"""The contract: tables declared once, the lake that keeps them, and what may enter it."""

from claims import memory

memory.settle()
