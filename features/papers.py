"""How long papers take: before that nobody can say of one that is missing that it will not come."""

# Bills, uses, purchases and moves of a month have arrived so many days after it.
SETTLE_DAYS = 10
# What is used on consignment is settled by the month, and its papers take a fortnight.
CONSIGNED_DAYS = 45
