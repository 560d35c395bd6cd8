"""Independent counts on the delivered tables: what each scheme left, what each look-alike did not."""
