"""What was scored, held against what is true: figures, and the page that tells them.

``kinds`` says which records a capacity reached, ``queues`` what each way of choosing yields,
``recall``, ``innocents``, ``rates``, ``calibration``, ``leaks``, ``learning`` and ``lots`` ask one
question each. ``figures`` gathers them as plain data, ``page`` tells them, ``whom`` tells of whom,
and ``pictures`` draws them. Nothing that judges may see this room: it holds answer keys.
"""
