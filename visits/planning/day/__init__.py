"""The day under way.

- day_state: what is known of it.
- remaining_day: what is left to plan.
- replan: the plan of that.
- outcome: what it changes for every visit.
"""
