"""Receipts: signed once, in the transaction of what they confirm, and read from the row afterwards."""

from datetime import datetime

from visits.enums import KeyRole, ReceiptKind
from visits.keys import office_keys
from visits.lib import moments
from visits.models import Capture, Receipt

RECEIPT_TYP = "jb-receipt+jws"
_SIGNERS = {ReceiptKind.STORED: KeyRole.SERVER, ReceiptKind.VERIFIED: KeyRole.WORKER}


def write_receipt(*, capture: Capture, kind: ReceiptKind, at: datetime) -> str:
    """Sign and insert a receipt. Call in the transaction that changes the capture's stage."""
    row = build_receipt(capture=capture, kind=kind, at=at)
    row.save(force_insert=True)
    return row.jws


def build_receipt(*, capture: Capture, kind: ReceiptKind, at: datetime, kid: str = "") -> Receipt:
    """A signed receipt, not saved; `kid` is the current key of its signer where that is known."""
    payload = {
        "kind": str(kind),
        "capture": str(capture.pk),
        "manifest_sha256": capture.manifest_sha256,
        "device": str(capture.device_id),
        "at": moments.format_utc(at),
    }
    jws = office_keys.sign_payload(role=_SIGNERS[kind], typ=RECEIPT_TYP, payload=payload, kid=kid)
    return Receipt(capture=capture, kind=kind, jws=jws, at=at)
