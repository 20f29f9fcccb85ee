from visits.enums import CaptureStage, OutboxState
from visits.sync.capture_words import CaptureWord, capture_word

WORDS = ["unknown", "incomplete", "stored", "review", "accepted", "set_aside", "queued"]


def test_the_words_are_those_that_tablets_were_told_from_the_beginning() -> None:
    """If this fails: tablets in the field do not know the new word. It needs a new number of the protocol."""
    assert [str(word) for word in CaptureWord] == WORDS


def test_a_record_that_is_not_at_the_centre_is_told_by_its_stage() -> None:
    told = {stage: capture_word(stage=stage, at_centre=None) for stage in CaptureStage}
    assert told == {
        "incomplete": "incomplete",
        "stored": "stored",
        "review": "review",
        "accepted": "accepted",
        "set_aside": "set_aside",
    }


def test_whatever_becomes_of_it_at_the_centre_is_one_known_word() -> None:
    later = ["sent", "confirmed", "refused", "card_made", ""]
    told = {
        capture_word(stage=stage, at_centre=state)
        for stage in CaptureStage
        for state in [*OutboxState, *later]
    }
    assert told == {"queued"}
