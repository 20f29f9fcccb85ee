"""The planning problem: needs, team-days, priorities, stop groups, the published week, simulations."""
