"""Hand over: scored records become alerts, alerts become cases, in words people use."""
