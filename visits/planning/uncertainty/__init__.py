"""What becomes of a plan on the road.

- durations: how long visits take.
- arrival: the interval that a family is told.
- simulate: replays of a day with drawn durations.
"""
