"""The tablet's origin: the shell of its app, its service worker, the map of the regency."""

import json

from csp.constants import NONE, SELF
from csp.decorators import csp
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.template.loader import render_to_string
from django.utils.cache import get_conditional_response
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from outreach.selectors import region
from visits.shell import list_start_modules, load_shell

STATUS_PATH = "/status/"  # the residents' door, which this process does not open

# Where biometric devices on the same machine answer (MOSIP Secure Biometric Interface). A policy cannot name a range:
# "127.0.0.1:*" would open every program of the machine, so each port is named, on one page that holds nothing else.
SCANNER_PORTS = range(4501, 4601)
# The page around it, which holds keys and residents' data, stays shut to all of them, whatever the team's way of recording.
# It puts this one into a frame only while a record by the way "our_devices" is at its fingers and eyes; and this one
# reaches neither our server nor any other.
SCANNER_POLICY = {
    "default-src": [NONE],
    "script-src": [SELF],
    "connect-src": [f"http://127.0.0.1:{port}" for port in SCANNER_PORTS],
    "base-uri": [NONE],
    "form-action": [NONE],
    "frame-ancestors": [SELF],
    "require-trusted-types-for": ["'script'"],
    "trusted-types": [NONE],
}


def _render_shell() -> str:
    context = {
        "time_zone": settings.TIME_ZONE,
        "status_url": settings.PUBLIC_URL.rstrip("/") + STATUS_PATH,
        "modules": list_start_modules(),
    }
    return render_to_string("visits/tablet.html", context)


def _render_pages() -> dict[str, str]:
    """The pages that the service worker keeps, by address, "/" first."""
    ports = {"ports": f"{SCANNER_PORTS[0]}-{SCANNER_PORTS[-1]}"}
    return {"/": _render_shell(), "/alat": render_to_string("visits/scanners.html", ports)}


def _write_policies() -> str:
    """The policies of these pages, which the service worker keeps as headers beside them."""
    return json.dumps([settings.CONTENT_SECURITY_POLICY, SCANNER_POLICY], sort_keys=True)


@require_safe
def tablet_app_view(request: HttpRequest) -> HttpResponse:
    """The page of the app: the same for everybody, without data."""
    return HttpResponse(_render_shell(), headers={"Cache-Control": "no-cache"})


@csp(SCANNER_POLICY)
@xframe_options_sameorigin
@require_safe
def scanner_frame_view(request: HttpRequest) -> HttpResponse:
    """The frame through which the app reaches biometric devices; no data."""
    return HttpResponse(_render_pages()["/alat"], headers={"Cache-Control": "no-cache"})


@require_safe
def service_worker_view(request: HttpRequest) -> HttpResponse:
    """The service worker at the root, so that its scope is the whole origin; it contains the list of files to
    cache."""
    made = load_shell(tuple(_render_pages().items()), policies=_write_policies())
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
