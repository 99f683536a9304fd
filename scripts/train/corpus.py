"""Data sets to word-level training documents: one class, one reader a guideline.

A document is read into words (runs of letters and digits, or one other character), the words are mapped to the
tokenizer's pieces, and every label becomes a span of word indices, end exclusive. src/segment and src/tokenize do the
same in the program; tests/tokenize.rs holds both to one set of reference outputs.
"""
import bisect
import csv
import json
import re
import subprocess
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

WORD = re.compile(r"\w+|[^\w\s]")
CLS, PAD, SEP = 0, 1, 2

CONLL = ["PER", "ORG", "LOC", "MISC"]
WORLD = ["PERSON", "ORG", "LOC", "NORP", "MISC"]
DWIE = ["PERSON", "ORG", "GPE", "LOC", "NORP", "ROLE", "EVENT", "WORK", "MISC"]
OWN = ["PERSON", "ROLE", "ISLAND"]
NER = {"conll": CONLL, "world": WORLD, "dwie": DWIE, "own": OWN}
ACTS = ("state confirm deny claim accuse criticise demand request propose promise warn agree reject dispute "
        "support predict believe ask").split()
KINDS = "official person government organisation unnamed author".split()
STATUS = "current former acting elect candidate".split()
RELATIONS = "claims disputes controls administers recognises renounces".split()
GUIDELINES = ["polnear", "own"]
PRONOUNS = {"he", "she", "him", "her", "his", "it", "they", "we", "i", "them", "who", "himself", "herself"}


def rows(path):
    data = subprocess.run(["zstd", "-dcq", path], check=True, capture_output=True).stdout if str(path).endswith(".zst") else Path(path).read_bytes()
    return [json.loads(l) for l in data.decode("utf-8").split("\n") if l.strip()]


@dataclass
class Doc:
    id: str
    text: str
    starts: np.ndarray            # word start, code points
    ends: np.ndarray
    ids: np.ndarray               # pieces, with SEP at each line break
    first: np.ndarray             # word -> index in ids of the piece that holds its first character
    quoted: np.ndarray            # word stands inside quotation marks
    cuts: list                    # word indices where a sentence begins
    ner: dict = field(default_factory=dict)          # layer -> [(first word, end word, type index)]
    cues: dict = field(default_factory=dict)         # guideline index -> True where cues are labelled
    attributions: list = field(default_factory=list)  # (guideline, cue, [sources], [contents], act|-1, kind|-1)
    offices: list = field(default_factory=list)      # (role span, [person spans], status, [place spans] | None)
    people: list = field(default_factory=list)       # person spans, for the office head
    clusters: list = field(default_factory=list)     # coreference: [[span, …], …]
    coref_mentions: list | None = None               # spans that are all labelled; None: no coreference layer
    gap: list = field(default_factory=list)          # (pronoun, [right], [wrong])
    claims: list = field(default_factory=list)       # (island span, place span, relation | -1)


def quotation(words):
    """Inside quotation marks or not, word by word; a line break closes a straight mark that was left open."""
    out, inside = np.zeros(len(words), np.int8), False
    for i, (w, newline) in enumerate(words):
        if newline:
            inside = False
        if w == "“":
            inside = True
        elif w == "”":
            inside = False
        elif w == '"':
            inside = not inside
        out[i] = inside
    return out


SENTENCE_END = re.compile(r"[.!?]")


class Reader:
    def __init__(self, tokenizer):
        self.tok = tokenizer

    def doc(self, id, text):
        spans = [m.span() for m in WORD.finditer(text)]
        starts = np.array([s for s, _ in spans], np.int32)
        ends = np.array([e for _, e in spans], np.int32)
        e = self.tok.encode(text, add_special_tokens=False)
        offs = e.offsets
        ids, first, piece_at = [], np.zeros(len(spans), np.int32), 0
        words, cuts = [], [0] if spans else []
        where = []                       # piece -> index in ids
        breaks = [m.start() for m in re.finditer(r"\n", text[:spans[-1][0]] if spans else "")]
        b = 0
        for (ps, pe), pid in zip(offs, e.ids):
            while b < len(breaks) and breaks[b] < pe - (1 if pe - ps > 1 else 0):
                if ids and ids[-1] != SEP and breaks[b] < pe:
                    ids.append(SEP)
                b += 1
            where.append(len(ids))
            ids.append(pid)
        p = 0
        for i, (s, t) in enumerate(spans):
            while p + 1 < len(offs) and offs[p][1] <= s:
                p += 1
            first[i] = where[p] if where else 0
            gap = text[spans[i - 1][1]:s] if i else ""
            newline = "\n" in gap
            words.append((text[s:t], newline))
            if i and (newline or (gap and (text[spans[i - 1][0]] in '.!?' or (text[spans[i - 1][0]] in "\"”’)" and i > 1 and text[spans[i - 2][0]] in ".!?"))
                                  and (text[s].isupper() or text[s] in "\"“‘'(")
                                  and not (i > 1 and text[spans[i - 1][0]] == "." and (spans[i - 2][1] - spans[i - 2][0] == 1 and text[spans[i - 2][0]].isupper()
                                           or text[spans[i - 2][0]:spans[i - 2][1]] in {"Mr", "Mrs", "Ms", "Dr", "Gen", "Gov", "Sen", "Rep", "Lt", "Col", "St", "vs", "No"})))):
                cuts.append(i)
        return Doc(id, text, starts, ends, np.array(ids, np.int32), first, quotation(words), cuts)

    @staticmethod
    def span(d, s, e):
        """Code points to words; None where no word is covered."""
        a = bisect.bisect_right(d.ends, s)
        b = bisect.bisect_left(d.starts, e)
        return (int(a), int(b)) if b > a else None


