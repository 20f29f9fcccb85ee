"""The tablet's page, on an origin of its own (door `tablet`)."""

from django.urls import path

from visits import views

app_name = "visits"
urlpatterns = [
    path("", views.tablet_app_view, name="tablet"),
    path("alat", views.scanner_frame_view, name="scanners"),
    path("sw.js", views.service_worker_view, name="service-worker"),
    path("peta.json", views.region_map_view, name="region-map"),
]
