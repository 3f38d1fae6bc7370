"""Asks the gateway for large answers on many connections, and never reads."""

import json

import attack
import hits
import http_peer

CONNECTIONS = 200
ITEMS = 10_000


def run(_target, stage):
    """Batches of hits whose answers nobody reads."""
    body = json.dumps({"indicators": [{"domain": hits.NAME.decode()}] *
                       ITEMS}).encode()
    request = http_peer.post(b"/v1/lookup:batch", body)
    calls = 0
    for _ in range(CONNECTIONS):
        if stage.over():
            break
        try:
            http_peer.connect(stage).sendall(request)
            calls += 1
        except OSError:
            pass
    while not stage.over():
        attack.time.sleep(0.1)
    stage.figures["calls"] = calls


if __name__ == "__main__":
    attack.main(run, seconds=12, options=http_peer.GATEWAY, max_rss=600)