def merged(text, spans):
    """Join the spans that only white space separates, and drop the outer punctuation."""
    out = []
    for s, e in sorted(map(tuple, spans)):
        if out and not text[out[-1][1]:s].strip():
            out[-1] = (out[-1][0], max(e, out[-1][1]))
        else:
            out.append((s, e))
    return out


def trimmed(d, span):
    """A content or source without quotation marks, commas and stops at its ends."""
    a, b = span
    ok = lambda w: d.text[d.starts[w]].isalnum() or d.text[d.starts[w]] in "$€£#@%"
    while a < b and not ok(a):
        a += 1
    while b > a and not (d.text[d.starts[b - 1]].isalnum() or d.text[d.starts[b - 1]] in "%$€£"):
        b -= 1
    return (a, b) if b > a else span


class Places:
    """Country names, adjectives, capitals and seats of government -> ISO code, by longest match on words."""

    def __init__(self, files, overrides):
        self.names = defaultdict(set)
        for file, columns in files:
            for r in csv.DictReader(open(file, encoding="utf-8"), delimiter="\t", quoting=csv.QUOTE_NONE):
                for c in columns:
                    for n in (r.get(c) or "").split("|"):
                        n = re.sub(r"^the ", "", n.strip())
                        if len(n) > 1 and not re.search(r",|\(", n):
                            for v in {n, n + "s" if c == "demonyms" and n[-1] in "nic" else n}:
                                self.names[tuple(WORD.findall(v))].add(r["iso2"])
        # Hand-written rows settle what the tables leave open ("Korean", "US").
        for r in csv.DictReader(open(overrides, encoding="utf-8"), delimiter="\t", quoting=csv.QUOTE_NONE):
            self.names[tuple(WORD.findall(r["word"]))] = {r["country"]}
        self.longest = max(map(len, self.names), default=0)

    def find(self, d):
        w = [d.text[s:e] for s, e in zip(d.starts, d.ends)]
        out, i = [], 0
        while i < len(w):
            for n in range(min(self.longest, len(w) - i), 0, -1):
                got = self.names.get(tuple(w[i:i + n]))
                if got and len(got) == 1:
                    out.append(((i, i + n), next(iter(got))))
                    i += n - 1
                    break
            i += 1
        return out


def add_ner(d, layer, types, entities, key="type"):
    got = []
    for e in sorted(entities, key=lambda e: (e["start"], -e["end"])):
        t = {"PER": "PERSON"}.get(e[key], e[key]) if layer != "conll" else e[key]
        if t not in types:
            t = {"ISLAND": "LOC"}.get(t)
        if t in types:
            s = Reader.span(d, e["start"], e["end"])
            if s and (not got or got[-1][1] <= s[0]):
                got.append((*s, types.index(t)))
    d.ner[layer] = got


def read_polnear(reader, data, split="train"):
    for r in rows(f"{data}/polnear/{split}.jsonl.zst"):
        d = reader.doc(r["id"], r["text"])
        d.cues[0] = True
        seen = {}
        for a in r["attributions"]:
            cue = [s for s in (reader.span(d, *x) for x in merged(r["text"], a["cue"])) if s]
            if not cue:
                continue
            src = [s for s in (reader.span(d, *x) for x in merged(r["text"], a["source"])) if s]
            con = [s for s in (reader.span(d, *x) for x in merged(r["text"], a["content"])) if s]
            item = seen.setdefault(cue[0], (0, cue[0], [], [], -1, -1))
            item[2].extend(trimmed(d, s) for s in src)
            item[3].extend(trimmed(d, s) for s in con)
        d.attributions = list(seen.values())
        yield d


def claim_pairs(d, islands, found, claims):
    """(island mention, place mention, relation or -1): what the claims' evidence says, and what nothing says.

    A pair counts for a claim where its place stands in the evidence and its island does too, or is the last one named
    before. Other pairs of an island and a country that some claim joins are left out: the text says it, but not there.
    """
    gold = {}
    for name, iso, relation, evidence in claims:
        for a, b in evidence:
            inside = [s for s in islands.get(name, []) if a - 1 <= s[0] < b + 1]
            before = [s for s in islands.get(name, []) if s[0] < a and a - s[0] < 100]
            for isl in inside or before[-1:]:
                for place, country in found:
                    if country == iso and a - 2 <= place[0] < b + 2:
                        gold[isl, place] = relation
    joined = {(n, c) for n, c, _, _ in claims}
    out = []
    for name, spans in islands.items():
        for isl in spans:
            for place, country in found:
                if (isl, place) in gold:
                    out.append((isl, place, gold[isl, place]))
                elif abs(place[0] - isl[0]) < 60 and (name, country) not in joined:
                    out.append((isl, place, -1))
    return out


