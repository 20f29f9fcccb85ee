"""The day under way: the status of each team, what comes next, and what the coordinator changes."""
