"""How good is it: Jianbao on cities that nobody developed on, pooled, as a page.

``asked`` says what is measured, ``state`` which code judged, ``cities`` makes and judges one city
in processes of its own, ``results`` holds what is kept of it, ``reading`` takes that from what was
published and from the answer key. ``picks`` says which planted subjects a capacity reached,
``recall``, ``chance``, ``queues``, ``innocents``, ``reports_of_rules`` and ``above`` pool it,
``pooled`` puts them together, ``page``, ``words``, ``grids`` and ``pictures`` write it down.
"""
