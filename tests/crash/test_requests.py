"""One filled form, pressed many times at once against real processes."""

import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from outreach.models import ConsentRecord, LogEntry, PersonKey, VisitRequest
from tests.outreach.views.walk import answers, version_shown
from tests.support.databases import is_postgres
from tests.support.stack import Stack

pytestmark = [pytest.mark.crash]


def _post(browser: requests.Session, url: str, data: dict[str, object]) -> requests.Response:
    token = {"csrfmiddlewaretoken": browser.cookies["csrftoken"]}
    return browser.post(url, data=data | token, timeout=60)


def test_on_a_full_disk_the_first_press_is_told_as_busy_and_the_next_one_works(stack: Stack) -> None:
    web, browser = stack.web, requests.Session()
    with stack.full_disk("web", room=0):
        assert browser.get(web, timeout=20).ok
        answers = [_post(browser, f"{web}/permohonan/mulai/", {}) for _ in range(4)]
        login = _post(browser, f"{web}/admin/login/", {"username": "siapa", "password": "salah"})
    if not is_postgres():  # whose sessions are on another disk
        assert {answer.status_code for answer in [*answers, login]} == {503}
        assert "Sistem kami sedang sibuk" in answers[0].text
    assert _post(browser, f"{web}/permohonan/mulai/", {}).ok


def test_five_parallel_posts_are_one_request_with_one_reference(shared_stack: Stack) -> None:
    web, browser = shared_stack.web, requests.Session()
    browser.get(web, timeout=10)
    way = _post(browser, f"{web}/permohonan/mulai/", {}).url.removesuffix("pemohon/")
    for slug, given in answers(district="35.19.03", village="35.19.03.2017").items():
        assert _post(browser, f"{way}{slug}/", given).ok
    time.sleep(4.2)
    shown: dict[str, object] = {"versi": version_shown(browser.get(f"{way}periksa/", timeout=10).text)}

    def press(_number: int) -> str:
        twin = requests.Session()
        twin.cookies.update(browser.cookies)
        page = _post(twin, f"{way}periksa/", shown).text
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
