"""Residents, and the key under which each one's personal data is sealed."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from outreach.enums import LocationSource, ResidentKind, Sex
from outreach.lib.births import BirthBasis
from outreach.lib.ids import uuid7
from outreach.models.area import Village
from outreach.models.name_key import NameKeyField

SEALED_COLUMNS = ("nik_sealed", "family_card_sealed", "phone_sealed", "carer_name_sealed", "health_sealed")


class PersonKey(models.Model):
    """The key of one person's sealed data, itself sealed under the office's key ring.

    A request makes it; the resident who comes of the request keeps it. Destroying it (an empty `wrapped`)
    erases what it sealed, wherever copies of that lie.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    wrapped = models.BinaryField()
    made_at = models.DateTimeField(auto_now_add=True)
    destroyed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.id)


class Resident(models.Model):
    """A person of the regency whom the office visits. NIK, KK, phones and health notes are sealed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    key = models.OneToOneField(PersonKey, on_delete=models.PROTECT, related_name="resident")
    name = models.CharField(_("nama"), max_length=120)
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
    infectious = models.BooleanField(_("penyakit menular"), default=False)

    village = models.ForeignKey(
        Village, on_delete=models.PROTECT, related_name="residents", verbose_name=_("desa")
    )
    address = models.CharField(_("alamat"), max_length=200, blank=True)
    rt = models.CharField("RT", max_length=3, blank=True)
    rw = models.CharField("RW", max_length=3, blank=True)
    latitude = models.FloatField()
    longitude = models.FloatField()
    location_source = models.CharField(
        _("asal lokasi"), max_length=8, choices=LocationSource.choices, default=LocationSource.VILLAGE
    )

    nik_sealed = models.BinaryField(null=True, blank=True)
    nik_index = models.CharField(max_length=64, null=True, blank=True, db_index=True, editable=False)
    nik_shared = models.BooleanField(
        default=False, editable=False, help_text="accepted although another resident has the same NIK"
    )
    family_card_sealed = models.BinaryField(null=True, blank=True)
    phone_sealed = models.BinaryField(null=True, blank=True)
    phone_index = models.CharField(max_length=64, blank=True, editable=False, db_index=True)
    carer_name_sealed = models.BinaryField(null=True, blank=True)
    health_sealed = models.BinaryField(null=True, blank=True)

    away = models.BooleanField(_("di luar daerah"), default=False)
    made_up = models.BooleanField(
        _("data contoh"), default=False, help_text=_("Orang rekaan untuk demo dan uji")
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = _("warga")
        indexes = [
            models.Index(fields=["village", "birth_date"]),
            models.Index(fields=["birth_date"], name="residents_by_birth"),
            models.Index(fields=["name_key", "birth_date"], name="residents_by_key"),
            models.Index(fields=["name", "id"], name="residents_by_name"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["nik_index"],
                condition=models.Q(nik_shared=False),
                name="one_nik_is_one_person_unless_checked",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def approximate(self) -> bool:
        """Whether the point is only the village's."""
        return self.location_source == LocationSource.VILLAGE
