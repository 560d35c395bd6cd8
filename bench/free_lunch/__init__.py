"""No free lunch: how far one column, one feature or a shallow tree gets in the synthetic city.

``city`` makes a city, ``summaries`` and ``population`` bring every delivered column to each
subject, ``columns`` turns them into numbers, ``answers`` reads the answer key, ``scoring``
gives the area under the precision-recall curve of one column, ``survey`` measures them all,
``marks`` asks what ids, order, clocks and last digits tell, ``limits`` says how much is too much
and ``page`` writes it down.
"""
