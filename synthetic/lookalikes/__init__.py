"""One module an innocent pattern that looks like a scheme and must not be accused."""
