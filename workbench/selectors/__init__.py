"""Selectors read: from the lake or the database to what a page shows. They write nothing."""
