"""Words of the office's lists."""

from django import template

from outreach.lib import phone as phones

register = template.Library()


@register.filter
def short(label: str) -> str:
    """A label without what it says in brackets, for a narrow column: "Lansia (60 tahun ke atas)" is "Lansia"."""
    return str(label).partition(" (")[0]


@register.filter
def phone(number: str) -> str:
    """A kept number as people here write it."""
    return phones.shown(number)
