"""Where a search starts.

- locks: the promises that can be kept together.
- warm_start: an earlier plan, as far as it still holds.
"""
