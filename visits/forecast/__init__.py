"""To come: when the backlog ends, with its range."""
