"""A member of staff at a browser, over real HTTP, without a browser."""

import re

import requests
from django.contrib.auth.models import User

from tests.support.stack import Stack

NAME, PASSWORD = "koordinator-uji", "sandi-uji-yang-panjang"


class Office:
    """Signed in as a coordinator who may do everything."""

    def __init__(self, stack: Stack) -> None:
        with stack.orm():
            User.objects.create_superuser(NAME, password=PASSWORD)
        self.web = stack.web
        self._session = requests.Session()
        answer = self.post("/admin/login/", {"username": NAME, "password": PASSWORD})
        assert answer.status_code == 302, answer.text

    def get(self, path: str) -> requests.Response:
        return self._session.get(self.web + path, timeout=30, allow_redirects=False)

    def read_mark(self, path: str) -> dict[str, object]:
        """The mark of what this page shows, as its first form sends it."""
        mark = re.search(r'name="tanda" value="([^"]+)"', self.get(path).text)
        assert mark, path
        return {"tanda": mark.group(1)}

    def post(self, path: str, data: dict[str, object] | None = None) -> requests.Response:
        """As a form of that page sends it, with its token."""
        page = self.get(path if "login" in path else "/admin/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        assert token, page.text
        return self._session.post(
            self.web + path,
            {**(data or {}), "csrfmiddlewaretoken": token.group(1)},
            headers={"Referer": self.web + path},
            timeout=60,
            allow_redirects=False,
        )
