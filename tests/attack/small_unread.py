"""A client with a token leaves replies of less than 64 KiB unread, on many
connections. It must not take the part of limits.max_unsent that other clients
need."""

import attack
import http2
import unread

ITEMS = 30
CONNECTIONS = 40
CALLS = 100


def run(target, stage):
    """More replies than fit into limits.max_unsent."""
    message = http2.grpc_message(unread.batch(ITEMS))
    calls = 0
    while not stage.over() and len(stage.held) < CONNECTIONS:
        connection = http2.Connection(target, {http2.INITIAL_WINDOW_SIZE: 0})
        stage.held.append(connection)
        for _ in range(CALLS):
            stream = connection.call(unread.BATCH)
            connection.send_body(stream, message, True, stage.until)
            calls += 1
        connection.pump(0)
    # Hits of others go on meanwhile.
    while not stage.over():
        for connection in stage.held:
            connection.pump(0.01)
    stage.figures["calls"] = calls


def judge(figures):
    """The replies must have been more than the daemon holds."""
    return [] if figures["calls"] == CONNECTIONS * CALLS else ["calls"]


if __name__ == "__main__":
    attack.main(run, seconds=8, judge=judge, clients=True,
                options=["--limits.max_unsent=64MiB",
                         "--limits.max_reply=16MiB"])
