"""Makes favicon.ico. Browsers request this icon from a site even if the site's pages name another icon, and report a missing icon in their
consoles."""

import struct

SIZE = 16
BLUE = bytes((0xB5, 0x51, 0x40, 0xFF))  # blue, green, red, opacity
CLEAR = bytes(4)


def favicon() -> bytes:
    """The icon is a disc of 16 × 16 pixels. The file consists of the head of an ICO file with one image and the image as a bitmap, from the
    lowest row to the highest."""
    middle = (SIZE - 1) / 2
    pixels = b"".join(
        BLUE if (x - middle) ** 2 + (y - middle) ** 2 <= 7.2**2 else CLEAR
        for y in range(SIZE)
        for x in range(SIZE)
    )  # fmt: skip
    # The mask of one bit for each pixel is empty, as the pixels have their own opacity. A row has a length that is a multiple of 32 bits.
    image = struct.pack("<IiiHHIIiiII", 40, SIZE, 2 * SIZE, 1, 32, 0, 0, 0, 0, 0, 0) + pixels + bytes(4 * SIZE)
    return struct.pack("<HHH", 0, 1, 1) + struct.pack("<BBBBHHII", SIZE, SIZE, 0, 0, 1, 32, len(image), 22) + image
