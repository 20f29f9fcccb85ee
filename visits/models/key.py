"""Public halves of the office's keys, and the epoch of its database."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from outreach.lib.states import StateTable
from outreach.models import Stateful
from visits.enums import KEY_MOVES, KeyRole, KeyState


class PublicKey(Stateful):
    """The public half of a key of ours; the private half is a file that only its user reads.

    `kid` is the RFC 7638 thumbprint. `endorsement` is a signature over it by the server key before it, so
    that a tablet that knows the old one believes the new one.
    """

    state_table = StateTable(moves=KEY_MOVES, action="key_rotated")

    kid = models.CharField(max_length=43, primary_key=True)
    role = models.CharField(_("guna"), max_length=7, choices=KeyRole.choices)
    jwk = models.JSONField()
    state = models.CharField(_("keadaan"), max_length=7, choices=KeyState.choices, default=KeyState.CURRENT)
    endorsement = models.TextField(blank=True)
    made_at = models.DateTimeField(_("dibuat"), auto_now_add=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("kunci")
        ordering = ["role", "-made_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["role"], condition=Q(state=KeyState.CURRENT), name="one_current_key_of_a_role"
            )
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.kid}"


class Epoch(models.Model):
    """Which life of the database this is. A restored backup gets a new one: tablets then offer again all they
    hold."""

    value = models.CharField(max_length=32, unique=True)
    began_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.value


class Backup(models.Model):
    """A backup that somebody has taken and says so: what was here when it began is safe outside. A restored
    database knows only of the ones before its own."""

    began_at = models.DateTimeField()
    noted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-began_at"]

    def __str__(self) -> str:
        return f"{self.began_at:%Y-%m-%d %H:%M}"
