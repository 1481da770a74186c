"""The samples of a soak: written as CSV, drawn, and judged."""

import csv
import dataclasses
import statistics


# A server's memory grows until it has this many sessions (docs/reference/limits.md).
SESSIONS = 10_000


@dataclasses.dataclass
class Sample:
    # Seconds since the load began.
    at: float
    megabytes: float
    descriptors: int
    threads: int
    # Cores in use since the previous sample.
    cores: float
    # Milliseconds of the probe's calls since the previous sample.
    median: float
    slowest: float
    sessions: int


def write(path, samples):
    with open(path, "w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(field.name for field in dataclasses.fields(Sample))
        rows.writerows([round(value, 2) for value in dataclasses.astuple(sample)] for sample in samples)


def memory(samples, duration, allowed):
    """Returns the problems of the server's memory. In the first tenth of the run, caches are filled; each later tenth is compared with the
    tenth after it."""

    def tenth(number):
        inside = [s.megabytes for s in samples if number * duration / 10 <= s.at < (number + 1) * duration / 10]
        return statistics.median(inside) if inside else None

    early = [s.sessions for s in samples if s.at < duration / 10]
    if not early or early[-1] < SESSIONS:
        print(f"soak: the memory is not judged: {early[-1] if early else 0:,} sessions in the first tenth, and the server keeps {SESSIONS:,}")
        return []
    base = tenth(1)
    if base is None:
        return ["there are too few samples to judge the memory"]
    later = {number: value for number in range(2, 10) if (value := tenth(number)) is not None}
    return [
        f"memory: {value:.1f} MB in tenth {number + 1}, {base:.1f} MB in the second: {(value / base - 1) * 100:+.1f} %, {allowed:.0%} are allowed"
        for number, value in later.items()
        if abs(value / base - 1) > allowed
    ]


LINES = (("megabytes", "MB", "#2563eb"), ("median", "ms, median of the probe", "#16a34a"), ("descriptors", "descriptors", "#d97706"))


def draw(path, samples):
    """Three curves, each from 0 to its largest value, over the time of the run."""
    width, height, left, top = 720, 260, 10, 20
    end = max(sample.at for sample in samples) or 1
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height + 60}" font-family="sans-serif" font-size="12">']
    parts.append(f'<rect x="{left}" y="{top}" width="{width - 2 * left}" height="{height - top}" fill="none" stroke="#999"/>')
    for row, (name, unit, color) in enumerate(LINES):
        values = [getattr(sample, name) for sample in samples]
        most = max(values) or 1
        points = " ".join(
            f"{left + sample.at / end * (width - 2 * left):.1f},{height - value / most * (height - top) * 0.95:.1f}"
            for sample, value in zip(samples, values, strict=True)
        )
        parts.append(f'<polyline points="{points}" fill="none" stroke="{color}" stroke-width="1.5"/>')
        parts.append(f'<text x="{left + row * 240}" y="{height + 40}" fill="{color}">{unit}: up to {most:,.1f}</text>')
    parts.append(f'<text x="{left}" y="{height + 18}">0</text><text x="{width - left}" y="{height + 18}" text-anchor="end">{end:,.0f} s</text></svg>')
    path.write_text("\n".join(parts) + "\n")
