"""Drafts and published days: publishing, changes and their cost, places for one more, who is left waiting and why."""
