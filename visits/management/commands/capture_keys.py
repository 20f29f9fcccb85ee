"""Keys that records are sealed to: create, list, rotate, reseal, retire. Run it as the worker's user."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from visits.enums import KeyRole, KeyState
from visits.keys import key_files, office_keys
from visits.models import Capture, PublicKey
from visits.records import decrypt, resealing

ACTOR = "system"


class Command(BaseCommand):
    help = "Kunci segel rekaman: create, list, rotate, reseal, retire KID. Jalankan sebagai pengguna worker."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("do", choices=["create", "list", "rotate", "reseal", "retire"])
        parser.add_argument("kid", nargs="?", default="", help="untuk retire")

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, f"_{options['do']}")(options["kid"])

    def _create(self, _kid: str) -> None:
        """The worker's own key and the first capture key; what is there stays."""
        for role in (KeyRole.WORKER, KeyRole.CAPTURE):
            row = office_keys.current_key(role, actor=ACTOR)
            self.stdout.write(f"{row.role} {row.kid} {row.state}")
        self.stdout.write(
            f"Kunci privat: {key_files.key_directory(KeyRole.CAPTURE)} (hanya untuk pengguna worker)"
        )

    def _list(self, _kid: str) -> None:
        for row in PublicKey.objects.all():
            needed = ""
            if row.role == KeyRole.CAPTURE and row.state != KeyState.RETIRED:
                counts = office_keys.count_key_users(row.kid)
                needed = f"  rekaman {counts['captures']}, tablet {counts['tablets']}"
            self.stdout.write(f"{row.role:8} {row.state:8} {row.made_at:%Y-%m-%d %H:%M} {row.kid}{needed}")

    def _rotate(self, _kid: str) -> None:
        row = office_keys.rotate_key(KeyRole.CAPTURE, actor=ACTOR)
        self.stdout.write(f"{row.role} {row.kid} {row.state}")

    def _reseal(self, _kid: str) -> None:
        done = failed = 0
        for capture in Capture.objects.select_related("status", "device", "key").iterator(chunk_size=50):
            try:
                done += resealing.reseal_capture(capture=capture, actor=ACTOR)
            except (decrypt.RefusedError, key_files.KeyMissingError, OSError) as error:
                failed += 1
                self.stderr.write(f"{capture.pk}: {type(error).__name__}")
        self.stdout.write(f"{done} rekaman disegel ulang, {failed} tidak dapat dibuka")

    def _retire(self, kid: str) -> None:
        if not PublicKey.objects.filter(pk=kid, role=KeyRole.CAPTURE).exists():
            raise CommandError("Sebutkan kunci segel yang ada; lihat: manage.py capture_keys list")
        try:
            office_keys.retire_key(kid=kid, actor=ACTOR)
        except office_keys.KeyInUseError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{kid} {KeyState.RETIRED}")
