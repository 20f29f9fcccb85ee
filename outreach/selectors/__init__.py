"""Questions that doors and services ask, answered in few queries."""
