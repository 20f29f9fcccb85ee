"""After a backup was restored: tablets learn it at their next ping, and offer again what is unknown here."""

from typing import Any

from django.core.management.base import BaseCommand

from visits.keys import epochs


class Command(BaseCommand):
    help = "Jalankan sekali sesudah memulihkan cadangan: tablet menawarkan lagi semua yang belum ada di sini."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(epochs.begin_epoch(actor="system").value)
