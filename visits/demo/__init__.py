"""A regency's week with made-up people, through the real services: for a first look and for the journey test.

people (who they are) -> requests (asked for, decided) -> teams (officers, shifts) -> week (planned,
published). Every person is marked as made up, in the row and in the name; nothing here runs beside real data.
"""
