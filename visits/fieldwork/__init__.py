"""Reports from tablets: events and their effects, corrections, and the status of the teams."""
