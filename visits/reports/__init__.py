"""Figures for the head of office. Empty so far."""
