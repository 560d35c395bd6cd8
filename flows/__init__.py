"""The night shift: what runs when, the only room that names Prefect, and the command line."""
