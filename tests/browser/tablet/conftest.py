"""A day for a tablet to fetch, and a page as large as the tablet."""

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.support.browser import TABLET
from tests.support.field import TeamsDay, team_day
from tests.support.stack import Stack


@pytest.fixture
def day(shared_stack: Stack) -> TeamsDay:
    with shared_stack.orm():
        return team_day()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    page = context.new_page()
    page.set_viewport_size(TABLET)  # type: ignore[arg-type]
    return page
