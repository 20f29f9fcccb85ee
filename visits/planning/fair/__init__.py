"""Work shared evenly among the teams.

- loads: how much each team works, and how uneven that is.
- fairness: a plan made even within a tolerance.
"""
