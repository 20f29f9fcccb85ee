"""All doors at once, for tests that look from the office's side at what a tablet does."""

from config.urls import list_door_urls

urlpatterns = list_door_urls(["tablet", "public", "admin"])
