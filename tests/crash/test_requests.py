"""One filled form, pressed many times at once against real processes."""

import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from outreach.models import ConsentRecord, LogEntry, PersonKey, VisitRequest
from tests.outreach.views.walk import answers
from tests.support.stack import Stack

pytestmark = [pytest.mark.crash]


def _post(browser: requests.Session, url: str, data: dict[str, object]) -> requests.Response:
    token = {"csrfmiddlewaretoken": browser.cookies["csrftoken"]}
    return browser.post(url, data=data | token, timeout=60)


def test_five_parallel_posts_are_one_request_with_one_reference(shared_stack: Stack) -> None:
    web, browser = shared_stack.web, requests.Session()
    browser.get(web, timeout=10)
    _post(browser, f"{web}/permohonan/mulai/", {})
    for slug, given in answers(district="35.19.03", village="35.19.03.2017").items():
        assert _post(browser, f"{web}/permohonan/{slug}/", given).ok
    time.sleep(4.2)

    def press(_number: int) -> str:
        twin = requests.Session()
        twin.cookies.update(browser.cookies)
        page = _post(twin, f"{web}/permohonan/periksa/", {}).text
        found = re.search(r'class="reference">(JB-[0-9A-Z-]+)<', page)
        assert found, page
        return found[1]

    with ThreadPoolExecutor(5) as presses:
        references = set(presses.map(press, range(5)))

    assert len(references) == 1
    with shared_stack.orm():
        assert VisitRequest.objects.get().reference == references.pop()
        assert PersonKey.objects.count() == ConsentRecord.objects.count() == 1
        assert LogEntry.objects.filter(action="request_received").count() == 1
