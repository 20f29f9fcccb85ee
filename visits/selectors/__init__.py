"""Questions that doors and services ask about the visits side, each answered in a constant number of queries."""
