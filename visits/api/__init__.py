"""The tablet API: HTTP in, a service called, JSON out. `openapi.yaml` has every shape.

Every call has `Jb-Client` (the client's protocol number); a paired tablet sends `Authorization: Bearer
<token>`. Bodies are JSON, except chunks. Every error is a problem document (`visits.lib.problems`).

Signed messages are compact JWS, ES256, with exactly these protected members: `{"alg": "ES256", "typ": ...,
"kid": ...}`. By the tablet: jb-pairing+jws (kid: thumbprint of its new key), jb-token+jws and jb-manifest+jws
(kid: its device id). By the server's key: jb-ping+jws, jb-me+jws, jb-receipt+jws of kind `stored`, and
jb-key+jws (a newer server key). By the worker's key: jb-receipt+jws of kind `verified`. The kid of a key of
ours is its RFC 7638 thumbprint.

A part of a record is a compact JWE, `ECDH-ES+A256KW` with `A256GCM`, with exactly alg, enc, kid (a capture
key), typ jb-part+jwe, jb_capture, jb_part and epk; its ASCII bytes are cut in chunks of at most 256 KiB, each
addressed by the SHA-256 of its bytes. The part `form` is JSON and names every other part with the hash of its
plain bytes. The tablet signs a manifest once and keeps the string: a second signature is other content.
"""
