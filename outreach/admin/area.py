"""The regency's districts, villages and health posts, read only, and their boundaries for maps."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from outreach.admin import pages
from outreach.models import District, HealthPost, Regency, Village
from outreach.webmap import respond_with_map


@require_safe
def boundaries_view(request: HttpRequest) -> HttpResponse:
    """The map's GeoJSON, for all members of staff."""
    return respond_with_map(request)


@admin.register(Regency)
class RegencyAdmin(pages.OursOnly):
    list_display = ["name", "code"]
    exclude = ["outline", "surroundings"]

    def get_urls(self) -> list[URLPattern]:
        route = path("peta.geojson", self.admin_site.admin_view(boundaries_view), name="outreach_region_map")
        return [route, *super().get_urls()]


@admin.register(District)
class DistrictAdmin(pages.OursOnly):
    list_display = ["name", "code", "population", "elderly", "not_recorded"]
    exclude = ["boundary"]


class DistrictFilter(admin.RelatedFieldListFilter):
    """Districts by name, read without their outlines."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[Any]:
        return list(District.objects.order_by("name").values_list("code", "name"))


@admin.register(Village)
class VillageAdmin(pages.OursOnly):
    list_display = ["name", "code", "kind", "district", "postal_code"]
    list_filter = [("district", DistrictFilter)]
    list_select_related = ["district"]
    search_fields = ["name"]
    exclude = ["boundary"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("boundary", "district__boundary")


@admin.register(HealthPost)
class HealthPostAdmin(pages.OursOnly):
    list_display = ["name", "code", "village_name", "service", "address"]
    list_select_related = ["village"]

    @admin.display(description=gettext_lazy("Desa/kelurahan"), ordering="village__name")
    def village_name(self, row: HealthPost) -> str:
        return row.village.name
