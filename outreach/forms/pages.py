"""The pages of the request form in their order, one question each.

A page is a form with a `slug`, a `title` and `answers` for the check page. `before` = {field: cleaned value}
of the pages before it.
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
