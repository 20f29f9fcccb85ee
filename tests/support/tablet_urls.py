"""The addresses of a process that opens the tablet's door."""

from config.urls import list_door_urls

urlpatterns = list_door_urls(["tablet"])
