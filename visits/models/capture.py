"""Records from homes: the signed manifest as received, its sealed bytes, its receipts, and how far it is."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from outreach.lib.states import StateTable
from outreach.models import PersonKey
from visits.enums import CAPTURE_MOVES, CaptureStage, ReceiptKind
from visits.models.device import Device
from visits.models.job import LeasedJob
from visits.models.team import Officer
from visits.models.visit import Visit


class Capture(models.Model):
    """A record as the tablet handed it in; never changed. Its id is made by the tablet.

    `manifest_sealed` is the signed manifest (it holds a position), under `key`: the visited person's, or one
    of its own where the visit is not known. `manifest_sha256` is over the signed text.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    device = models.ForeignKey(
        Device, on_delete=models.PROTECT, related_name="captures", verbose_name=_("tablet")
    )
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, null=True, related_name="captures")
    visit_named = models.UUIDField(editable=False)
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    officer_named = models.BigIntegerField(editable=False)
    day = models.DateField(_("tanggal kunjungan"))
    day_version = models.CharField(max_length=64)
    client = models.PositiveIntegerField()
    form_version = models.PositiveIntegerField()
    capture_key = models.CharField(max_length=64)
    size = models.PositiveIntegerField(_("ukuran"), help_text="bytes of ciphertext")
    key = models.ForeignKey(PersonKey, on_delete=models.PROTECT, related_name="+")
    manifest_sealed = models.BinaryField()
    manifest_sha256 = models.CharField(max_length=64)
    received_at = models.DateTimeField(_("diterima"))

    class Meta:
        verbose_name = verbose_name_plural = _("rekaman")
        ordering = ["-received_at"]
        indexes = [
            models.Index(fields=["visit"]),
            models.Index(fields=["received_at"], name="captures_by_arrival"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class CaptureChunk(models.Model):
    """A chunk that a capture's manifest names: which part it belongs to, and its place in it."""

    capture = models.ForeignKey(Capture, on_delete=models.PROTECT, related_name="chunks")
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="+")
    part = models.CharField(max_length=32)
    part_number = models.PositiveSmallIntegerField()
    ordinal = models.PositiveSmallIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["part_number", "ordinal"]
        indexes = [models.Index(fields=["device", "sha256"])]
        constraints = [
            models.UniqueConstraint(fields=["capture", "part_number", "ordinal"], name="a_chunks_place_once")
        ]

    def __str__(self) -> str:
        return f"{self.part} {self.ordinal}"


class CaptureState(LeasedJob):
    """How far a capture is at the office; its verifying is a leased job. How far it is at the centre says
    `OutboxItem`."""

    state_table = StateTable(moves=CAPTURE_MOVES, action="capture_reviewed", field="stage", subject="capture")

    capture = models.OneToOneField(Capture, on_delete=models.PROTECT, primary_key=True, related_name="status")
    stage = models.CharField(
        _("keadaan"), max_length=10, choices=CaptureStage.choices, default=CaptureStage.INCOMPLETE
    )
    reasons = models.JSONField(_("sebab diperiksa"), default=list, help_text="list of ReviewReason values")
    revoked = models.BooleanField(default=False, help_text="handed in by a tablet that was revoked by then")
    stored_at = models.DateTimeField(_("tersimpan"), null=True, blank=True)
    verified_at = models.DateTimeField(_("diperiksa"), null=True, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reviewed_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(_("keputusan"), max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("keadaan rekaman")
        indexes = [models.Index(fields=["stage"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(stage=CaptureStage.INCOMPLETE) | Q(stored_at__isnull=False),
                name="a_stored_capture_has_its_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.capture_id} {self.stage}"


class CaptureReseal(models.Model):
    """A stored capture's parts sealed anew to a later capture key, so that the old key can be retired.

    The files lie under the capture and the key; what the tablet handed in stays as it came.
    """

    capture = models.ForeignKey(Capture, on_delete=models.PROTECT, related_name="reseals")
    kid = models.CharField(max_length=64)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-made_at"]
        constraints = [models.UniqueConstraint(fields=["capture", "kid"], name="one_reseal_to_a_key")]

    def __str__(self) -> str:
        return f"{self.capture_id} {self.kid}"


class Receipt(models.Model):
    """What we have signed for a capture: written once, in the transaction that it tells of, never changed."""

    capture = models.ForeignKey(Capture, on_delete=models.PROTECT, related_name="receipts")
    kind = models.CharField(max_length=8, choices=ReceiptKind.choices)
    jws = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["capture", "kind"], name="one_receipt_of_a_kind")]

    def __str__(self) -> str:
        return f"{self.capture_id} {self.kind}"


class CaptureContent(models.Model):
    """What a person needs for a review, sealed under the person's key: the form, and a small picture of the
    face or of the handing over.

    Everything else of the record stays sealed to the capture key.
    """

    capture = models.OneToOneField(
        Capture, on_delete=models.PROTECT, primary_key=True, related_name="content"
    )
    key = models.ForeignKey(PersonKey, on_delete=models.PROTECT, related_name="+")
    form_sealed = models.BinaryField()
    face_sealed = models.BinaryField(null=True, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.capture_id)
