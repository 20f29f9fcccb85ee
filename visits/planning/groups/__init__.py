"""Visits served at one place. stop_groups: homes that share a stop of a route; sessions: village sessions."""
