"""Portraits as SVG pages: written directly, so that text stays text and bytes stay the same."""
