"""The published week.

- slots: where one more visit fits, and at which price.
- keep_cost: the cost of keeping a visit in place.
"""
