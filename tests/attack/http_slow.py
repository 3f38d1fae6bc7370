"""Sends the headers of a request to the gateway a byte at a time, on a thousand
connections."""

import attack
import http_peer

CONNECTIONS = 1000
HEAD = (b"POST /v1/lookup HTTP/1.1\r\nHost: localhost\r\nX-Padding: " +
        b"x" * 1000)


def run(_target, stage):
    """Slow headers; the gateway closes the connections only after 10 s."""
    sockets = [http_peer.connect(stage) for _ in range(CONNECTIONS)]
    sent = at = 0
    while not stage.over():
        for sock in sockets:
            try:
                sock.send(HEAD[at % len(HEAD):at % len(HEAD) + 1])
                sent += 1
            except OSError:
                pass
        at += 1
        attack.time.sleep(0.2)
    stage.figures["bytes"] = sent


if __name__ == "__main__":
    attack.main(run, seconds=8, options=http_peer.GATEWAY, max_rss=100)
