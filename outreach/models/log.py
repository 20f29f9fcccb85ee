"""The log: append-only by trigger; never personal data in it, only ids, states and numbers."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from outreach.lib.ids import uuid7
from outreach.models.resident import PersonKey


class LogEntry(models.Model):
    """One thing that was done to one row: who, what, from which state to which, when."""

    at = models.DateTimeField(_("waktu"), auto_now_add=True)
    actor = models.CharField(_("siapa"), max_length=80, help_text="user:3, device:<uuid>, system, public")
    action = models.CharField(_("tindakan"), max_length=40)
    subject_type = models.CharField(_("jenis data"), max_length=40)
    subject_id = models.CharField(_("nomor data"), max_length=64)
    from_state = models.CharField(_("dari keadaan"), max_length=20, blank=True)
    to_state = models.CharField(_("ke keadaan"), max_length=20, blank=True)
    detail = models.JSONField(_("rincian"), default=dict, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("riwayat")
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "at"]),
            models.Index(fields=["at", "id"], name="log_by_moment"),
            models.Index(fields=["action", "at", "id"], name="log_by_action"),
        ]
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.action} {self.subject_type} {self.subject_id}"


class SealedDetail(models.Model):
    """What a log row tells about a person: values before a correction, a reason in words. Append-only, and
    sealed under the person's key, so that it is erased with the person."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    entry = models.OneToOneField(LogEntry, on_delete=models.PROTECT, related_name="sealed_detail")
    key = models.ForeignKey(PersonKey, on_delete=models.PROTECT, related_name="+")
    sealed = models.BinaryField()

    def __str__(self) -> str:
        return str(self.id)
