"""The day under way: where each team is, what it meets next, and what the coordinator changes."""
