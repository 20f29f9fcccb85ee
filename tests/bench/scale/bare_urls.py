"""The product's addresses, and beside them one of a bare Django view: the yardstick of the same run."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from config.urls import handler500
from config.urls import urlpatterns as product
from outreach.models import District

__all__ = ["handler500", "urlpatterns"]


def bare_view(request: HttpRequest) -> HttpResponse:
    """One short list from the database as text, behind the product's middleware."""
    return HttpResponse("\n".join(District.objects.values_list("name", flat=True)))


urlpatterns = [path("polos/", bare_view), *product]
