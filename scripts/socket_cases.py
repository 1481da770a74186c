"""The table of a server's reactions to a client's frames (RFC 6455, RFC 7692), for scripts/sockets.py.

The sections are those of the Autobahn test suite: 1 lengths, 2 Pings, 3 reserved bits, 4 opcodes, 5 fragments, 6 UTF-8,
7 closing, 9 large messages, 10 automatic fragments, 12 compression. The rows are our own. A message is a request that
Sparring answers with one event, so each row expects a list: "message" for such an answer, ("pong", payload), or the code
of the Close frame that ends the socket.
"""

import dataclasses
import os
import struct
import zlib

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


@dataclasses.dataclass
class Case:
    number: str
    sent: bytes
    expected: list
    # Bytes that are written at once; None for all bytes.
    piece: int | None = None
    compressed: bool = False


def frame(opcode, payload=b"", final=True, reserved=0, masked=True):
    head = bytes([(0x80 if final else 0) | reserved << 4 | opcode])
    bit, count = (0x80 if masked else 0), len(payload)
    if count < 126:
        head += bytes([bit | count])
    elif count < 65536:
        head += bytes([bit | 126]) + struct.pack(">H", count)
    else:
        head += bytes([bit | 127]) + struct.pack(">Q", count)
    if not masked:
        return head + payload
    key = os.urandom(4)
    mask = int.from_bytes((key * (count // 4 + 1))[:count] or b"\0", "big")
    clear = (int.from_bytes(payload or b"\0", "big") ^ mask).to_bytes(max(count, 1), "big")
    return head + key + clear[: count if count else 0]


def fragments(opcode, payload, size):
    parts = [payload[start : start + size] for start in range(0, len(payload), size)] or [b""]
    return b"".join(
        frame(opcode if place == 0 else 0, part, final=place == len(parts) - 1) for place, part in enumerate(parts)
    )


def close(code=None, reason=b""):
    return frame(CLOSE, b"" if code is None else struct.pack(">H", code) + reason)


def deflated(text, coder, final=True):
    data = coder.compress(text) + coder.flush(zlib.Z_SYNC_FLUSH)
    return frame(TEXT, data[:-4], final=final, reserved=4)


def coder(bits=15):
    return zlib.compressobj(wbits=-bits)


CLOSED = 1000
HELLO = frame(TEXT, b"Hello")
TEXTS = {
    True: [
        "Привет 🥊 κόσμε".encode(), "κόσμε".encode(), b"\0", b"\xc2\x80", b"\xe0\xa0\x80", b"\xf0\x90\x80\x80", b"\x7f",
        b"\xdf\xbf", b"\xef\xbf\xbf", b"\xf4\x8f\xbf\xbf", b"\xed\x9f\xbf", b"\xee\x80\x80", b"\xef\xbf\xbd",
        b"\xef\xbf\xbe", b"\xef\xb7\x90",
    ],
    False: [
        "κόσμε".encode() + b"\xed\xa0\x80edited", b"\xce", b"\xce\xba\xe1", b"\xf8\x88\x80\x80\x80",
        b"\xfc\x84\x80\x80\x80\x80", b"\xf7\xbf\xbf\xbf", b"\xfb\xbf\xbf\xbf\xbf", b"\xf4\x90\x80\x80", b"\x80", b"\xbf",
        b"\x80\xbf", b"\xc0 ", b"\xe0 ", b"\xf0 ", b"\xc0", b"\xe0\x80", b"\xf0\x80\x80", b"\xfe", b"\xff", b"\xc0\xaf",
        b"\xe0\x80\xaf", b"\xf0\x80\x80\xaf", b"\xc1\xbf", b"\xe0\x9f\xbf", b"\xf0\x8f\xbf\xbf", b"\xc0\x80",
        b"\xed\xa0\x80", b"\xed\xbf\xbf", b"\xed\xa0\x81\xed\xb0\x80",
    ],
}  # fmt: skip


def cases():
    rows = []

    def add(number, sent, expected, **more):
        rows.append(Case(number, sent, expected, **more))

    end = close(1000)
    for place, count in enumerate([0, 125, 126, 127, 128, 65535, 65536], 1):
        for kind, opcode in ((1, TEXT), (2, BINARY)):
            add(f"1.{kind}.{place}", frame(opcode, b"*" * count) + end, ["message", CLOSED])
        add(f"1.1.{place}p", frame(TEXT, b"*" * count) + end, ["message", CLOSED], piece=997)
    for place, payload in enumerate([b"", b"Hello", b"\0\xff\xfe\xfd", b"*" * 125], 1):
        add(f"2.{place}", frame(PING, payload) + end, [("pong", payload), CLOSED])
        add(f"2.{place}p", frame(PING, payload) + end, [("pong", payload), CLOSED], piece=1)
    add("2.5", frame(PING, b"*" * 126), [1002])
    add("2.7", frame(PONG) + end, [CLOSED])
    add("2.8", frame(PONG, b"unasked") + end, [CLOSED])
    add("2.9", frame(PONG, b"a") + frame(PING, b"b") + end, [("pong", b"b"), CLOSED])
    pings = [b"%d" % n for n in range(10)]
    add("2.10", b"".join(frame(PING, n) for n in pings) + end, [*(("pong", n) for n in pings), CLOSED])
    for bits in range(1, 8):
        add(f"3.{bits}", HELLO + frame(TEXT, b"Hello", reserved=bits), ["message?", 1002])
        add(f"3.{bits}c", frame(PING, b"", reserved=bits), [1002], piece=1)
    for opcode in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15):
        add(f"4.{opcode}", frame(opcode, b"x") + HELLO, [1002])
        add(f"4.{opcode}b", HELLO + frame(opcode), ["message?", 1002])
    add("4.unmasked", frame(TEXT, b"Hello", masked=False), [1002])
    first, last = frame(TEXT, b"frag", final=False), frame(0, b"ment")
    add("5.1", frame(PING, b"a", final=False), [1002])
    add("5.2", frame(PONG, b"a", final=False), [1002])
    for suffix, piece in (("", None), ("p", 1)):
        add(f"5.3{suffix}", first + last + end, ["message", CLOSED], piece=piece)
        ping = frame(PING, b"p")
        add(f"5.6{suffix}", first + ping + last + end, [("pong", b"p"), "message", CLOSED], piece=piece)
        add(f"5.9{suffix}", last + HELLO, [1002], piece=piece)
        add(f"5.12{suffix}", frame(0, b"x", final=False) + HELLO, [1002], piece=piece)
        add(f"5.15{suffix}", first + last + frame(0, b"x", final=False), ["message?", 1002], piece=piece)
        add(f"5.18{suffix}", first + HELLO, [1002], piece=piece)
        middle = b"".join(frame(0, b"x", final=False) + frame(PING, b"%d" % n) for n in range(2))
        pongs = [("pong", b"0"), ("pong", b"1")]
        add(f"5.19{suffix}", first + middle + last + end, [*pongs, "message", CLOSED], piece=piece)
    add("6.1.2", fragments(TEXT, b"", 1) + end, ["message", CLOSED])
    add("6.1.3", frame(TEXT, b"", final=False) + frame(0, b"middle", final=False) + frame(0) + end, ["message", CLOSED])
    for valid, texts in TEXTS.items():
        for place, text in enumerate(texts, 1):
            expected = ["message", CLOSED] if valid else [1007]
            number = f"6.{'valid' if valid else 'invalid'}.{place}"
            add(number, frame(TEXT, text) + (end if valid else b""), expected)
            add(number + "f", fragments(TEXT, text, 1) + (end if valid else b""), expected)
            add(number + "p", frame(TEXT, text) + (end if valid else b""), expected, piece=1)
    add("6.4.1", frame(TEXT, b"ok", final=False) + frame(0, b"\xf4\x90", final=False), [1007])
    add("7.1.1", HELLO + end, ["message", CLOSED])
    add("7.1.2", end + end, [CLOSED])
    add("7.1.3", end + frame(PING), [CLOSED])
    add("7.1.4", end + HELLO, [CLOSED])
    add("7.1.5", first + end + last, [CLOSED])
    add("7.1.6", frame(TEXT, b"*" * (256 << 10)) + end, ["message?", CLOSED])
    add("7.3.1", close(), [None])
    add("7.3.2", frame(CLOSE, b"a"), [1002])
    add("7.3.3", close(1000), [1000])
    add("7.3.4", close(1000, b"reason"), [1000])
    add("7.3.5", close(1000, b"*" * 123), [1000])
    add("7.3.6", close(1000, b"*" * 124), [1002])
    add("7.5.1", close(1000, b"\xce\xba\xed\xa0\x80"), [1007])
    for code in (1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999):
        add(f"7.7.{code}", close(code), [code])
    for code in (0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999, 5000, 65535):
        add(f"7.9.{code}", close(code), [1002])
    for place, count in enumerate([64 << 10, 256 << 10, 1 << 20, 4 << 20, 16 << 20], 1):
        for kind, opcode in ((1, TEXT), (2, BINARY)):
            add(f"9.{kind}.{place}", frame(opcode, b"*" * count) + end, ["message", CLOSED])
    for place, size in enumerate([64, 1 << 10, 64 << 10, 1 << 20], 1):
        for kind, opcode in ((3, TEXT), (4, BINARY)):
            add(f"9.{kind}.{place}", fragments(opcode, b"*" * (1 << 20), size) + end, ["message", CLOSED])
    for place, piece in enumerate([64, 1 << 10, 64 << 10], 1):
        add(f"9.5.{place}", frame(TEXT, b"*" * (64 << 10)) + end, ["message", CLOSED], piece=piece)
    add("9.6", frame(TEXT, b"*" * (33 << 20)), [1009])
    add("10.1.1", fragments(TEXT, b"*" * 65536, 1300) + end, ["message", CLOSED])
    return rows + compressed_cases(end)


def compressed_cases(end):
    rows = []

    def add(number, sent, expected, **more):
        rows.append(Case(number, sent, expected, compressed=True, **more))

    for place, count in enumerate([0, 5, 126, 1000, 65536, 1 << 20], 1):
        for piece in (None, 997):
            text = (b'{"type": "nothing", "number": 12345}' * (count // 30 + 1))[:count]
            one = coder()
            sent = deflated(text, one) + deflated(text, one) + end
            add(f"12.1.{place}{'p' if piece else ''}", sent, ["message", "message", CLOSED], piece=piece)
    data = coder()
    text = data.compress(b"Hello, hello") + data.flush(zlib.Z_SYNC_FLUSH)
    cut = frame(TEXT, text[:3], final=False, reserved=4) + frame(PING, b"p") + frame(0, text[3:-4])
    add("12.2.1", cut + end, [("pong", b"p"), "message", CLOSED])
    add("12.2.2", HELLO + deflated(b"Hello", coder()) + end, ["message", "message", CLOSED])
    add("12.3.1", deflated(b"\xff", coder()), [1007])
    add("12.3.2", frame(TEXT, b"\xff" * 20, reserved=4), [1007])
    add("12.3.3", deflated(b" " * (33 << 20), coder()), [1009])
    add("12.3.4", frame(TEXT, b"Hello", reserved=2), [1002])
    add("12.3.5", frame(PING, b"", reserved=4), [1002])
    add("12.3.6", frame(TEXT, b"a", final=False) + frame(0, b"b", reserved=4), [1002])
    return rows
