"""Codes in words, and the geometry of charts and maps: for every page that shows them."""
