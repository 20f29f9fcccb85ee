"""Accounts of the office: signing in, the second step, passwords."""
