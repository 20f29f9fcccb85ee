"""Counts of tries, in the database so that all processes share them."""

from django.db import models


class Throttle(models.Model):
    """How often somebody tried something in the window that ends at `until`; who and what are only a blind
    index."""

    key = models.CharField(max_length=64, primary_key=True)
    until = models.DateTimeField(db_index=True)
    count = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.key[:8]} {self.count}"
