"""Queries of the outreach app. Nothing here writes."""
