"""The measures, by subject; each module declares its own."""
