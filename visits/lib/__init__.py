"""Plain helpers of the tablet protocol: strict JSON, JOSE, problems, the fold of events into a state."""
