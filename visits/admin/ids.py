"""Ids in the admin's own addresses."""

from uuid import UUID

from django.http import Http404


def row_id(text: str) -> UUID:
    """The id of a row in an address of the admin; another text is not found."""
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None
