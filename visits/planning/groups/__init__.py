"""Visits served at one place.

- stop_groups: visits that share a stop of a route.
- sessions: village sessions.
"""
