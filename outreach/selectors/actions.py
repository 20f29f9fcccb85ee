"""Labels for the actions in the log."""

from django.utils.translation import gettext as _

LOOKS = ("sealed_revealed", "phones_seen", "capture_seen")  # somebody looked; nothing changed


def action_labels() -> dict[str, str]:
    """The label of each action that is ever written, by code."""
    return {
        "request_received": _("Permohonan diterima"),
        "request_moved": _("Permohonan diputuskan"),
        "family_confirmed": _("Dipastikan keluarga: kunjungan tampil di halaman status"),
        "family_doubted": _("Kunjungan disembunyikan dari halaman status"),
        "resident_made": _("Warga dicatat"),
        "person_corrected": _("Data dibetulkan"),
        "completion_undone": _("Tambahan dari permohonan lain dicabut"),
        "decision_undone": _("Keputusan dibatalkan, permohonan kembali ke antrean"),
        "need_parted": _("Permohonan yang digabung dilepas lagi"),
        "resident_completed": _("Data warga dilengkapi"),
        "resident_located": _("Lokasi rumah diperbaiki"),
        "need_made": _("Masuk antrean kunjungan"),
        "need_joined": _("Permohonan lain digabung"),
        "need_moved": _("Antrean berubah"),
        "need_changed": _("Syarat kunjungan diubah"),
        "need_reopened": _("Masuk antrean lagi"),
        "close_explained": _("Sebab penutupan ditulis"),
        "sealed_revealed": _("Data terkunci dibuka"),
        "contact_corrected": _("Kontak warga dibetulkan"),
        "location_fixed": _("Lokasi rumah dipastikan petugas"),
        "region_loaded": _("Wilayah dimuat"),
        "village_renumbered": _("Kode desa diganti, warganya pindah"),
        **_office_labels(),
        **_plan_labels(),
        **_field_labels(),
    }


def _office_labels() -> dict[str, str]:
    return {
        "team_made": _("Tim dibuat"),
        "team_changed": _("Tim diubah"),
        "team_message": _("Pesan untuk tim ditulis"),
        "officer_made": _("Petugas dicatat"),
        "officer_changed": _("Petugas diubah"),
        "shift_made": _("Hari tugas tim dibuat"),
        "shift_changed": _("Hari tugas tim diubah"),
        "shift_cancelled": _("Hari tugas tim dibatalkan"),
        "shift_taken_up": _("Hari tugas tim diaktifkan lagi"),
        "day_set": _("Hari dibuka atau ditutup"),
        "day_cleared": _("Hari kembali ke aturan biasa"),
        "two_factor_set": _("Langkah kedua dipasang"),
        "two_factor_reset": _("Langkah kedua dilepas pengelola akun"),
        "recovery_code_used": _("Kode pemulihan dipakai"),
        "hours_set": _("Jam kerja khusus ditulis"),
        "hours_cleared": _("Jam kerja khusus dihapus"),
        "key_made": _("Kunci dibuat"),
        "key_rotated": _("Kunci diganti"),
        "key_retired": _("Kunci ditarik"),
        "epoch_began": _("Cadangan dipulihkan"),
        "backup_noted": _("Cadangan dibuat"),
        "durations_learned": _("Lama kunjungan dihitung ulang"),
        "travel_proposed": _("Kecepatan jalan diusulkan"),
        "travel_fit_moved": _("Kecepatan jalan diputuskan"),
    }


def _plan_labels() -> dict[str, str]:
    return {
        "plan_asked": _("Rencana diminta"),
        "plan_run_moved": _("Perhitungan rencana berubah"),
        "plan_stop_asked": _("Perhitungan diminta berhenti"),
        "plan_made": _("Rencana selesai dihitung"),
        "plan_discarded": _("Rancangan dibuang"),
        "plan_visit_kept": _("Kunjungan dalam rancangan dibiarkan seperti semula"),
        "plan_visit_moved": _("Kunjungan dalam rancangan dipindah atau dikeluarkan"),
        "phones_seen": _("Nomor telepon keluarga dibuka"),
        "plan_published": _("Rencana diterbitkan"),
        "session_accepted": _("Sesi desa disepakati"),
        "session_cancelled": _("Sesi desa dibatalkan"),
        "visit_moved": _("Kunjungan berubah"),
        "visit_rescheduled": _("Kunjungan dijadwalkan ulang"),
        "visit_corrected": _("Hasil kunjungan dibetulkan"),
        "visit_arrival_noted": _("Jam tiba di rumah dicatat"),
        "visit_promised": _("Jam kunjungan dijanjikan"),
        "promise_released": _("Janji kunjungan dilepas"),
        "visit_taken_out": _("Kunjungan dikeluarkan dari jadwal"),
        "visit_called_off": _("Kunjungan dibatalkan kantor"),
        "visit_reinstated": _("Kunjungan jadi lagi"),
        "call_off_told": _("Keluarga dikabari bahwa kunjungannya batal"),
    }


def _field_labels() -> dict[str, str]:
    return {
        "pairing_code_made": _("Kode pemasangan dibuat"),
        "device_paired": _("Tablet dipasangkan"),
        "device_key_replaced": _("Kunci tablet diganti"),
        "device_moved": _("Tablet berubah"),
        "team_departed": _("Tim berangkat dari kantor"),
        "day_closed": _("Tim menutup hari"),
        "event_in_review": _("Kabar tablet perlu diperiksa"),
        "event_reviewed": _("Kabar tablet diperiksa"),
        "event_rejected": _("Kabar tablet ditolak"),
        "event_collides": _("Kabar tablet bertentangan"),
        "event_unreadable": _("Kabar tablet tidak terbaca"),
        "message_not_mine": _("Tablet membaca pesan tim lain"),
        "token_refused": _("Kunci asing meminta masuk atas nama tablet"),
        "capture_offered": _("Rekaman ditawarkan tablet"),
        "capture_stored": _("Rekaman tersimpan"),
        "capture_verified": _("Rekaman diperiksa"),
        "capture_seen": _("Rekaman dibuka"),
        "capture_reviewed": _("Rekaman diputuskan"),
        "capture_resealed": _("Rekaman disegel ulang"),
        "capture_collides": _("Rekaman bertentangan"),
        "captures_not_mine": _("Tablet menanyakan rekaman tablet lain"),
        "blob_not_named": _("Tablet mengirim potongan di luar rekamannya"),
        "chunks_damaged": _("Potongan rekaman rusak di server, diminta lagi"),
        "chunks_swept": _("Potongan tanpa rekaman dibersihkan"),
        "captures_carried": _("Rekaman dibawa dengan berkas"),
        "outbox_queued": _("Rekaman masuk antrean pusat"),
        "outbox_moved": _("Rekaman bergerak di pusat"),
    }
