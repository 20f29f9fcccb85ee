from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from outreach.lib.regionfiles import RegionError
from outreach.services import region
from outreach.services.region import LoadedRegion


class Command(BaseCommand):
    help = "Muat wilayah kerja (kecamatan, desa, batas, puskesmas). Boleh diulang."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "folder", nargs="?", type=Path, default=region.SHIPPED, help="bawaan: Kabupaten Madiun"
        )
        parser.add_argument(
            "--check",
            action="store_true",
            help="periksa semuanya dan katakan hasilnya; tidak ada yang diubah",
        )
        parser.add_argument(
            "--renumber",
            type=Path,
            metavar="TABEL",
            help="CSV old_code,new_code dari keputusan: warga dan permohonan pindah ke kode baru; coba dulu dengan --check",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            loaded = region.load_region(
                folder=options["folder"], renumber=options["renumber"], check=options["check"]
            )
        except RegionError as error:
            shown = error.problems if options["check"] else error.problems[:20]
            more = len(error.problems) - len(shown)
            tail = [f"... dan {more} masalah lain; --check menyebut semuanya."] if more else []
            raise CommandError(
                "\n".join(["Wilayah tidak dimuat, tidak ada yang berubah:", *shown, *tail])
            ) from error
        for line in self._describe(loaded):
            self.stdout.write(line)
        result = "Dimuat." if loaded.changed or loaded.moved else "Tidak ada perubahan."
        self.stdout.write(
            f"{loaded.regency.name}: {loaded.districts} kecamatan, {loaded.villages} desa/kelurahan, "
            f"{loaded.health_posts} puskesmas. {'Hanya diperiksa, tidak ada yang diubah.' if options['check'] else result}"
        )

    def _describe(self, loaded: LoadedRegion) -> list[str]:
        lines = [f"Perhatian: {warning}" for warning in loaded.warnings]
        for moved in loaded.moved:
            line = f"{moved.old} -> {moved.new}: {moved.residents} warga, {moved.requests} permohonan pindah."
            if moved.guessed:
                line += f" {moved.guessed} tanpa titik rumah mengikuti baris pertama tabel: periksa desanya."
            lines.append(line)
        return [*lines, *(f"{old} -> {new}: sudah dipindah sebelumnya." for old, new in loaded.done)]
