// The browser libraries from npm (`manage.py assets`), in one place. Leaflet is not here: map.js loads it
// late, so that the list works when the map does not.
export { deleteDB, openDB } from "../../npm/idb/build/index.js";
export { CompactEncrypt } from "../../npm/jose/dist/webapi/jwe/compact/encrypt.js";
export { CompactSign } from "../../npm/jose/dist/webapi/jws/compact/sign.js";
export { compactVerify } from "../../npm/jose/dist/webapi/jws/compact/verify.js";
export { calculateJwkThumbprint } from "../../npm/jose/dist/webapi/jwk/thumbprint.js";
export { importJWK, importX509 } from "../../npm/jose/dist/webapi/key/import.js";
export { decodeProtectedHeader } from "../../npm/jose/dist/webapi/util/decode_protected_header.js";
export { default as SignaturePad } from "../../npm/signature_pad/dist/signature_pad.js";
