"""The coordinator's account of the demo, with a password of this installation."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from django.contrib.auth.models import User

from visits.workforce import roles

NAME = "koordinator"


@dataclass(frozen=True, kw_only=True)
class DemoLogin:
    user: User
    password: str


def ensure_coordinator(*, keys_dir: Path) -> DemoLogin:
    """The account, created at the first call. Its random password is stored beside the keys."""
    password = _read_password(keys_dir / "demo_password")
    user, _made = User.objects.get_or_create(
        username=NAME, defaults={"is_staff": True, "last_name": "(contoh)"}
    )
    if not user.check_password(password):
        user.set_password(password)
        user.save()
    user.groups.add(roles.ensure_coordinators())
    return DemoLogin(user=user, password=password)


def _read_password(path: Path) -> str:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(9))
    return path.read_text()
