"""All doors at once, for tests that look from the office's side at what a tablet does."""

from config.urls import doors

urlpatterns = doors(["tablet", "public", "admin"])
