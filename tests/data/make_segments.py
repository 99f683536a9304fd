"""Reference outputs for tests/segment.rs, by the training's own reader: make_segments.py TOKENIZER.json > segments.json

Run from scripts/train with its requirements installed.
"""
import json
import sys

from tokenizers import Tokenizer

from corpus import Reader

TEXTS = [
    "The U.S. said, \"We don’t accept China's claims,\" Mr. Abe.\nBRUSSELS 1996-08-22\nThe Commission spoke.",
    "“What…” he asked.\n\nSino-Japanese talks: 1,200-km away. e\u0301t\u00e9 😀 x\u200by ``Hi''",
    "\n\nHeadline\r\n\r\nPresident\u00a0Emmanuel Macron said “no”.\n",
    "北方領土 שלום Iturup—Etorofu",
]

reader = Reader(Tokenizer.from_file(sys.argv[1]))
out = []
for t in TEXTS:
    d = reader.doc("x", t)
    out.append({"text": t, "starts": d.starts.tolist(), "ends": d.ends.tolist(), "pieces": d.ids.tolist(), "first": d.first.tolist(), "quoted": d.quoted.tolist()})
json.dump(out, sys.stdout, ensure_ascii=False, indent=1)
