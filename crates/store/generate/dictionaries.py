#!/usr/bin/env python3
"""Makes the dictionaries that bodies and lists of index rows are packed with (crates/store/src/pack/).

    varde population --size 250 --seed 7 --today 2026-11-01 > pop.ndjson
    varde import --data data pop.ndjson
    python3 crates/store/generate/dictionaries.py data/varde.db crates/store/src/pack

Needs PyPI `zstandard`. The store must be opened by a build that still keeps plain lists, or one that can read them: packed samples are
left out. A dictionary that has been released is never changed, since stored data are read with it: a new one gets a new number.
"""
import random
import sqlite3
import sys

import zstandard

database, folder = sys.argv[1:]
connection = sqlite3.connect(database)
rows = connection.execute(
    "SELECT r.type, c.body, c.entries FROM content c JOIN resource r ON r.rid = c.rid WHERE r.deleted = 0"
).fetchall()
random.Random(1).shuffle(rows)
# As many of each type as there are, up to a bound: a country has more observations than organisations.
taken, bodies, lists = {}, [], []
for kind, body, entries in rows:
    taken[kind] = taken.get(kind, 0) + 1
    if taken[kind] <= 1500 and body[:1] == b"{":
        bodies.append(body)
        lists.append(entries)
for name, samples, size in (("body-1.dict", bodies, 48 << 10), ("list-1.dict", lists, 16 << 10)):
    dictionary = zstandard.train_dictionary(size, samples, level=3)
    with open(f"{folder}/{name}", "wb") as out:
        out.write(dictionary.as_bytes())
    packer = zstandard.ZstdCompressor(level=3, dict_data=dictionary)
    plain, packed = sum(map(len, samples)), sum(len(packer.compress(sample)) for sample in samples)
    print(f"{name}: {len(samples)} samples, {plain // len(samples)} bytes each, packed {packed // len(samples)}")
