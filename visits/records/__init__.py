"""Captures handed in by tablets: stored, opened, checked, reviewed, sealed anew."""
