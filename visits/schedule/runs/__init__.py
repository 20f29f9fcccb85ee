"""Planning runs: the lease, the engine, and the draft written from its result."""
