"""Requests as they arrive, and the consent given with them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from outreach.enums import REQUEST_MOVES, Relation, RequestState, ResidentKind, Sex, Suspicion
from outreach.lib.births import BirthBasis
from outreach.lib.ids import uuid7
from outreach.lib.states import StateTable
from outreach.models.area import Village
from outreach.models.name_key import NameKeyField
from outreach.models.need import Need
from outreach.models.resident import PersonKey, Resident
from outreach.models.state import Stateful


class VisitRequest(Stateful):
    """What somebody asked for on the public form, kept as it was asked. NIK, KK, phones and health are
    sealed."""

    state_table = StateTable(moves=REQUEST_MOVES, action="request_moved")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reference = models.CharField(_("nomor permohonan"), max_length=16, unique=True)
    form_token = models.CharField(max_length=64, unique=True, help_text="one filled form is one request")
    state = models.CharField(max_length=9, choices=RequestState.choices, default=RequestState.RECEIVED)
    received_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    refusal_reason = models.TextField(_("alasan penolakan"), blank=True)

    key = models.OneToOneField(PersonKey, on_delete=models.PROTECT, related_name="request")
    relation = models.CharField(_("pemohon"), max_length=18, choices=Relation.choices)
    applicant_name_sealed = models.BinaryField(null=True, blank=True)
    name = models.CharField(_("nama warga"), max_length=120)
    name_key = NameKeyField()
    birth_date = models.DateField(_("tanggal lahir"), null=True, blank=True)
    birth_basis = models.CharField(
        _("kepastian tanggal lahir"),
        max_length=5,
        choices=[(basis.value, basis.value) for basis in BirthBasis],
        default=BirthBasis.EXACT.value,
    )
    sex = models.CharField(_("jenis kelamin"), max_length=6, choices=Sex.choices, blank=True)
    kind = models.CharField(_("kelompok"), max_length=16, choices=ResidentKind.choices)
    village = models.ForeignKey(
        Village, on_delete=models.PROTECT, related_name="requests", verbose_name=_("desa")
    )
    address = models.CharField(_("alamat"), max_length=200, blank=True)
    rt = models.CharField("RT", max_length=3, blank=True)
    rw = models.CharField("RW", max_length=3, blank=True)
    windows = models.JSONField(default=list, blank=True)
    weekdays = models.JSONField(default=list, blank=True)
    not_before = models.DateField(_("paling cepat"), null=True, blank=True)
    deadline = models.DateField(_("paling lambat"), null=True, blank=True)
    skills = models.JSONField(default=list, blank=True)
    infectious = models.BooleanField(_("penyakit menular"), default=False)
    married = models.BooleanField(_("sudah menikah"), default=False)
    nik_sealed = models.BinaryField(null=True, blank=True)
    nik_index = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    family_card_sealed = models.BinaryField(null=True, blank=True)
    phone_sealed = models.BinaryField(null=True, blank=True)
    phone_index = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    code_index = models.CharField(
        max_length=64,
        blank=True,
        editable=False,
        help_text="blind index of the printed code, where there is no phone",
    )
    phone_tail_index = models.CharField(
        max_length=64,
        blank=True,
        editable=False,
        help_text="blind index of the request and the last four digits of the phone",
    )
    health_sealed = models.BinaryField(null=True, blank=True)

    resident = models.ForeignKey(
        Resident, on_delete=models.PROTECT, null=True, blank=True, related_name="requests"
    )
    need = models.ForeignKey(Need, on_delete=models.PROTECT, null=True, blank=True, related_name="requests")
    marks = models.JSONField(_("tanda"), default=list, blank=True, help_text="list of Suspicion values")
    family_confirmed_at = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="since when the status page shows the visits; empty where it joined a person who was known",
    )
    made_up = models.BooleanField(_("data contoh"), default=False)

    class Meta:
        verbose_name = verbose_name_plural = _("permohonan")
        ordering = ["received_at"]
        permissions = [
            ("triage_visitrequest", _("Boleh menyetujui, menolak, dan menggabungkan permohonan")),
            ("reveal_sealed", _("Boleh membuka NIK, telepon, dan catatan kesehatan (tercatat)")),
        ]
        indexes = [
            models.Index(fields=["state", "received_at"]),
            models.Index(fields=["village", "birth_date"]),
            models.Index(fields=["birth_date"], name="requests_by_birth"),
            models.Index(fields=["name_key", "birth_date"], name="requests_by_key"),
            models.Index(fields=["state", "decided_at", "id"], name="requests_by_decision"),
            models.Index(fields=["received_at", "id"], name="requests_by_arrival"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=[RequestState.ACCEPTED, RequestState.MERGED]) | Q(need__isnull=False),
                name="accepted_requests_have_a_need",
            ),
            models.CheckConstraint(
                condition=Q(deadline__isnull=True)
                | Q(not_before__isnull=True)
                | Q(deadline__gte=models.F("not_before")),
                name="request_deadline_after_not_before",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def suspicions(self) -> list[str]:
        """Why to look twice, in words."""
        return [str(Suspicion(mark).label) for mark in self.marks]

    @property
    def hides_visits(self) -> bool:
        """Whether it joined a person who was known, and the office has not confirmed that it is the family:
        a name and a NIK are known to more people than the family."""
        return self.need_id is not None and self.family_confirmed_at is None


class ConsentRecord(models.Model):
    """That a notice was shown and agreed to: which text (by hash), when, by whom, for which request."""

    request = models.OneToOneField(VisitRequest, on_delete=models.PROTECT, related_name="consent")
    text_version = models.CharField(max_length=20)
    text_sha256 = models.CharField(max_length=64)
    given_by = models.CharField(max_length=18, choices=Relation.choices)
    given_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.text_version} {self.given_at:%Y-%m-%d}"
