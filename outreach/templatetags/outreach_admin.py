"""Words of the office's lists, and what other apps add to them."""

from typing import Any

from django import template
from django.utils.safestring import SafeString

from outreach import formats
from outreach.admin.need_extras import PagePlace, render_extras
from outreach.lib import phone
from outreach.models import Need, Resident, VisitRequest

register = template.Library()


@register.filter(name="short")
def shorten_label(label: str) -> str:
    """A label without what it says in brackets, for a narrow column: "Lansia (60 tahun ke atas)" is "Lansia"."""
    return str(label).partition(" (")[0]


@register.filter(name="birth")
def show_birth(person: Resident | VisitRequest) -> str:
    """A person's birth date with how well it is known."""
    return formats.format_birth(person.birth_date, person.birth_basis)


@register.filter(name="phone")
def show_phone(number: str) -> str:
    """A stored number as written in Indonesia."""
    return phone.format_phone(number)


@register.simple_tag(takes_context=True)
def need_extras(context: dict[str, Any], place: str, need: Need) -> SafeString:
    """What other apps show of the need at a place (outreach/admin/need_extras.py)."""
    return render_extras(PagePlace(place), context["request"], need)
