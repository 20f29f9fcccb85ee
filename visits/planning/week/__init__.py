"""The published week. slots: places where one more visit fits, and their price; keep_cost: the cost of keeping a
visit where it was published."""
