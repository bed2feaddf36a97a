"""What of the plugin protocol only a test says: messages as field numbers and bytes.

Source: Terraform's plugin protocol, version 5, and the encoding of Protocol Buffers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

LENGTH_DELIMITED = 2


def message(fields: Mapping[int, bytes]) -> bytes:
    parts = (
        varint(number << 3 | LENGTH_DELIMITED) + varint(len(value)) + value
        for number, value in fields.items()
    )
    return b"".join(parts)


def varint(number: int) -> bytes:
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*encoded, number])


def fields(encoded: bytes) -> Mapping[int, bytes]:
    """The last value of each field that is bytes."""
    return dict(each(encoded))


def each(encoded: bytes) -> Iterator[tuple[int, bytes]]:
    """Every field that is bytes, in order."""
    at = 0
    while at < len(encoded):
        tag, at = _number(encoded, at)
        length, at = _number(encoded, at)
        if tag & 7 == LENGTH_DELIMITED:
            yield tag >> 3, encoded[at : at + length]
            at += length


def _number(encoded: bytes, at: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = encoded[at]
        number |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return number, at
