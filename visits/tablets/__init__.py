"""Paired tablets: pairing, tokens, revoking, and what the server says of itself to them."""
