"""Teams, their officers, and the shifts that they work."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from visits.enums import RecordingWay, Vehicle


class Team(models.Model):
    """A crew with a vehicle and a recording kit. The kit's parts and the people are its skills."""

    code = models.CharField(_("kode"), max_length=8, unique=True)
    name = models.CharField(_("nama"), max_length=60)
    skills = models.JSONField(_("kelengkapan"), default=list, blank=True, help_text="list of Skill values")
    latitude = models.FloatField(help_text=_("Titik berangkat dan pulang"))
    longitude = models.FloatField()
    base_name = models.CharField(_("nama titik berangkat"), max_length=80, blank=True)
    vehicle = models.CharField(
        _("kendaraan"),
        max_length=12,
        choices=Vehicle.choices,
        default=Vehicle.CAR,
        help_text=_(
            "Waktu jalan dihitung menurut kendaraan ini. Jam yang sudah terbit tidak ikut berubah; rencanakan lagi."
        ),
    )
    recording_way = models.CharField(
        _("cara merekam"), max_length=16, choices=RecordingWay.choices, default=RecordingWay.OFFICIAL_KIT
    )
    max_visits = models.PositiveSmallIntegerField(_("kunjungan paling banyak sehari"), default=8)
    setup_minutes = models.PositiveSmallIntegerField(_("menit menyiapkan alat tiap rumah"), default=10)
    is_active = models.BooleanField(_("aktif"), default=True)
    made_up = models.BooleanField(_("data contoh"), default=False)

    class Meta:
        verbose_name = verbose_name_plural = _("tim")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Officer(models.Model):
    """A field officer of a team; the tablet's manifest names who recorded."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="officers", verbose_name=_("tim"))
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="officer",
        verbose_name=_("akun"),
    )
    name = models.CharField(_("nama"), max_length=80)
    employee_number = models.CharField(_("nomor petugas"), max_length=20, unique=True)
    woman = models.BooleanField(_("perempuan"), default=False)
    is_active = models.BooleanField(_("aktif"), default=True)
    made_up = models.BooleanField(_("data contoh"), default=False)

    class Meta:
        verbose_name = verbose_name_plural = _("petugas")
        ordering = ["team", "name"]

    def __str__(self) -> str:
        return self.name


class Shift(models.Model):
    """One team's working day: when, from where to where, with which breaks and skills."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="shifts", verbose_name=_("tim"))
    date = models.DateField(_("tanggal"))
    starts = models.TimeField(_("mulai"))
    ends = models.TimeField(_("selesai"))
    breaks = models.JSONField(_("istirahat"), default=list, help_text='[["12:00", "13:00"]]')
    start_latitude = models.FloatField()
    start_longitude = models.FloatField()
    end_latitude = models.FloatField()
    end_longitude = models.FloatField()
    max_visits = models.PositiveSmallIntegerField(_("kunjungan paling banyak"), default=8)
    skills = models.JSONField(_("kelengkapan hari itu"), default=list, blank=True)
    is_cancelled = models.BooleanField(_("dibatalkan"), default=False)

    class Meta:
        verbose_name = verbose_name_plural = _("hari tugas tim")
        ordering = ["date", "team"]
        constraints = [
            models.UniqueConstraint(
                fields=["team", "date"],
                name="one_shift_of_a_team_a_day",
                violation_error_message=_("Tim ini sudah punya jadwal pada tanggal itu."),
            ),
            models.CheckConstraint(
                condition=Q(ends__gt=F("starts")),
                name="shift_ends_after_it_starts",
                violation_error_message=_("Jam selesai harus sesudah jam mulai."),
            ),
            models.CheckConstraint(condition=Q(max_visits__lte=60), name="shift_visits_in_bounds"),
        ]

    def __str__(self) -> str:
        return f"{self.team} {self.date}"
