"""What the queue calls: one line each, ids only. The truth of every job is in its own row."""

from visits.services import jobs


def beat() -> None:
    """Answer the supervisor's bell."""
    jobs.beat()
