"""Planning and publishing at the size of a large regency: seconds by phase, queries, memory."""
