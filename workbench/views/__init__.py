"""One module a page. A view reads through selectors, writes through services, and renders."""
