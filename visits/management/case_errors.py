"""Indonesian sentences for what the planner refuses about a case file (visits/planning/errors.py)."""

from visits.planning.case import WHOLE
from visits.planning.errors import PlanningError

SENTENCES = {
    "clock_range": "{field} harus jam antara 00:00 dan 24:00",
    "not_count": "{field} harus bilangan bulat nol atau lebih",
    "not_amount": "{field} harus angka nol atau lebih",
    "amount_large": "{field} terlalu besar; isi angka yang lebih kecil",
    "shift_backwards": "end lebih awal daripada start; tukar keduanya",
    "break_backwards": "breaks: istirahat berakhir sebelum mulai; tukar kedua jamnya",
    "breaks_unordered": "breaks harus urut waktu dan tidak bertumpuk; urutkan atau gabungkan",
    "service_long": "service_s terlalu lama; isi lama kunjungan yang sebenarnya",
    "variance_large": "variance_s2 terlalu besar; isi sebaran kunjungan yang sebenarnya",
    "window_backwards": "windows: jendela tutup sebelum buka; tukar kedua jamnya",
    "shift_twice": "shift {id}: id ini dipakai dua kali; setiap id harus berbeda",
    "shifts_overlap": "shift {one} dan {other} dari tim {team} bertumpuk pada {date}; ubah jam atau tim salah satunya",
    "visit_twice": "kunjungan {id}: id ini dipakai dua kali; setiap id harus berbeda",
    "shift_place": "shift {id}: {field} {place} tidak ada; locations hanya berisi {known} tempat",
    "shift_vehicle": "shift {id}: kendaraan {vehicle} tidak punya waktu jalan; isi more_travel untuknya",
    "visit_place": "kunjungan {id}: location {place} tidak ada; locations hanya berisi {known} tempat",
    "visit_lock": "kunjungan {id}: locked menyebut shift {shift} yang tidak ada; isi id shift atau null",
    "detour_range": "travel.detour harus angka nol atau lebih",
    "speed_range": "travel.speed_kmh harus lebih besar dari nol",
    "travel_extreme": "travel: detour atau speed_kmh tidak masuk akal; periksa kedua angka itu",
    "not_clock": "{value} bukan jam; tulis HH:MM, misalnya 07:30",
    "clock_late": "{value} lewat dari 24:00; tulis jam antara 00:00 dan 24:00",
    "not_date": "{value} bukan tanggal; tulis TTTT-BB-HH, misalnya 2026-11-30",
    "not_text": "harus teks yang tidak kosong, bukan {value}",
    "half_letter": "berisi separuh huruf (surrogate): {value}; tulis ulang teksnya",
    "not_integer": "harus bilangan bulat, bukan {value}",
    "not_place": "harus nomor urut di locations, mulai dari 0, bukan {value}",
    "not_number": "harus angka, bukan {value}",
    "not_minutes": "harus menit, nol atau lebih, bukan {value}",
    "minutes_long": "terlalu lama: {value}; isi lama kunjungan dalam menit",
    "part_second": "harus menit yang genap dalam detik, bukan {value}",
    "not_list": "harus daftar [...], bukan {value}",
    "not_interval": "setiap baris harus [dari, sampai], bukan {value}",
    "not_object": "harus objek {{...}}, bukan {value}",
    "not_degrees": "harus [lintang, bujur] dalam derajat (-90..90, -180..180), bukan {value}",
    "field_missing": "kolom {field} tidak ada; tambahkan kolom itu",
    "priority_low": "priority harus 1 atau lebih, bukan {value}",
    "format_unknown": 'format harus "{known}", bukan {value}',
    "travel_kind": 'kind harus "great-circle", bukan {value}',
    "file_missing": "berkas tidak ada; periksa nama dan foldernya",
    "file_unreadable": "tidak dapat dibaca ({error}); periksa berkasnya",
    "not_json": "bukan JSON yang benar (baris {line}, kolom {column}: {error})",
    "json_extreme": "angka terlalu panjang atau daftar terlalu dalam; periksa berkasnya",
    "budget_range": "seconds dan iterations nol atau lebih, workers satu atau lebih",
}


def translate_error(error: PlanningError) -> str:
    """One Indonesian sentence: where, what is wrong and what to do. English for codes that no case file can
    raise."""
    if error.code not in SENTENCES:
        return str(error)
    where = "berkas kasus" if error.where == WHOLE else error.where
    text = SENTENCES[error.code].format(**error.values)
    return f"{where}: {text}" if where else text
