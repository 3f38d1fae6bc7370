"""Makes a careless server write a long log, with invalid handshakes and calls
with unknown encodings. The log must stay short, and must stay JSON."""

import socket

import attack
import http2

GARBAGE = (b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\0\x05nonsense",
           http2.PREFACE)


def garbage(target, stage, most):
    """Connections that do not speak TLS; how many."""
    for count in range(most):
        if stage.over():
            return count
        try:
            with target.connect(1) as one:
                one.sendall(GARBAGE[count % len(GARBAGE)])
                one.shutdown(socket.SHUT_WR)
                one.settimeout(0.5)
                one.recv(100)
        except OSError:
            pass
    return most


def odd_calls(target, stage, most):
    """Calls that gRPC complains about; how many."""
    connection, count = http2.Connection(target), 0
    stage.held.append(connection)
    while count < most and not stage.over() and not connection.closed:
        for encoding in (b"gzip", b"br", b"\xff\xfe"):
            stream = connection.call("/grpc.health.v1.Health/Check",
                                     [(b"grpc-encoding", encoding),
                                      (b"grpc-timeout", b"x")])
            connection.send(http2.frame(
                http2.DATA, http2.END_STREAM, stream,
                http2.grpc_message(b"nonsense", compressed=True)))
            count += 1
        connection.pump(0.001)
    return count


def run(target, stage):
    """Makes each of the two attacks for half of the time."""
    stage.until -= stage.seconds / 2
    stage.figures["connections"] = garbage(target, stage, 100_000)
    stage.until += stage.seconds / 2
    stage.figures["calls"] = odd_calls(target, stage, 100_000)


if __name__ == "__main__":
    attack.main(run, seconds=6, tls=True)
