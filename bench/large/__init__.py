"""The ranker on cities of 200,000 stays, forward in time, and on a city that changes."""
