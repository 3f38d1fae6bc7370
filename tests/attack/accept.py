"""Opens more connections than the daemon may open files. While the daemon
answers no new client, /readyz must not say 200. Afterwards new clients are
answered."""

import time

import attack
import http2

FILES = 128


class Idle:
    """A connection that sends nothing."""

    def __init__(self, target):
        self._socket = target.connect(2)

    def close(self):
        """Ends it."""
        self._socket.close()


def fate_of_new_client(target, wait):
    """`answered`, `refused` (closed at once), or `silence`."""
    try:
        connection = http2.Connection(target, timeout=wait)
    except OSError:
        return "refused"
    connection.pump(wait)
    fate = "silence"
    if connection.greeted:
        fate = "answered"
    elif connection.closed:
        fate = "refused"
    connection.close()
    return fate


def connect_many(target, stage):
    """Opens connections until there are enough or no more can be opened."""
    while len(stage.held) < stage.connections and not stage.over():
        try:
            stage.held.append(Idle(target))
        except OSError:
            break
    stage.figures["connections"] = len(stage.held)


def run(target, stage):
    """Opens the connections, checks, closes them, and checks again."""
    connect_many(target, stage)
    fates = {"answered": 0, "refused": 0, "silence": 0}
    ready_though_deaf = 0
    for _ in range(3):
        fate = fate_of_new_client(target, 0.7)
        fates[fate] += 1
        if fate == "silence" and stage.daemon.ready() == 200:
            ready_though_deaf += 1
    for connection in stage.held:
        connection.close()
    stage.held.clear()
    begin = time.monotonic()
    answered = False
    while not answered and time.monotonic() < begin + 4:
        fate = fate_of_new_client(target, 1)
        answered = fate == "answered"
        if fate == "silence" and stage.daemon.ready() == 200:
            ready_though_deaf += 1
    stage.figures.update(
        new_clients=fates, ready_though_deaf=ready_though_deaf,
        answered_again=answered,
        answered_again_s=round(time.monotonic() - begin, 2))


def judge(figures):
    """Checks the requirements that only this attack has."""
    broken = []
    if figures["ready_though_deaf"]:
        broken.append("/readyz says 200 while new clients get no answer")
    if not figures["answered_again"] or figures["answered_again_s"] > 2:
        broken.append("new clients are not answered afterwards")
    return broken


if __name__ == "__main__":
    attack.main(run, seconds=4, judge=judge, files=FILES,
                full_files=18_000)
