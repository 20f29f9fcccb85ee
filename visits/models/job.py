"""Signs of life of background processes."""

from django.db import models


class Heartbeat(models.Model):
    """The last time a process of ours did something, by name ("worker"); read by `/readyz`."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()
    process = models.CharField(max_length=80, blank=True, help_text="host:pid")

    def __str__(self) -> str:
        return f"{self.name} {self.at:%Y-%m-%d %H:%M:%S}"