def read_own(reader, places, path, texts=None):
    """The guidelines' own layers, from records with text or stand-off labels over `texts`."""
    for r in rows(path):
        text = r.get("text") or (texts or {}).get(r["id"])
        if text is None:
            continue
        d = reader.doc(r["id"], text)
        span = lambda x: reader.span(d, *x)
        types = []
        d.people = sorted({s for p in r["people"] for s in map(span, p["spans"]) if s})
        by_name = {p["name"]: [s for s in map(span, p["spans"]) if s] for p in r["people"]}
        types += [(*s, 0) for s in d.people]
        islands = {i["name"]: [s for s in map(span, i["spans"]) if s] for i in r["islands"]}
        types += [(*s, 2) for v in islands.values() for s in v]
        found = places.find(d)
        roles = defaultdict(lambda: (set(), [0], set()))
        for o in r["officials"]:
            for s in map(span, o["spans"]):
                if s:
                    roles[s][0].update(by_name.get(o["name"], []))
                    roles[s][1][0] = STATUS.index(o["status"])
                    roles[s][2].add(o.get("country"))
        d.offices = [(s, sorted(p), st[0], [x for x, c in found if c in cs] if None not in cs else None, found) for s, (p, st, cs) in sorted(roles.items())]
        types += [(*s, 1) for s in roles]
        got = []
        for t in sorted(set(types)):
            if not got or got[-1][1] <= t[0]:
                got.append(t)
        d.ner["own"] = got
        d.cues[1] = True
        seen = {}
        for p in r["positions"]:
            cue = [s for s in map(span, p["cue"]["spans"]) if s]
            if not cue:
                continue
            h = p["holder"]
            src = [reader.span(d, h["start"], h["end"])] if h.get("start") is not None else []
            con = [s for s in map(span, merged(text, p["content"]["spans"])) if s]
            kind = KINDS.index(h["kind"]) if h.get("kind") in KINDS and src else -1
            item = seen.setdefault(cue[0], (1, cue[0], [], [], ACTS.index(p["act"]), kind))
            item[2].extend(s for s in src if s)
            item[3].extend(con)
            # a pronoun holder and the named person it stands for
            if src and src[0] and src[0][1] - src[0][0] == 1 and text[h["start"]:h["end"]].lower() in PRONOUNS:
                right = by_name.get(h.get("name") or "", [])
                if right:
                    d.gap.append((src[0], right, [x for x in d.people if x not in right]))
        d.attributions = list(seen.values())
        if islands:
            d.claims = claim_pairs(d, islands, found, [(c["island"], c["claimant"], RELATIONS.index(c["relation"]), [s for s in map(span, c["spans"]) if s]) for c in r["claims"]])
        yield d


def read_entities(reader, data, name, layer, split="train", coref=False):
    for r in rows(f"{data}/{name}/{split}.jsonl.zst"):
        d = reader.doc(r["id"], r["text"])
        add_ner(d, layer, NER[layer], r["entities"], "orig_type" if layer == "conll" else "type")
        if coref:
            keep = {"PERSON", "ORG", "GPE", "LOC", "NORP", "ROLE"}
            spans = [reader.span(d, e["start"], e["end"]) if e["type"] in keep else None for e in r["entities"]]
            d.coref_mentions = sorted({s for s in spans if s})
            d.clusters = [sorted({spans[i] for i in c if spans[i]}) for c in r["coref"]]
        yield d


def read_gum(reader, data, split="train"):
    for r in rows(f"{data}/gum/{split}.jsonl.zst"):
        d = reader.doc(r["id"], r["text"])
        spans = [reader.span(d, e["start"], e["end"]) if e["end"] - e["start"] < 60 and e["type"] in ("PERSON", "ORG", "GPE", "PLACE", "LOC", "ORGANIZATION") else None for e in r["entities"]]
        d.coref_mentions = sorted({s for s in spans if s})
        d.clusters = [sorted({spans[i] for i in c if spans[i]}) for c in r["coref"]]
        yield d


def read_gap(reader, data, split="train"):
    for r in rows(f"{data}/gap/{split}.jsonl.zst"):
        d = reader.doc(r["id"], r["text"])
        s = [reader.span(d, e["start"], e["end"]) for e in r["entities"]]
        right = {j for c in r["coref"] if 0 in c for j in c if j}
        if s[0]:
            d.gap = [(s[0], [s[j] for j in right if s[j]], [s[j] for j in (1, 2) if j not in right and s[j]])]
        yield d
