"""Village sessions: where one is worth proposing, and those that the office agreed on."""
