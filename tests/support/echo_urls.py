"""An address that says what a view is given, behind the middleware of the product."""

from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt


@csrf_exempt
def echo_view(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"post": dict(request.POST.lists()), "get": dict(request.GET.lists())})


urlpatterns = [path("echo/", echo_view), path("api/echo/", echo_view)]
