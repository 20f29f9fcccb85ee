"""Drafts and published plans: publishing, changes and their cost, slots for one more visit, unassigned needs."""
