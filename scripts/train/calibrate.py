"""Fit score calibration: calibrate.py MANIFEST SCORER KIND=PRED:GOLD… (KIND: position, official, claim, mention)

PRED: records written with the identity calibration; GOLD: the guidelines' JSONL (or a data set's `entities` for mention).
For each kind it fits probability = sigmoid(scale · logit(score) + shift) by Newton's method, reports the expected
calibration error in ten bins before and after (after: two-fold cross-fitting over articles), and writes the manifest.
"""
import json
import subprocess
import sys
from pathlib import Path

import numpy as np



def rows(path):
    raw = subprocess.run(["zstd", "-dcq", path], check=True, capture_output=True).stdout if path.endswith(".zst") else Path(path).read_bytes()
    return [json.loads(l) for l in raw.decode("utf-8").split("\n") if l.strip()]


def words(text, spans):
    import re
    return {s + m.start() for s, e in spans for m in re.finditer(r"\w+", text[s:e])}


def f1(a, b):
    return 2 * len(a & b) / (len(a) + len(b)) if a and b else 0.0


def outcomes(kind, gold, pred, scorer):
    """[(article index, score, right)]"""
    out = []
    for n, g in enumerate(gold):
        p = pred.get(g["id"])
        if not p:
            continue
        t = g["text"]
        if kind == "position":
            golds = [(words(t, x["cue"]["spans"]), words(t, [[x["holder"]["start"], x["holder"]["end"]]] if x["holder"].get("start") is not None else []), words(t, x["content"]["spans"])) for x in g["positions"]]
            for x in p["positions"]:
                a = (words(t, x["cue"]["spans"]), words(t, [[x["holder"]["start"], x["holder"]["end"]]] if x["holder"]["start"] is not None else []), words(t, x["content"]["spans"]))
                right = any(a[0] & b[0] and ((not a[1] and not b[1]) or a[1] & b[1]) and f1(a[2], b[2]) >= .5 for b in golds)
                out.append((n, x["score"], right))
        elif kind == "official":
            for x in p["officials"]:
                right = any(scorer.same_person(x["name"], y["name"]) and scorer.same_office(x["office"], y["office"]) and x["country"] == y["country"] for y in g["officials"])
                out.append((n, x["score"], right))
        elif kind == "claim":
            names = {i["entity"]: scorer.norm(i["name"]) for i in p["islands"]}
            for x in p["claims"]:
                right = any(x["claimant"] == y["claimant"] and x["relation"] == y["relation"] and set(names.get(x["island"], "").split()) & set(scorer.norm(y["island"]).split()) for y in g["claims"])
                out.append((n, x["score"], right))
        elif kind == "mention":
            same = {"PERSON": "P", "ORG": "O", "GPE": "L", "LOC": "L", "ISLAND": "L"}
            golds = {(e["start"], e["end"], same[e["type"]]) for e in g["entities"] if e["type"] in same}
            out += [(n, m["score"], (m["start"], m["end"], same[m["type"]]) in golds) for m in p["mentions"] if m["type"] in same]
    return out


def logit(p):
    p = np.clip(p, 1e-4, 1 - 1e-4)
    return np.log(p / (1 - p))


def fit(x, y):
    w = np.array([1.0, 0.0])
    X = np.stack([x, np.ones_like(x)], 1)
    for _ in range(50):
        p = 1 / (1 + np.exp(-X @ w))
        g = X.T @ (p - y) + 0.1 * (w - [1.0, 0.0])
        h = X.T @ (X * (p * (1 - p))[:, None]) + 0.1 * np.eye(2)
        w = w - np.linalg.solve(h, g)
    return w


def ece(p, y, bins=10):
    b = np.minimum((p * bins).astype(int), bins - 1)
    return sum(abs(p[b == i].mean() - y[b == i].mean()) * (b == i).mean() for i in range(bins) if (b == i).any())


def main():
    manifest, scorer_path, *sets = sys.argv[1:]
    import importlib.util
    spec = importlib.util.spec_from_file_location("score", scorer_path)
    scorer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scorer)
    m = json.loads(Path(manifest).read_text())
    calibration = m["decoding"].setdefault("calibration", {})
    for s in sets:
        kind, files = s.split("=")
        pred, gold = files.split(":")
        o = outcomes(kind, rows(gold), {r["id"]: r for r in rows(pred)}, scorer)
        n, x, y = (np.array(v, float) for v in zip(*o))
        x = logit(x)
        crossed = np.zeros_like(x)
        for fold in (0, 1):
            w = fit(x[n % 2 != fold], y[n % 2 != fold])
            crossed[n % 2 == fold] = 1 / (1 + np.exp(-(w[0] * x[n % 2 == fold] + w[1])))
        w = fit(x, y)
        calibration[kind] = [round(float(v), 4) for v in w]
        print(f"{kind}: {len(x)} items, {100 * y.mean():.1f} % right, expected calibration error {ece(1 / (1 + np.exp(-x)), y):.3f} -> {ece(crossed, y):.3f} (two-fold)")
    Path(manifest).write_text(json.dumps(m, indent=1) + "\n")


if __name__ == "__main__":
    main()
