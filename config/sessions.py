"""Sessions in the database; one that cannot be saved for want of room or of the database says so.

Django takes every failed UPDATE for a session that was deleted meanwhile, and answers 400.
"""

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError

from config.busy import is_passing


class SessionStore(db.SessionStore):
    def save(self, must_create: bool = False) -> None:
        try:
            super().save(must_create)
        except UpdateError as error:
            if error.__context__ is not None and is_passing(error.__context__):
                raise error.__context__ from None
            raise
