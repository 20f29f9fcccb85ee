"""How long people usually wait, as it was last counted."""

from django.db import models


class StageWait(models.Model):
    """The usual wait for a stage (`selectors.flow.UsualWait`), counted by the worker every hour so that no page does
    it. `known_until` is empty where too few have waited to say anything."""

    name = models.CharField(max_length=10, primary_key=True, help_text="a value of `selectors.flow.Stage`")
    half = models.PositiveIntegerField(
        null=True, help_text="days after which half of the people wait no more"
    )
    most = models.PositiveIntegerField(null=True, help_text="the same for 8 of 10")
    known_until = models.PositiveIntegerField(null=True)
    counted = models.PositiveIntegerField(default=0)
    waiting = models.PositiveIntegerField(default=0)
    counted_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.counted_at:%Y-%m-%d %H:%M}"
