"""What the two origins have in common for every page."""

import pytest
import requests
from playwright.sync_api import Page

from tests.support.browser import Watch, axe_violations
from tests.support.stack import Stack

pytestmark = pytest.mark.browser


def test_the_admin_login_is_accessible_and_stays_at_home(lasting_stack: Stack, page: Page):
    watch = Watch(page)
    page.goto(f"{lasting_stack.web}/admin/")
    assert page.get_by_label("Nama pengguna").is_visible()
    assert axe_violations(page) == []
    assert watch.problems == []


def test_axe_is_heard(page: Page):
    page.set_content("<html><body><img src='data:,'></body></html>")
    assert any(found.startswith("image-alt") for found in axe_violations(page))


def test_no_door_gives_the_tablet_a_session(lasting_stack: Stack):
    assert requests.get(f"{lasting_stack.tablet}/admin/", timeout=10).status_code == 404
    assert "Set-Cookie" not in requests.get(f"{lasting_stack.tablet}/healthz", timeout=10).headers


@pytest.mark.parametrize("path", ["/admin/login/", "/healthz"])
def test_the_policy_allows_nothing_inline(lasting_stack: Stack, path: str):
    policy = requests.get(f"{lasting_stack.web}{path}", timeout=10).headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'self'" in policy
