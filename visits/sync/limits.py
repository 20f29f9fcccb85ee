"""Size limits of what a tablet may send. The tablet is sent the same numbers."""

CHUNK_BYTES = 256 * 1024
CAPTURE_BYTES = 25 * 1024 * 1024
CAPTURE_PARTS = 20
# every part's last chunk may be short, so there are more chunks than full ones
CAPTURE_CHUNKS = CAPTURE_BYTES // CHUNK_BYTES + CAPTURE_PARTS
OPEN_CAPTURES = 20
EVENTS_PER_CALL = 500
EVENT_BYTES = 8 * 1024
STATUS_PER_CALL = 500
KEY_CHAIN = 50
JSON_BYTES = 1024 * 1024
FORM_BYTES = 64 * 1024
FORM_VERSION = 1
