"""One module a scheme: what it does at each difficulty and the traces it leaves."""
