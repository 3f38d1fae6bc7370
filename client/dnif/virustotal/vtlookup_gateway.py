"""Asks the daemon's HTTP gateway for the fields of many texts."""

from __future__ import unicode_literals

import json

import vtlookup_servers as _servers
import vtlookup_status as _status
import vtlookup_stream as _stream

# In one request; the daemon accepts 10,000 values and 16 MiB.
_MOST_VALUES = 5000
_MOST_BYTES = 4 << 20

_TOO_LARGE = 413


def ask(settings, lookup, texts, once):
    """Returns for each text the fields to add. Texts must be encodable.

    A text that failed has `$VTError` alone. With `once`, nothing is asked a
    second time. The texts go in parts; while the daemon works on a part, the
    answer to the part before it is parsed.
    """
    until = _stream.now() + settings.timeout
    session = _servers.Session(settings, until)
    parts = [texts[begin:begin + _MOST_VALUES]
             for begin in range(0, len(texts), _MOST_VALUES)]
    parts.reverse()  # the next one is the last
    answers = {}
    part = []
    try:
        part = _begin(session, lookup, parts, until, once)
        while part:
            asked, (status, body) = part, session.answer()
            if status == _TOO_LARGE and len(asked) > 1:
                parts.extend(_halves(asked))
                asked = []
            part = _begin(session, lookup, parts, until, once)
            answers.update(_parsed(asked, status, body))
    except _servers.Failure as failure:
        for missing in [part] + parts:
            answers.update(dict.fromkeys(missing, failed(*failure.args)))
    finally:
        session.close()
    return answers


def failed(name, message):
    """Returns the fields of a value whose lookup failed."""
    return {"$VTError": "%s: %s" % (name, message)}


def _begin(session, lookup, parts, until, once):
    """Sends the next part, and returns its texts; none at the end."""
    if not parts:
        return []
    part = parts.pop()
    body = _body(part)
    while len(body) > _MOST_BYTES and len(part) > 1:
        parts.extend(_halves(part))
        part = parts.pop()
        body = _body(part)
    # A part that waits for VirusTotal must leave time for the others, which
    # the daemon may know already; and some is for the way.
    share = max(until - _stream.now(), 0.001) / (len(parts) + 1)
    session.begin("/v1/fields/%s?timeout=%.3fs" %
                  (lookup, share - min(share * 0.1, 0.5)), body, once)
    return part


def _halves(part):
    """Returns the halves of a part, the first one last."""
    middle = len(part) // 2
    return part[middle:], part[:middle]


def _body(part):
    return json.dumps({"values": part}).encode("ascii")


def _parsed(asked, status, body):
    """Returns the fields for each text, by the answer to them all."""
    if status != 200:
        return dict.fromkeys(asked, failed(_status.name(status, body),
                                           _status.message(status, body)))
    try:
        fields = json.loads(body.decode("utf-8"))["fields"]
        if len(fields) == len(asked) and {dict}.issuperset(map(type, fields)):
            return dict(zip(asked, fields))
        why = "%d fields for %d values" % (len(fields), len(asked))
    except (KeyError, RuntimeError, TypeError, ValueError):
        why = "it is not the JSON of fields"
    return dict.fromkeys(asked, failed("INTERNAL", "the daemon's answer cannot "
                                       "be used: " + why))
