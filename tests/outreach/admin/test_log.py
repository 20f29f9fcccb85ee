from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from outreach.enums import NeedState
from outreach.services import log
from outreach.services.transitions import transition
from tests.factories.outreach import NeedFactory

LOG = "/admin/outreach/logentry/"


def test_the_log_is_read_in_words_newest_first(admin_client: Client, admin_user: User) -> None:
    need = NeedFactory()
    log.write_log(actor="system", action="need_made", subject=need)
    transition(row=need, to=NeedState.PLANNED, actor=f"user:{admin_user.pk}")

    page = admin_client.get(LOG).content.decode()

    for told in ("admin", "Sistem", "Antrean berubah", "Menunggu jadwal → Sudah dijadwalkan"):
        assert told in page
    assert page.index("Antrean berubah</td>") < page.index("Masuk antrean kunjungan</td>")
    assert "need_moved</td>" not in page
    assert "Antrean berubah</td>" not in admin_client.get(LOG, {"tindakan": "need_made"}).content.decode()


def test_few_and_many_rows_take_the_same_queries(admin_client: Client, django_assert_num_queries) -> None:
    need = NeedFactory()
    log.write_log(actor="user:1", action="need_made", subject=need)
    admin_client.get(LOG)
    with django_assert_num_queries(4):
        admin_client.get(LOG)
    for actor in ("user:2", "device:3"):
        log.write_log(actor=actor, action="need_changed", subject=need)
    with django_assert_num_queries(4):
        admin_client.get(LOG)


def test_the_log_is_read_back_from_the_end_of_a_day(admin_client: Client, admin_user: User, clock) -> None:
    need = NeedFactory()
    old = log.write_log(actor="system", action="need_made", subject=need)
    clock.shift(3 * 24 * 3600)
    admin_client.force_login(admin_user)  # the session ended meanwhile
    log.write_log(actor="system", action="need_changed", subject=need)

    page = admin_client.get(LOG, {"sampai": timezone.localdate(old.at).isoformat()}).content.decode()
    odd = admin_client.get(LOG, {"sampai": "kemarin", "tindakan": "x", "sesudah": "y"})

    assert "Masuk antrean kunjungan</td>" in page
    assert "Syarat kunjungan diubah</td>" not in page
    assert odd.status_code == 200
    assert "Syarat kunjungan diubah</td>" in odd.content.decode()
