"""After a backup was taken: tablets keep their reports until a backup holds them."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from visits.keys import backups
from visits.lib import moments


class Command(BaseCommand):
    help = "Jalankan sesudah cadangan berhasil: tablet lalu boleh melepas laporan yang sudah ada di dalamnya."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "began_at", help="saat cadangan dimulai, misalnya 2026-12-01T20:00:00+07:00 (date -Iseconds)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        began_at = moments.parse_moment(options["began_at"])
        if began_at is None:
            raise CommandError("tulis saat dengan zona waktu, misalnya 2026-12-01T20:00:00+07:00")
        try:
            backups.note_backup(began_at=began_at, actor="system")
        except ValueError:
            raise CommandError("saat itu belum lewat") from None
