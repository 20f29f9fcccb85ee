from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from outreach.lib.regionfiles import RegionError
from outreach.services import region


class Command(BaseCommand):
    help = "Muat wilayah kerja (kecamatan, desa, batas, puskesmas). Boleh diulang."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "folder", nargs="?", type=Path, default=region.SHIPPED, help="bawaan: Kabupaten Madiun"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            loaded = region.load_region(folder=options["folder"])
        except RegionError as error:
            shown = error.problems[:20]
            more = len(error.problems) - len(shown)
            tail = [f"... dan {more} masalah lain."] if more else []
            raise CommandError(
                "\n".join(["Wilayah tidak dimuat, tidak ada yang berubah:", *shown, *tail])
            ) from error
        self.stdout.write(
            f"{loaded.regency.name}: {loaded.districts} kecamatan, {loaded.villages} desa/kelurahan, "
            f"{loaded.health_posts} puskesmas. {'Dimuat.' if loaded.changed else 'Tidak ada perubahan.'}"
        )
