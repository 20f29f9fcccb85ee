"""Access to a status page: by the reference and the phone's last four digits, its whole number, or the
printed code.

Who might guess: somebody who saw a reference (on paper, in a message) and wants to know when a house is
visited. References themselves are not guessed: 45 random bits, so that with 10,000 open requests 10^9 tries
find less than one. Four digits are 10,000, and strangers must neither get through them nor, by wrong tries,
lock the family out. So nobody is refused for what others tried; more is asked of everybody instead:

- `DIGITS`: at most 60 wrong tries at one reference in 30 days, wherever from, while four digits are enough:
  a chance of 0.6 % a month for a guesser with any number of addresses. Forty wrong tries change nothing for
  the family; after sixty the whole number, or the code, opens the page at once.
- `PER_ADDRESS`: 300 wrong tries in an hour from one address, at any references, and there, too, four digits
  are not enough. A village behind one address mistypes perhaps 30 of 300.
- `WHOLE`: 60 wrong whole numbers or codes in a day at one reference from one address. A mobile number has
  some 3 * 10^9 possibilities and a code 3 * 10^10, so an address would need more than 100,000 years; for a
  landline of a known area (10^6) 45. It binds the address that guesses, and no other.

Whoever knows the family's whole number knows its last digits, so asking for it opens nothing new; birth dates
would: neighbours know them. Wrong tries are counted before they are checked and right ones taken back, and
unknown references are counted and answered as known ones, so that no answer says which exist.
"""

import hmac
import re
from dataclasses import dataclass
from datetime import datetime

from outreach import vault
from outreach.lib import phone, reference
from outreach.lib.text import clean_line
from outreach.models import VisitRequest
from outreach.services import limits

DIGITS = limits.TryLimit("status:digits", tries=60, minutes=30 * 24 * 60)
PER_ADDRESS = limits.TryLimit("status:address", tries=300, minutes=60)
WHOLE = limits.TryLimit("status:whole", tries=60, minutes=24 * 60)
TAIL = 4


@dataclass(frozen=True)
class StatusLookup:
    """`request` for a right pair; neither for a wrong one. `digits_from`: until then four digits are not
    enough, the whole number or the code is; `wait_until`: until then nothing is taken from this address."""

    request: VisitRequest | None = None
    digits_from: datetime | None = None
    wait_until: datetime | None = None


@dataclass(frozen=True)
class _Secret:
    """What was typed, as digits, as a whole phone number and as a code; empty where it is none."""

    tail: str
    number: str
    code: str

    @property
    def whole(self) -> bool:
        return bool(self.number or self.code)

    def opens_by_tail(self, request: VisitRequest) -> bool:
        typed = vault.blind_index("phone_tail", f"{request.pk}:{self.tail}")
        return len(self.tail) == TAIL and hmac.compare_digest(typed, request.phone_tail_index)

    def opens_whole(self, request: VisitRequest) -> bool:
        by_number = hmac.compare_digest(vault.blind_index("phone", self.number), request.phone_index)
        by_code = hmac.compare_digest(vault.blind_index("code", self.code), request.code_index)
        return (bool(self.number) and by_number) or (bool(self.code) and by_code)


def _read_secret(typed: str) -> _Secret:
    try:
        number = phone.parse_phone(typed)
    except phone.PhoneError:
        number = ""
    try:
        code = reference.parse_code(typed)
    except reference.BadReferenceError:
        code = ""
    return _Secret(tail=re.sub(r"\D", "", clean_line(typed))[-TAIL:], number=number, code=code)


def look_up_status(*, typed_reference: str, secret: str, address: str) -> StatusLookup:
    """Find the request of a reference and its secret. Every try is counted before it is checked."""
    try:
        name = reference.parse_reference(typed_reference)
    except reference.BadReferenceError:
        name = clean_line(typed_reference).upper()[:40]
    typed = _read_secret(secret)
    tries = [(DIGITS, name), (PER_ADDRESS, address), *([(WHOLE, f"{name} {address}")] if typed.whole else [])]
    answers = limits.count_tries(tries)
    if not all(answer.allowed for answer in answers[2:]):
        return StatusLookup(wait_until=answers[2].again_at)
    shut = [answer.again_at for answer in answers[:2] if not answer.allowed]
    request = VisitRequest.objects.filter(reference=name).first()
    if request and (typed.opens_whole(request) or (not shut and typed.opens_by_tail(request))):
        limits.take_back_tries(tries)
        return StatusLookup(request=request)
    return StatusLookup(digits_from=max(shut) if shut and not typed.whole else None)
