"""Tablets: how they join, who they are, what they are told."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from outreach.lib.ids import uuid7
from outreach.lib.states import StateTable
from outreach.models import Stateful
from visits.enums import DEVICE_MOVES, DeviceState
from visits.models.team import Team


class Device(Stateful):
    """A tablet of a team's kit, known by its own key; what it says is signed with that."""

    state_table = StateTable(moves=DEVICE_MOVES, action="device_moved")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="devices", verbose_name=_("tim"))
    name = models.CharField(_("nama"), max_length=80)
    jwk = models.JSONField(editable=False)
    thumbprint = models.CharField(max_length=43, unique=True, editable=False)
    state = models.CharField(
        _("keadaan"), max_length=7, choices=DeviceState.choices, default=DeviceState.ACTIVE
    )
    client = models.PositiveIntegerField(_("versi aplikasi"), default=0)
    paired_at = models.DateTimeField(_("dipasangkan"), auto_now_add=True)
    last_seen_at = models.DateTimeField(_("terakhir terlihat"), null=True, blank=True)
    told_kid = models.CharField(
        max_length=43, blank=True, help_text="the capture key it was last told to seal to"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)
    wiped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("tablet")
        ordering = ["team", "name"]

    def __str__(self) -> str:
        return self.name


class PairingCode(models.Model):
    """A one-time code with which a tablet joins a team; only its keyed digest is kept."""

    digest = models.CharField(max_length=64, unique=True)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    made_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    device = models.OneToOneField(
        Device, on_delete=models.PROTECT, null=True, blank=True, related_name="pairing_code"
    )
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(device__isnull=True, used_at__isnull=True)
                | Q(device__isnull=False, used_at__isnull=False),
                name="a_used_code_names_its_tablet",
            )
        ]

    def __str__(self) -> str:
        return f"{self.team_id} {self.made_at:%Y-%m-%d %H:%M}"


class DeviceToken(models.Model):
    """An opaque token of a tablet, by its digest. The one before stays, for answers that were lost."""

    digest = models.CharField(max_length=64, primary_key=True)
    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="tokens")
    made_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return f"{self.device_id} {self.expires_at:%Y-%m-%d %H:%M}"


class TeamMessage(models.Model):
    """A line from the coordinator to a team; it is shown on the tablet until somebody has read it."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="messages", verbose_name=_("tim"))
    text = models.CharField(_("pesan"), max_length=500)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    written_at = models.DateTimeField(_("ditulis"), auto_now_add=True)
    read_at = models.DateTimeField(_("dibaca"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("pesan untuk tim")
        ordering = ["-written_at"]

    def __str__(self) -> str:
        return f"{self.team_id} {self.written_at:%Y-%m-%d %H:%M}"
