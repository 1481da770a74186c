#!/usr/bin/env python3
"""How many databases are needed for a number of answers a second, if each session belongs to one database? A simulation without servers.

    fleet_sizing.py [--answers 50000] [--sessions 10000] [--carries 4000] [--hot 5000] [--seed 1]

Sessions are drawn with unlike loads: the session of rank r has a share of 1/r^S of all answers. Each session belongs to the database that has the
largest hash of both names (rendezvous hashing), so that a further database takes its part from each of the others, and nothing else moves.
Prints a table in Markdown: for each number of databases, what the busiest one gets, and the share of sessions that moved.

    --carries   the answers a second that one database carries, for many sessions
    --hot       the answers a second that one session gets at most, because its calls are made one after the other
"""

import argparse
import hashlib
import random


def hash_of(*names):
    return hashlib.blake2b("/".join(map(str, names)).encode(), digest_size=8).digest()


def home(session, databases):
    return max(range(databases), key=lambda database: hash_of(session, database))


def loads(sessions, answers, slope, dice):
    """Answers a second of each session; the sessions are not sorted by rank."""
    shares = [1 / rank**slope for rank in range(1, sessions + 1)]
    dice.shuffle(shares)
    total = sum(shares)
    return [answers * share / total for share in shares]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--answers", type=float, default=50_000)
    parser.add_argument("--sessions", type=int, default=10_000)
    parser.add_argument("--carries", type=float, default=4_000)
    parser.add_argument("--hot", type=float, default=5_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print("| load of sessions | databases | busiest database, of the mean | its answers/s | carried | busiest session | moved |")
    print("|---|---:|---:|---:|---|---:|---:|")
    for name, slope in (("equal", 0.0), ("slope 0.5", 0.5), ("slope 1", 1.0)):
        load = loads(options.sessions, options.answers, slope, random.Random(options.seed))
        before = None
        for databases in (1, 2, 4, 8, 16, 32):
            homes = [home(session, databases) for session in range(options.sessions)]
            sums = [0.0] * databases
            for session, database in enumerate(homes):
                sums[database] += load[session]
            moved = "" if before is None else f"{sum(a != b for a, b in zip(before, homes, strict=True)) / options.sessions:.0%}"
            busiest, hottest = max(sums), max(load)
            carried = "yes" if busiest <= options.carries and hottest <= options.hot else "no"
            print(
                f"| {name} | {databases} | {busiest * databases / options.answers:.2f} | {busiest:,.0f} | {carried} | {hottest:,.0f} | {moved} |")
            before = homes


if __name__ == "__main__":
    main()
