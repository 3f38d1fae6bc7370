"""Opens streams of reflection and of health without a token, and leaves them
open. They must neither cost a thread each nor hold up SIGTERM."""

import time

import attack
import http2

PATHS = ("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
         "/grpc.health.v1.Health/Watch")
ON_ONE_CONNECTION = 900


def run(target, stage):
    """Opens them, and stays."""
    count = 5000 if stage.full else 600
    calls = 0
    while calls < count and not stage.over():
        connection = http2.Connection(target)
        stage.held.append(connection)
        for _ in range(min(ON_ONE_CONNECTION, count - calls)):
            stream = connection.call(PATHS[calls % 10 == 0])
            if stream % 64 == 1:
                connection.pump(0)
            calls += 1
    for _ in range(10):
        for connection in stage.held:
            connection.pump(0.02)
        time.sleep(0.1)
    stage.figures["calls"] = calls


if __name__ == "__main__":
    attack.main(run, seconds=5)
