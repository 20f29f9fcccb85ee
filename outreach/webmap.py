"""The region's boundaries as an HTTP response, gzipped, with an ETag."""

import gzip

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from outreach.selectors.region import load_region_map


def respond_with_map(request: HttpRequest) -> HttpResponse:
    """The map for any view that has checked access; 304 if the browser has this version."""
    built = load_region_map()
    if built is None:
        raise Http404(_("Wilayah belum dimuat: jalankan manage.py load_region."))
    response: HttpResponse
    if request.headers.get("If-None-Match", "") == built.etag:
        response = HttpResponseNotModified()
    elif "gzip" in request.headers.get("Accept-Encoding", ""):
        response = HttpResponse(built.gzipped, content_type="application/geo+json")
        response["Content-Encoding"] = "gzip"
    else:
        response = HttpResponse(gzip.decompress(built.gzipped), content_type="application/geo+json")
    response["ETag"] = built.etag
    response["Cache-Control"] = "private, no-cache"
    patch_vary_headers(response, ["Accept-Encoding"])
    return response
