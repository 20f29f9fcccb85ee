"""How far a record is, in the words that tablets know: a closed list that only a new protocol may add to."""

from enum import StrEnum

from visits.enums import CaptureStage


class CaptureWord(StrEnum):
    """What a tablet is told as the state of a record. QUEUED: accepted, the rest is the centre's."""

    UNKNOWN = "unknown"
    INCOMPLETE = "incomplete"
    STORED = "stored"
    REVIEW = "review"
    ACCEPTED = "accepted"
    SET_ASIDE = "set_aside"
    QUEUED = "queued"


_OF_STAGE = {
    CaptureStage.INCOMPLETE: CaptureWord.INCOMPLETE,
    CaptureStage.STORED: CaptureWord.STORED,
    CaptureStage.REVIEW: CaptureWord.REVIEW,
    CaptureStage.ACCEPTED: CaptureWord.ACCEPTED,
    CaptureStage.SET_ASIDE: CaptureWord.SET_ASIDE,
}


def capture_word(*, stage: str, at_centre: str | None) -> CaptureWord:
    """The word for a record at this `CaptureStage` and, once it is in the outbox, in this `OutboxState`.

    Whatever happens to it at the centre is one word here, so that a state added there reaches no tablet.
    """
    return _OF_STAGE[CaptureStage(stage)] if at_centre is None else CaptureWord.QUEUED
