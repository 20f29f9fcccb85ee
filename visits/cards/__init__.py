"""Printed cards on their way to the resident's hand. Empty so far."""
