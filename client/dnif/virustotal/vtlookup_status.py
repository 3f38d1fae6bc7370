"""What a failed request says: google.rpc.Status as JSON, or an HTTP status."""

from __future__ import unicode_literals

import json

UNAVAILABLE = 14

_NAMES = ("OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT",
          "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS",
          "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION",
          "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL",
          "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED")

# For answers without a Status, as gRPC maps them.
_OF_HTTP = {400: 13, 401: 16, 403: 7, 404: 12, 413: 8, 429: 14, 502: 14,
            503: 14, 504: 14}


def code(status, body):
    """Returns the number of gRPC's code."""
    found = _parsed(body).get("code")
    if type(found) is int and 0 < found < len(_NAMES):
        return found
    return _OF_HTTP.get(status, 2)


def name(status, body):
    """Returns the name of gRPC's code."""
    return _NAMES[code(status, body)]


def message(status, body):
    """Returns the message, or what stands for it."""
    return "%s" % (_parsed(body).get("message") or "HTTP status %d" % status)


def _parsed(body):
    try:
        found = json.loads(body.decode("utf-8"))
    except (ValueError, RuntimeError):
        found = None
    return found if isinstance(found, dict) else {}
