"""Sends batches of internationalised names. Each name takes a tenth of a
millisecond to bring into its canonical form."""

import attack
import http2
import unread

ITEMS = 10_000
BATCHES = 8
# LookupOptions: CACHE_MODE_ONLY, so that VirusTotal is not asked.
ONLY_CACHED = b"\x10\x01"


def batch(number):
    """A BatchLookupRequest of names that no other batch has."""
    label = "\u00fc" * 30
    items = bytearray()
    for item in range(ITEMS):
        name = "%s%d-%d.%s.%s.com" % (label, number, item, label, label)
        items += unread.field(1, unread.field(2, name.encode()))
    return bytes(items) + unread.field(2, ONLY_CACHED)


def run(target, stage):
    """All at once on one connection; they are answered in their time."""
    connection = http2.Connection(target)
    stage.held.append(connection)
    streams = []
    for number in range(BATCHES):
        stream = connection.call(unread.BATCH)
        connection.send_body(stream, http2.grpc_message(batch(number)), True,
                             stage.until)
        streams.append(stream)
    while not stage.over() and not connection.closed and any(
            stream not in connection.ended for stream in streams):
        connection.pump(0.5)
    stage.figures["answered"] = sum(
        stream in connection.ended for stream in streams)


def judge(figures):
    """A batch must hold up the hits of others for a moment only."""
    if figures["during"].get("p99_ms", 0) > 300:
        return ["hits during the attack: %s ms" % figures["during"]["p99_ms"]]
    return []


if __name__ == "__main__":
    attack.main(run, seconds=8, judge=judge)
