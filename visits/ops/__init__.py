"""What keeps the worker going: its heartbeat and the periodic jobs."""
