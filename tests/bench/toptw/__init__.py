"""How good is the planner at a problem others have measured? Public team orienteering instances."""
