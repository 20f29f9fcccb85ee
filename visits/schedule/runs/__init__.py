"""A run of the planner: its lease, the engine, and the draft that is written from its result."""
