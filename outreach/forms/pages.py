"""The pages of the request form, one question each, in their order.

A page is a form with a `slug`, a `title` and `answers` for the page that checks them all. `before` is what
earlier pages found out ({field: cleaned value}), so that later ones can build on it.
"""

from outreach.forms.base import PageForm
from outreach.forms.people import ApplicantPage, ConditionPage, ContactPage, PersonPage
from outreach.forms.places import AddressPage, DistrictPage, TimesPage

PAGES: list[type[PageForm]] = [
    ApplicantPage,
    PersonPage,
    ConditionPage,
    DistrictPage,
    AddressPage,
    TimesPage,
    ContactPage,
]
BY_SLUG = {page.slug: page for page in PAGES}
