"""Tablets: pairing, tokens, revoking, confirmation of a wipe."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

from outreach.lib.text import clean_line
from outreach.services import log
from outreach.services.transitions import transition
from visits.enums import DeviceState
from visits.keys import key_files
from visits.lib import jose
from visits.lib.problems import ProblemError
from visits.lib.shapes import list_errors
from visits.models import Device, DeviceToken, PairingCode, Team
from visits.sync.shapes import PAIRING
from visits.tablets import greetings

CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # 31 letters, ten of them: 49 bits; no 0 O 1 I L
CODE_LENGTH = 10
CODE_LIFE = timedelta(minutes=10)
TOKEN_LIFE = timedelta(days=7)
TOKENS_KEPT = 2
PAIRING_TYP, TOKEN_TYP = "jb-pairing+jws", "jb-token+jws"  # types of messages
SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class IssuedToken:
    """A new token in the clear, for the one response that carries it."""

    device: Device
    token: str
    row: DeviceToken


def _code_digest(code: str) -> str:
    plain = "".join(letter for letter in clean_line(code).upper() if letter.isalnum())
    return salted_hmac("visits.pairing", plain, algorithm="sha256").hexdigest()


def _token_digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def make_pairing_code(*, team: Team, user: Any, actor: str) -> tuple[str, PairingCode]:
    """Make a one-time pairing code for a team: "ABCD-EFGH-JK". Only its keyed digest is stored."""
    letters = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
    code = f"{letters[:4]}-{letters[4:8]}-{letters[8:]}"
    with transaction.atomic():
        row = PairingCode.objects.create(
            digest=_code_digest(code), team=team, made_by=user, expires_at=timezone.now() + CODE_LIFE
        )
        log.write_log(actor=actor, action="pairing_code_made", subject=team, detail={"code": row.pk})
    return code, row


def pair_device(*, jws: Any) -> IssuedToken:
    """Pair a tablet by a code and a proof that it holds its key. A repeat returns the same tablet with a new
    token.

    Problems: bad-signature, invalid, client-too-old, code-gone (used by another key, expired, unknown),
    conflict-key.
    """
    try:
        kid, claimed = jose.peek_jws(jws, typ=PAIRING_TYP)
        key = jose.import_public(claimed.get("key"))
        payload = jose.verify_jws(jws, typ=PAIRING_TYP, key=key, kid=str(key.thumbprint()))
    except jose.JoseError as error:
        raise ProblemError("bad-signature") from error
    wrong = list_errors(PAIRING, payload)
    if wrong:
        raise ProblemError("invalid", errors=wrong)
    code, name, client = payload["code"], clean_line(payload.get("name", "")), int(payload["client"])
    if client < settings.OLDEST_CLIENT:
        raise ProblemError("client-too-old")
    try:
        with transaction.atomic():
            return _join_team(
                digest=_code_digest(code), jwk=payload["key"], kid=kid, name=name[:80], client=client
            )
    except IntegrityError as error:  # two tablets with one code, or one key with two codes, at one moment
        raise ProblemError("code-gone") from error


def _join_team(*, digest: str, jwk: dict[str, str], kid: str, name: str, client: int) -> IssuedToken:
    now = timezone.now()
    code = PairingCode.objects.select_for_update().filter(digest=digest, expires_at__gt=now).first()
    if code is None:
        raise ProblemError("code-gone")
    if code.device_id is not None:
        device = Device.objects.select_related("team").get(pk=code.device_id)
        if device.thumbprint != kid or device.state != DeviceState.ACTIVE:
            raise ProblemError("code-gone")
        return issue_token(device=device)
    if Device.objects.filter(thumbprint=kid).exists():
        raise ProblemError("conflict-key")
    device = Device.objects.create(
        team_id=code.team_id,
        name=name or "Tablet",
        jwk=jwk,
        thumbprint=kid,
        client=client,
        last_seen_at=now,
    )
    changed = PairingCode.objects.filter(pk=code.pk, device__isnull=True).update(device=device, used_at=now)
    if not changed:
        raise ProblemError("code-gone")
    log.write_log(actor=f"device:{device.pk}", action="device_paired", subject=device, to_state=device.state)
    return issue_token(device=device)


def issue_token(*, device: Device) -> IssuedToken:
    """Issue a new token. The previous one stays valid, because the response that carries this one may be
    lost."""
    token = secrets.token_urlsafe(32)
    row = DeviceToken.objects.create(
        digest=_token_digest(token), device=device, expires_at=timezone.now() + TOKEN_LIFE
    )
    kept = DeviceToken.objects.filter(device=device).order_by("-made_at").values_list("pk", flat=True)
    DeviceToken.objects.filter(device=device).exclude(pk__in=list(kept[:TOKENS_KEPT])).delete()
    return IssuedToken(device, token, row)


def exchange_token(*, jws: Any) -> IssuedToken:
    """Issue a new token for a tablet that signs a recent ping with its key. A request that also carries a `key`
    and a `proof` (the same words signed by it) replaces the tablet's key, and ends all tokens issued before.

    Problems: bad-signature, unauthenticated (not a tablet of ours), ping-stale, device-revoked.
    """
    try:
        kid, _claimed = jose.peek_jws(jws, typ=TOKEN_TYP)
    except jose.JoseError as error:
        raise ProblemError("bad-signature") from error
    device = _find_device(kid)
    if device is None:
        raise ProblemError("unauthenticated")
    try:
        payload = jose.verify_jws(jws, typ=TOKEN_TYP, key=key_files.load_public_key(device.jwk), kid=kid)
    except jose.JoseError as error:
        log.write_log(actor="public", action="token_refused", subject=device)  # not by this tablet's key
        raise ProblemError("bad-signature") from error
    if payload.get("device") != kid:
        raise ProblemError("bad-signature")
    greetings.check_ping(payload.get("ping"))
    if device.state == DeviceState.REVOKED:
        raise revoked_problem(device)
    if device.state != DeviceState.ACTIVE:
        raise ProblemError("unauthenticated")
    with transaction.atomic():
        if "key" in payload:
            _replace_key(device=device, payload=payload)
        return issue_token(device=device)


def _replace_key(*, device: Device, payload: dict[str, Any]) -> None:
    """The tablet's own key is another one from now on. It was held in clear once, and so were its tokens."""
    try:
        key = jose.import_public(payload["key"])
        proof = jose.verify_jws(payload.get("proof"), typ=TOKEN_TYP, key=key, kid=str(key.thumbprint()))
    except jose.JoseError as error:
        raise ProblemError("bad-signature") from error
    if proof != {"device": str(device.pk), "ping": payload.get("ping")}:
        raise ProblemError("bad-signature")
    thumbprint = str(key.thumbprint())
    if Device.objects.filter(thumbprint=thumbprint).exclude(pk=device.pk).exists():
        raise ProblemError("bad-signature")
    old = device.thumbprint
    Device.objects.filter(pk=device.pk).update(jwk=payload["key"], thumbprint=thumbprint)
    DeviceToken.objects.filter(device=device).delete()
    log.write_log(
        actor=f"device:{device.pk}", action="device_key_replaced", subject=device, detail={"old": old}
    )


