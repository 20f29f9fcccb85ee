"""The office's pages of the outreach app."""

from outreach.admin import area, log, needs, requests, residents

__all__ = ["area", "log", "needs", "requests", "residents"]
