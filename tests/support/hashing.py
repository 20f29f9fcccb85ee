"""Passwords of made-up accounts: hashed as in the product, but in a moment."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class QuickHasher(PBKDF2PasswordHasher):
    """One round; a hash says how many it had, so that every process can check it."""

    iterations = 1
