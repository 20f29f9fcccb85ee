"""Codes in words, and the shapes of maps: for every page that shows them."""
