"""Captures from tablets: receipt, decryption, verification, review, resealing."""
