"""What keeps the worker going: leased jobs, its heartbeat and the periodic jobs."""
