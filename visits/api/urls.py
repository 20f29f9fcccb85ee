"""Addresses of the tablet protocol, below /api/v1/."""

from django.urls import path, re_path

from visits.api.base import NothingHereView
from visits.api.pairing import DevicesView, PingView, TokensView
from visits.api.reading import DaysView, DayView, MeView
from visits.api.uploads import CaptureView, ChunkView, EventsView, RecordView, StatusView, WipedView

urlpatterns = [
    path("ping", PingView.as_view()),
    path("devices", DevicesView.as_view()),
    path("devices/me/wiped", WipedView.as_view()),
    re_path(r"^devices/me/blobs/(?P<sha256>[0-9a-f]{64})\Z", ChunkView.as_view()),
    path("tokens", TokensView.as_view()),
    path("me", MeView.as_view()),
    path("days", DaysView.as_view()),
    path("days/<str:day>", DayView.as_view()),
    path("events", EventsView.as_view()),
    path("captures/status", StatusView.as_view()),
    path("captures/<uuid:capture>", CaptureView.as_view()),
    path("captures/<uuid:capture>/parts", RecordView.as_view()),
    re_path(r"^[\s\S]*\Z", NothingHereView.as_view()),
]