def _find_device(kid: str) -> Device | None:
    try:
        return Device.objects.select_related("team").filter(pk=UUID(kid)).first()
    except ValueError:
        return None


def revoked_problem(device: Device) -> ProblemError:
    """The problem `device-revoked` with the signed order to wipe."""
    return ProblemError("device-revoked", extra={"signed": greetings.sign_wipe(device=device)})


# asked by every call of every tablet, so it is written out: the ORM takes longer to compile it than it takes
_FIND_BY_DIGEST = """
SELECT device.* FROM visits_devicetoken AS token JOIN visits_device AS device ON device.id = token.device_id
 WHERE token.digest = %s AND (token.expires_at > %s OR device.state <> %s)
"""


def find_device_by_token(token: str) -> Device | None:
    """The tablet of a token; None if the token is unknown or expired. Tokens of a revoked tablet do not expire, so
    that it can still hand in its records."""
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    found = Device.objects.raw(_FIND_BY_DIGEST, [_token_digest(token), now, DeviceState.ACTIVE])
    return next(iter(found), None)


def note_contact(*, device: Device, client: int | None = None) -> None:
    """Record that the tablet called, at most once a minute."""
    now = timezone.now()
    if device.last_seen_at is not None and device.last_seen_at >= now - SEEN_EVERY:
        return  # not even an UPDATE of no row: on SQLite that too takes the write lock
    fields: dict[str, Any] = {"last_seen_at": now}
    if client is not None:
        fields["client"] = client
    Device.objects.filter(pk=device.pk).filter(
        Q(last_seen_at__isnull=True) | Q(last_seen_at__lt=now - SEEN_EVERY)
    ).update(**fields)


def revoke_device(*, device: Device, actor: str) -> bool:
    """From now on the tablet reads nothing; what it still hands in goes to review. False where it was before."""
    return transition(row=device, to=DeviceState.REVOKED, actor=actor, revoked_at=timezone.now())


def mark_wiped(*, device: Device) -> bool:
    """The tablet's last word: it has removed everything. Ends its tokens for all but this call."""
    actor = f"device:{device.pk}"
    return transition(row=device, to=DeviceState.WIPED, actor=actor, wiped_at=timezone.now())
