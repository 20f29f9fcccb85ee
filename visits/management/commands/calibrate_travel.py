from typing import Any

from django.core.management.base import BaseCommand

from visits.estimates import calibration


class Command(BaseCommand):
    help = "Hitung kecepatan di jalan dari perjalanan yang tercatat; koordinator yang memutuskan memakainya."

    def handle(self, *args: Any, **options: Any) -> None:
        row = calibration.propose_fit()
        if row is None:
            self.stdout.write(
                "Tidak ada usulan baru: perjalanan terlalu sedikit, atau hasilnya tidak berubah."
            )
            return
        self.stdout.write(
            f"{row.trips} perjalanan, {row.used} dipakai: {row.speed_kmh:g} km/jam "
            f"({row.low_kmh:g}-{row.high_kmh:g}), sekarang {row.before_speed_kmh:g}. Separuh perjalanan meleset "
            f"{100 * row.off_before:.0f}%, dengan usulan ini {100 * row.off_after:.0f}%.\n"
            'Usulan ini belum dipakai; buka halaman "Kecepatan di jalan" untuk memeriksa dan memakainya.'
        )
