"""An honest client: looks up one cached item again and again. For each lookup
it writes when the lookup began, how long it took and how it ended.

    hits.py ADDRESS [--ca FILE] [--token TOKEN] [--every SECONDS]

It writes `ready` once the item is cached, and ends when its standard input
ends. An answer that differs from the first cached one in any byte is WRONG.
"""

import argparse
import sys
import threading
import time

import grpc

LOOKUP = "/vtlookup.v1.LookupService/Lookup"
NAME = b"clean.example.com"
DEADLINE = 15


def request():
    """LookupRequest{indicator{domain: NAME}}."""
    indicator = b"\x12" + bytes([len(NAME)]) + NAME
    return b"\x0a" + bytes([len(indicator)]) + indicator


def open_channel(address, ca_file):
    """A channel with a connection of its own."""
    options = [("grpc.use_local_subchannel_pool", 1)]
    if ca_file is None:
        return grpc.insecure_channel(address, options)
    with open(ca_file, "rb") as file:
        credentials = grpc.ssl_channel_credentials(file.read())
    return grpc.secure_channel(address, credentials, options)


def main():
    """Looks up until standard input ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("address")
    parser.add_argument("--ca")
    parser.add_argument("--token")
    parser.add_argument("--every", type=float, default=0.005)
    arguments = parser.parse_args()
    metadata = []
    if arguments.token:
        metadata.append(("authorization", "Bearer " + arguments.token))
    lookup = open_channel(arguments.address, arguments.ca).unary_unary(LOOKUP)

    lookup(request(), timeout=DEADLINE, metadata=metadata)  # now it is cached
    wanted = lookup(request(), timeout=DEADLINE, metadata=metadata)
    print("ready", flush=True)

    over = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), over.set()),
                     daemon=True).start()
    while not over.is_set():
        begin = time.monotonic()
        # Not only the deadline, because a lookup that is under way at the end
        # counts, too.
        call = lookup.future(request(), timeout=DEADLINE, metadata=metadata)
        done = threading.Event()
        call.add_done_callback(lambda _: done.set())
        while not done.wait(0.05) and not over.is_set():
            pass
        took = time.monotonic() - begin
        if not done.is_set():
            outcome = "UNFINISHED"
        elif call.code() != grpc.StatusCode.OK:
            outcome = call.code().name
        else:
            outcome = "OK" if call.result() == wanted else "WRONG"
        print("%.6f %.6f %s" % (begin, took, outcome), flush=True)
        over.wait(max(0, arguments.every - took))


if __name__ == "__main__":
    main()
