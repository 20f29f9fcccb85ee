"""Paired tablets: pairing, tokens, revoking, and the server's signed messages to them."""
