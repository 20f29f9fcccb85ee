"""The office's pages about tablets, in Chromium: accessible, nothing refused, nothing wider than the screen."""

from uuid import UUID

import pytest
from django.contrib.auth.models import Permission, User
from playwright.sync_api import Page

from outreach.enums import NeedState
from tests.factories.outreach import NeedFactory, VillageFactory
from tests.factories.visits import OfficerFactory, ShiftFactory, TeamFactory, VisitFactory
from tests.support.browser import OFFICE_PC, TABLET, Watch, axe_violations, picture, scrolls_sideways
from tests.support.http import http
from tests.support.stack import Stack
from tests.support.tablet import Tablet
from tests.support.wait import wait_until
from visits.enums import CaptureStage, KeyRole
from visits.keys import office_keys
from visits.models import CaptureState
from visits.tablets import devices

pytestmark = pytest.mark.browser
PASSWORD = "rahasia-uji-9"


@pytest.fixture(scope="module")
def office(shared_stack: Stack):
    """A coordinator, and a tablet whose record and contact wait for a person."""
    with shared_stack.orm():
        user = User.objects.create_user("koordinator", password=PASSWORD, is_staff=True)
        user.user_permissions.set(Permission.objects.filter(content_type__app_label="visits"))
        office_keys.current_key(KeyRole.WORKER)
        key = office_keys.current_key(KeyRole.CAPTURE)
        team = TeamFactory(code="TX", name="Tim Contoh")
        officer = OfficerFactory(team=team, employee_number="P-X1")
        need = NeedFactory(state=NeedState.PLANNED, resident__village=VillageFactory(code="35.19.99.2001"))
        visit = VisitFactory(shift=ShiftFactory(team=team), need=need)
        code, _row = devices.make_pairing_code(team=team, user=user, actor="system")
    tablet = Tablet(http(shared_stack.tablet))
    assert tablet.pair(code).status == 201
    tablet.sequence = 3
    tablet.events(
        tablet.event("contact_corrected", visit=str(visit.pk), officer=officer.pk, phone="081200000000")
    )
    sealed = tablet.seal(visit=str(visit.pk), officer=10**9, capture_key={"kid": key.kid, "jwk": key.jwk})
    tablet.upload(sealed)
    with shared_stack.orm():
        wait_until(
            lambda: CaptureState.objects.get(capture__pk=UUID(sealed.id)).stage == CaptureStage.REVIEW,
            seconds=60,
            what="the worker has looked at the record",
        )
    return shared_stack, sealed.id, tablet.device


def _log_in(page: Page, web: str) -> None:
    page.goto(f"{web}/admin/")
    page.get_by_label("Nama pengguna").fill("koordinator")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[type=submit], button[type=submit]").first.click()


@pytest.mark.parametrize("size", [OFFICE_PC, TABLET], ids=["1366", "1024"])
def test_pages_are_accessible_calm_and_fit_the_screen(office, page: Page, size):
    stack, capture, device = office
    page.set_viewport_size(size)
    watch = Watch(page)
    _log_in(page, stack.web)
    addresses = {
        "tablets": "device/",
        "tablet": f"device/{device}/change/",
        "pair": "device/pasangkan/",
        "records": "capture/",
        "carried": "capture/terima/",
        "record": f"capture/{capture}/change/",
        "events": "eventstatus/",
    }
    for name, address in addresses.items():
        page.goto(f"{stack.web}/admin/visits/{address}")
        assert axe_violations(page) == [], name
        assert not scrolls_sideways(page), name
        picture(page, f"office-{name}-{size['width']}")
    page.get_by_role("link", name="Nov").or_(page.locator("table.data a")).first.click()
    assert axe_violations(page) == []
    picture(page, f"office-event-{size['width']}")
    page.goto(f"{stack.web}/admin/visits/device/pasangkan/")
    page.get_by_label("Tablet ini untuk tim").select_option(label="Tim Contoh")
    page.get_by_role("button", name="Buat kode").click()
    assert page.locator("img[src^='data:image/svg+xml']").evaluate("image => image.naturalWidth") > 100
    assert axe_violations(page) == []
    assert not scrolls_sideways(page)
    picture(page, f"office-code-{size['width']}")
    assert watch.problems == []
