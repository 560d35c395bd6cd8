"""How rows are numbered, so that every row draws its own luck and no two share an id.

A chain of stays owns ``KEY_STEP`` keys: its planned stays lie below ``PLACES``; what is made
from a planned stay later (a second part, a settlement made anew, a copy under another name)
has the key of that stay plus one of the steps below. Lines, uses and visits of a stay lie in
a range of their own that begins at the stay's key times a step. All stay below 2**48 for
ten million chains.
"""

from __future__ import annotations

PLACES = 64
KEY_STEP = 8 * PLACES
SECOND_PART = 1 * PLACES  # what follows the cut of a stay
RESETTLED = 2 * PLACES  # the same stay settled again after a cancellation
FALSE_STAY = 3 * PLACES  # a stay that never took place
RING_STAY = 4 * PLACES  # a stay of somebody who was gathered
EXTRA_STAY = 5 * PLACES  # one more stay of a person who comes too often
BORROWED_STAY = 6 * PLACES  # a stay under another person's card
SPARE_STAY = 7 * PLACES

FIRST_OF_TWO, SECOND_OF_TWO = 1, 2  # ``part`` of a plan row; 0 is whole

LINE_STEP = 32_768  # lines of one stay
ADDED_LINE = 24_576  # from here on: lines that no plan of care asked for
KIT_STEP = 512  # uses of one stay, by place in the kit
WANTED_USE = 340  # from here on: uses that an order asked for beside the kit
ADDED_USE = 360  # from here on: uses that no kit asked for
UNIT_STEP = 16  # units of one use that carry serial numbers
VISIT_STEP = 16  # outpatient visits before, during and after one stay
ADDED_VISIT = 4  # from here on: visits that nobody's chronic illness asked for
