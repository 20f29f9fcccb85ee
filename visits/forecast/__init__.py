"""When the backlog ends, with its range. Empty so far."""
