"""Opens many streams and does not read their answers. One stream may hold
limits.max_stream_bytes; all streams together must be bounded, too."""

import attack
import hits
import http2
import unread

PATH = "/vtlookup.v1.LookupService/StreamLookup"


def run(target, stage):
    """560 streams, each asked for 10,000 answers."""
    item = unread.field(4, unread.field(2, unread.field(2, hits.NAME)))
    unread.leave_unread(target, stage, PATH,
                        http2.grpc_message(item * unread.ITEMS), False, 560)


if __name__ == "__main__":
    attack.main(run, seconds=6)
