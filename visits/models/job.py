"""Work that is done apart from any page: the columns of a leased job, and signs of life of its workers."""

from django.db import models

from outreach.models import Stateful


class LeasedJob(Stateful):
    """A row that a worker takes, works on and lets go of, as `visits.ops.leased_jobs` does it.

    `worker` is the token of the last claim. Whoever finds `lease_until` in the past knows that its worker is
    gone. `attempts` counts claims, each before its work.
    """

    worker = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    try_after = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=80, blank=True, help_text="kind of the last error, no content")

    class Meta:
        abstract = True


class Heartbeat(models.Model):
    """The last time a process of ours did something, by name ("worker"); read by `/readyz`."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()
    process = models.CharField(max_length=80, blank=True, help_text="host:pid")

    def __str__(self) -> str:
        return f"{self.name} {self.at:%Y-%m-%d %H:%M:%S}"
