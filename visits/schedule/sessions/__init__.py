"""Village sessions: proposals, and the sessions that the office agreed on."""
