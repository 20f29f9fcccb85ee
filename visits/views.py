"""The tablet's origin: the shell of its app, its service worker, the map of the regency."""

import json

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.template.loader import render_to_string
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from outreach.selectors import region
from visits.shell import list_start_modules, load_shell

STATUS_PATH = "/status/"  # the residents' door, which this process does not open


def _render_shell() -> str:
    context = {
        "time_zone": settings.TIME_ZONE,
        "status_url": settings.PUBLIC_URL.rstrip("/") + STATUS_PATH,
        "modules": list_start_modules(),
    }
    return render_to_string("visits/tablet.html", context)


@require_safe
def tablet_app_view(request: HttpRequest) -> HttpResponse:
    """The page of the app: the same for everybody, without data."""
    return HttpResponse(_render_shell(), headers={"Cache-Control": "no-cache"})


@require_safe
def service_worker_view(request: HttpRequest) -> HttpResponse:
    """The service worker at the root, so that its scope is the whole origin; it contains the list of files to
    cache."""
    made = load_shell(_render_shell())
    listing = json.dumps({"version": made.version, "files": made.files})
    return HttpResponse(
        f"const SHELL = {listing};\n{made.worker}",
        content_type="text/javascript; charset=utf-8",
        headers={"Cache-Control": "no-cache"},
    )


@require_safe
def region_map_view(request: HttpRequest) -> HttpResponseBase:
    """Boundaries and village names; public."""
    made = region.load_region_map()
    if made is None:
        return JsonResponse({"type": "FeatureCollection", "features": [], "attribution": ""})
    unchanged = get_conditional_response(request, etag=made.etag)
    if unchanged is not None:
        return unchanged
    return HttpResponse(
        made.gzipped,
        content_type="application/json",
        headers={"Content-Encoding": "gzip", "ETag": made.etag, "Cache-Control": "no-cache"},
    )
