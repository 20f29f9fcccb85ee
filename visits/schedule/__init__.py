"""Who is visited when, from the question to the planner to the day under way.

Rooms, each importing only those after it: dispatch (the day under way), plans (drafts, publishing, the
published days), runs (the planner at work) and sessions (village sessions), problem (what the planner is
asked).
"""
