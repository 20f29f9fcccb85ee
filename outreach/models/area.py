"""The regency that this installation serves. Codes are Kemendagri's: 35.19, 35.19.01, 35.19.01.2001."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Regency(models.Model):
    """The one kabupaten or kota of this installation, with its outline and whom to credit for the data."""

    code = models.CharField(_("kode"), max_length=5, primary_key=True)
    name = models.CharField(_("nama"), max_length=80)
    outline = models.JSONField(_("batas"), default=dict, help_text="GeoJSON geometry, WGS84")
    surroundings = models.JSONField(
        default=list, blank=True, help_text='neighbours on the map: [{"code", "name", "boundary"}, ...]'
    )
    attribution = models.TextField(_("sumber data"))
    files_sha256 = models.CharField(
        max_length=64, blank=True, editable=False, help_text="of the files it was loaded from"
    )

    class Meta:
        verbose_name = verbose_name_plural = _("kabupaten")

    def __str__(self) -> str:
        return self.name


class District(models.Model):
    """A kecamatan. The point is geometric, not the district's office."""

    code = models.CharField(_("kode"), max_length=8, primary_key=True)
    regency = models.ForeignKey(Regency, on_delete=models.PROTECT, related_name="districts")
    name = models.CharField(_("nama"), max_length=80)
    latitude = models.FloatField()
    longitude = models.FloatField()
    area_km2 = models.FloatField(null=True, blank=True)
    boundary = models.JSONField(_("batas"), default=dict, help_text="GeoJSON geometry, WGS84")
    population = models.PositiveIntegerField(_("penduduk"), null=True, blank=True)
    elderly = models.PositiveIntegerField(_("penduduk 60+"), null=True, blank=True)
    not_recorded = models.PositiveIntegerField(_("belum rekam"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("kecamatan")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Village(models.Model):
    """A desa or kelurahan. Its point lies inside it and stands for a resident whose home is not located."""

    class Kind(models.TextChoices):
        DESA = "desa", _("Desa")
        KELURAHAN = "kelurahan", _("Kelurahan")

    code = models.CharField(_("kode"), max_length=13, primary_key=True)
    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="villages")
    name = models.CharField(_("nama"), max_length=80)
    kind = models.CharField(_("jenis"), max_length=9, choices=Kind.choices)
    postal_code = models.CharField(_("kode pos"), max_length=5, blank=True)
    latitude = models.FloatField()
    longitude = models.FloatField()
    area_km2 = models.FloatField(null=True, blank=True)
    boundary = models.JSONField(_("batas"), default=dict, help_text="GeoJSON geometry, WGS84")

    class Meta:
        verbose_name = verbose_name_plural = _("desa/kelurahan")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class HealthPost(models.Model):
    """A puskesmas; the point is its village's."""

    code = models.CharField(_("kode"), max_length=20, primary_key=True)
    village = models.ForeignKey(Village, on_delete=models.PROTECT, related_name="health_posts")
    name = models.CharField(_("nama"), max_length=80)
    service = models.CharField(_("layanan"), max_length=40, blank=True)
    address = models.CharField(_("alamat"), max_length=200, blank=True)
    latitude = models.FloatField()
    longitude = models.FloatField()

    class Meta:
        verbose_name = verbose_name_plural = _("puskesmas")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name
