"""The addresses of a process that opens the tablet's door."""

from config.urls import doors

urlpatterns = doors(["tablet"])
