"""What the planner is asked: needs, team-days, priorities, stop groups, the published week, simulations."""
