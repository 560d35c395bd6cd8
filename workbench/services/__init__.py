"""Services write: the only doors through which the database changes."""
