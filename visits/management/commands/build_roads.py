from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from visits.estimates import road_maps
from visits.roads.extract.read import ExtractError

STEPS = {
    "hash": "Memeriksa berkas…",
    "ways": "Membaca jalan: {count:,} ruas dilihat…",
    "graph": "Menyusun {count:,} ruas yang dapat dilalui…",
    "save": "Menyimpan {count:,} titik…",
}
TROUBLES = {
    "packages": "Paket osmium dan scipy belum terpasang: pip install -r visits/roads/requirements.txt",
    "missing": "Berkas tidak ditemukan; periksa namanya.",
    "unreadable": "Berkas ini bukan peta OpenStreetMap yang utuh (.osm.pbf atau .osm); unduh lagi.",
    "empty": "Tidak ada jalan yang dapat dilalui di dalam wilayah kantor. Periksa berkasnya, atau pakai --all.",
}


class Command(BaseCommand):
    help = "Siapkan peta jalan dari berkas OpenStreetMap (.osm.pbf) untuk TRAVEL_SOURCE=extract."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="berkas .osm.pbf, misalnya dari Geofabrik")
        parser.add_argument(
            "--around", type=float, default=20.0, help="km di sekitar desa-desa kantor yang ikut diambil (20)"
        )
        parser.add_argument("--all", action="store_true", help="seluruh berkas, bukan wilayah kantor saja")

    def handle(self, *args: Any, **options: Any) -> None:
        box = None if options["all"] else road_maps.region_box(around_km=options["around"])
        try:
            built, fresh = road_maps.build_road_map(path=options["file"], box=box, say=self.say)
        except ExtractError as error:
            raise CommandError(TROUBLES[str(error)]) from None
        except OSError as error:
            raise CommandError(f"Peta tidak dapat disimpan ({error.strerror}); periksa ROADS_DIR.") from None
        if not fresh:
            self.stdout.write(f"{built.file} sudah dipakai; tidak ada yang berubah.")
            return
        self.stdout.write(
            f"{built.file} ({built.as_of}): {built.kept_km:,.0f} km jalan yang saling terhubung "
            f"dari {built.all_km:,.0f} km, {built.crossings:,} simpang. Data © kontributor OpenStreetMap, ODbL."
        )

    def say(self, step: str, count: int) -> None:
        self.stderr.write(STEPS[step].format(count=count))
