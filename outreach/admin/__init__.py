"""The office's pages of the outreach side."""

from outreach.admin import area, log, needs, requests, residents

__all__ = ["area", "log", "needs", "requests", "residents"]
