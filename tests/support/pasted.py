"""Texts as phones and maps paste them: the same to the eye, other characters to a program."""

_DIGITS = ["\u0660", "\uff10", "\ua9d0"]  # Arabic-Indic, fullwidth, Javanese
_OTHERS = {" ": "\u00a0", "-": "\u2013", ":": "\uff1a"}


def paste(text: str) -> str:
    """The text with digits of other scripts, other spaces and dashes, and marks that nobody sees."""
    changed = []
    for place, character in enumerate(text):
        if character.isdigit():
            changed.append(chr(ord(_DIGITS[place % 3]) + int(character)))
        else:
            changed.append(_OTHERS.get(character, character))
        if place % 4 == 1 and character != "\n":
            changed.append("\u200b")
    return "\ufeff\u200e" + "".join(changed) + "\u202c\u00a0"
