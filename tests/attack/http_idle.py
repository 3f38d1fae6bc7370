"""Opens connections to the gateway, ten thousand in all, and says nothing."""

import attack
import http_peer

CONNECTIONS = 10_000


def run(_target, stage):
    """Idle connections; the daemon closes the oldest beyond its limit."""
    opened = 0
    while opened < CONNECTIONS and not stage.over():
        try:
            http_peer.connect(stage)
            opened += 1
        except OSError:
            pass
    while not stage.over():
        attack.time.sleep(0.1)
    stage.figures["opened"] = opened


def judge(figures):
    """All were opened, whatever became of them."""
    return [] if figures["opened"] == CONNECTIONS else ["opened"]


if __name__ == "__main__":
    attack.main(run, seconds=8, judge=judge, options=http_peer.GATEWAY,
                max_rss=100)
