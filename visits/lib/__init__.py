"""Helpers of the tablet protocol without Django models: strict JSON, JOSE, problems, folding events into a
state."""
