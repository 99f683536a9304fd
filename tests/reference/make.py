#!/usr/bin/env python3
"""Makes the reference outputs beside it: what the originals say of data that `demarche evaluate` reads.

    pip install seqeval==1.2.2 nervaluate==1.2.1 conlleval==0.2 numpy scipy
    make.py COVAL COFENET CITRON SCORE

COVAL    checkout of github.com/ns-moosavi/coval (87071a6)
COFENET  checkout of github.com/cofe-ai/CofeNet (7904299)
CITRON   citron/metrics.py of github.com/bbc/citron (1937f2c)
SCORE    the project's independent scorer, score.py

Everything is seeded: a second run writes the same files.
"""
import importlib.util, json, random, re, subprocess, sys, types
from pathlib import Path

HERE = Path(__file__).resolve().parent
TYPES = ["PER", "LOC", "ORG"]


def dump(name, value):
    (HERE / name).write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def load(path, name):
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def write_conll(name, sentences, docs):
    out = []
    for i, tags in enumerate(sentences):
        if i % docs == 0:
            out.append("-DOCSTART- O\n")
        out += [f"w{i}x{j} {t}" for j, t in enumerate(tags)] + [""]
    (HERE / name).write_text("\n".join(out) + "\n", encoding="utf-8")


def sequences():
    """Tags of all schemes, broken in every way, against seqeval (its default mode) and conlleval."""
    from seqeval.metrics import classification_report
    import conlleval
    rng = random.Random(11)
    gold, pred = [], []
    for i in range(120):
        prefixes = [["I"], ["B", "I"], ["B", "I", "E", "S"]][i % 3]
        tags = ["O" if rng.random() < .45 else f"{rng.choice(prefixes)}-{rng.choice(TYPES)}" for _ in range(rng.randrange(3, 14))]
        gold.append(tags)
        pred.append([t if rng.random() < .8 else ("O" if rng.random() < .3 else f"{rng.choice(prefixes)}-{rng.choice(TYPES)}") for t in tags])
    write_conll("sequences.gold.conll", gold, 10)
    write_conll("sequences.pred.conll", pred, 10)
    report = classification_report(gold, pred, output_dict=True, zero_division=0)
    # conlleval knows no E and S: it is asked about the sentences without them.
    plain = [i for i in range(len(gold)) if i % 3 < 2]
    lines = []
    for i in plain:
        lines += [f"w {g} {p}" for g, p in zip(gold[i], pred[i])] + [""]
    write_conll("plain.gold.conll", [gold[i] for i in plain], 10)
    write_conll("plain.pred.conll", [pred[i] for i in plain], 10)
    perl = conlleval.evaluate(lines)
    dump("sequences.json", {
        "seqeval": {k: {m: float(x) for m, x in v.items()} for k, v in report.items() if k != "weighted avg"},
        "conlleval": {"all": perl["overall"]["chunks"]["stats"], **{k: v["stats"] for k, v in perl["slots"]["chunks"].items()}},
    })


def modes():
    """nervaluate's four modes where no span overlaps two: there its order bugs (#40, #42, #84) cannot show."""
    from nervaluate import Evaluator
    rng = random.Random(12)
    gold, pred = [], []
    for _ in range(100):
        g, p = [], []
        for _ in range(rng.randrange(1, 5)):
            g.append("O")
            p.append("O")
            n = rng.randrange(1, 5)
            kind = rng.choice(TYPES)
            other = kind if rng.random() < .75 else rng.choice(TYPES)
            block = [f"B-{kind}"] + [f"I-{kind}"] * (n - 1)
            what = rng.random()
            if what < .15:
                g += block
                p += ["O"] * n
            elif what < .3:
                g += ["O"] * n
                p += block
            else:
                a = rng.randrange(n) if rng.random() < .3 else 0
                g += block
                p += ["O"] * a + [f"B-{other}"] + [f"I-{other}"] * (n - a - 1)
        gold.append(g)
        pred.append(p)
    write_conll("modes.gold.conll", gold, 5)
    write_conll("modes.pred.conll", pred, 5)
    overall = Evaluator(gold, pred, tags=TYPES, loader="list").evaluate()["overall"]
    dump("modes.json", {k: {m: getattr(v, m) for m in ("correct", "incorrect", "partial", "missed", "spurious", "precision", "recall", "f1")} for k, v in overall.items()})


def coreference(coval):
    """Random clusters against CoVal's MUC, B3 and CEAF_e, with and without singletons."""
    sys.path.insert(0, coval)
    from coval.eval import evaluator
    rng = random.Random(13)
    gold, pred, rows = [], [], {}
    for i in range(30):
        n = rng.randrange(4, 30)
        mentions = [[k * 4, k * 4 + 3] for k in range(n)]
        def clusters(keep):
            out = {}
            for m in mentions:
                if rng.random() < keep:
                    out.setdefault(rng.randrange(max(2, n // 3)), []).append(m)
            return list(out.values())
        g = clusters(.9)
        p = []
        where = {}
        for k, c in enumerate(g):
            for m in c:
                if rng.random() < .9:
                    p_key = k if rng.random() < .75 else rng.randrange(len(g) + 3)
                    where.setdefault(p_key, []).append(m)
        p = list(where.values())
        gold.append(g)
        pred.append(p)
    for name, least in (("all", 1), ("without_singletons", 2)):
        out = {}
        for metric in ("muc", "b_cubed", "ceafe"):
            e = evaluator.Evaluator(getattr(evaluator, metric))
            for g, p in zip(gold, pred):
                gc = [[tuple(m) for m in c] for c in g if len(c) >= least]
                pc = [[tuple(m) for m in c] for c in p if len(c) >= least]
                gm = {m: k for k, c in enumerate(pc) for m in c}
                pm = {m: k for k, c in enumerate(gc) for m in c}
                e.update((gc, pc, gm, pm))
            out[metric] = dict(zip(("p", "r", "f1"), map(float, e.get_prf())))
        out["conll"] = sum(x["f1"] for x in out.values()) / 3
        rows[name] = out
    for side, name in ((gold, "coref.gold.jsonl"), (pred, "coref.pred.jsonl")):
        lines = []
        for i, cs in enumerate(side):
            entities = [{"start": s, "end": e, "type": "X"} for c in cs for s, e in c]
            at, coref = 0, []
            for c in cs:
                coref.append(list(range(at, at + len(c))))
                at += len(c)
            lines.append(json.dumps({"id": f"d{i}", "entities": entities, "coref": coref}))
        (HERE / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    dump("coref.json", rows)


def quotations(cofenet, citron):
    """PolNeAR-shaped attributions against CofeNet's exact, begin and Jaccard and Citron's overlap."""
    package = types.ModuleType("exe")
    package.__path__ = [str(Path(cofenet) / "exe")]
    sys.modules["exe"] = package
    from exe.eval.evaluation import evaluate_extraction
    rng = random.Random(14)
    elements = ["source", "cue", "content"]
    gold_tags, pred_tags, gold_rows, pred_rows, gold_all, pred_all = [], [], [], [], [], []
    for d in range(40):
        n = rng.randrange(30, 90)
        tokens = [f"w{d}x{j}" for j in range(n)]
        text, at, places = " ".join(tokens) + ".", 0, []
        for t in tokens:
            places.append((at, at + len(t)))
            at += len(t) + 1
        quotes, j = [], 1
        while j + 14 < n:
            q = {}
            for el, longest in (("source", 3), ("cue", 2), ("content", 7)):
                k = rng.randrange(1, longest + 1)
                q[el] = [j, j + k]
                j += k + rng.randrange(1, 3)
            quotes.append(q)
        guess = []
        for q in quotes:
            if rng.random() < .15:
                continue
            r = {}
            for el, (s, e) in q.items():
                x = rng.random()
                if el != "cue" and x < .1:
                    continue
                if x < .2 and e - s > 1:
                    s += 1
                elif x < .3 and e - s > 1:
                    e -= 1
                r[el] = [s, e]
            guess.append(r)
        # A false alarm, where it shares no token with the last quotation.
        if rng.random() < .3 and quotes[-1]["content"][1] < n - 2:
            guess.append({"cue": [n - 2, n - 1], "content": [n - 1, n]})
        def tags(qs):
            out = ["O"] * n
            for q in qs:
                for el, (s, e) in q.items():
                    out[s:e] = [f"B-{el}"] + [f"I-{el}"] * (e - s - 1)
            return out
        def row(qs):
            spans = lambda q, el: [[places[q[el][0]][0], places[q[el][1] - 1][1]]] if el in q else []
            return {"id": f"d{d}", "text": text, "attributions": [{el: spans(q, el) for el in elements} for q in qs]}
        gold_tags.append(tags(quotes))
        pred_tags.append(tags(guess))
        gold_rows.append(row(quotes))
        pred_rows.append(row(guess))
        gold_all.append(quotes)
        pred_all.append(guess)
    for rows, name in ((gold_rows, "quotes.gold.jsonl"), (pred_rows, "quotes.pred.jsonl")):
        (HERE / name).write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
    e = evaluate_extraction(gold_tags, pred_tags)
    out = {"cofenet": {el: {"exact": {m: float(e["exact_match"][el][m]) for m in ("pre", "rec", "f1")},
                            "begin": {m: float(e["begin"][el][m]) for m in ("pre", "rec", "f1")},
                            "jaccard": float(e["jaccard"][el])} for el in elements}}

    for name in ("citron", "citron.data", "citron.utils"):
        sys.modules[name] = types.ModuleType(name)
    sys.modules["citron.data"].DataSource = None
    sys.modules["citron"].__path__ = []
    metrics = load(citron, "citron.metrics")

    class Quote:
        def __init__(self, q):
            self.q = q

        def tokens(self, el):
            return set(range(*self.q[el])) if el in self.q else set()
    for plural, el in (("cue", "cue"), ("sources", "source"), ("contents", "content")):
        setattr(Quote, f"get_{plural}_length", lambda self, el=el: len(self.tokens(el)))
        setattr(Quote, f"get_{plural}_overlap", lambda self, other, el=el: len(self.tokens(el) & other.tokens(el)))
    sums = [0] * 9
    for g, p in zip(gold_all, pred_all):
        got = metrics.get_quote_overlap_counts_and_lengths([Quote(q) for q in p], [Quote(q) for q in g])
        sums = [a + b for a, b in zip(sums, got)]
    out["citron"] = {el: dict(zip(("p", "r", "f1"), metrics.get_overlap_scores(sums[k], sums[3 + k], sums[6 + k])))
                     for k, el in enumerate(("cue", "source", "content"))}
    dump("quotes.json", out)


def samples(score):
    """A third of the labelled samples, damaged, in the record's form, against the independent scorer's figures."""
    rng = random.Random(15)
    gold = [json.loads(l) for l in open(HERE.parents[1] / "data/samples/gold.jsonl", encoding="utf-8")]
    out = []
    for g in gold[::3]:
        r = {"id": g["id"], "people": [], "officials": [], "islands": [], "claims": [], "positions": []}
        keep = lambda: rng.random() > .12
        def name(n):
            x = rng.random()
            return "Mr. " + n.split()[-1] if x < .1 else n.upper() if x < .2 else "Someone Else" if x < .25 else n
        r["people"] = [{"name": name(p["name"])} for p in g["people"] if keep()] + [{"name": "Nobody Known"}]
        for o in filter(lambda _: keep(), g["officials"]):
            office = rng.choice([o["office"], o["office"], o["office"].replace("defence", "defense"), o["office_text"], "minister of " + o["office"].replace(" minister", "")])
            r["officials"].append({"name": name(o["name"]), "office": office, "country": o["country"] if keep() else "FR", "score": round(rng.random(), 2)})
        entity = {}
        for k, i in enumerate(g["islands"]):
            if keep():
                entity[i["name"]] = f"e{k}"
                n = i["name"] if rng.random() < .7 else "the " + i["name"] + " Islands"
                r["islands"].append({"entity": f"e{k}", "name": n, "text": n, "aliases": i["aliases"]})
        for c in filter(lambda c: c["island"] in entity and keep(), g["claims"]):
            r["claims"].append({"island": entity[c["island"]], "claimant": c["claimant"] if keep() else "JP", "relation": c["relation"] if keep() else "claims"})
        n = len(g["text"])
        for p in filter(lambda _: keep(), g["positions"]):
            p = json.loads(json.dumps(p))
            for part in (p["cue"], p["content"]):
                part.pop("text")
                if rng.random() < .25:
                    s = part["spans"][0]
                    s[0] = max(0, min(s[0] + rng.randrange(-12, 13), s[1] - 1))
                    s[1] = min(n, max(s[1] + rng.randrange(-30, 31), s[0] + 1))
            p["holder"].pop("text", None)
            if not keep() and p["holder"].get("start") is not None:
                p["holder"]["start"], p["holder"]["end"] = 0, 3
            for k, other in (("act", "claim"), ("stance", "oppose"), ("quote", "mixed"), ("negated", True)):
                p[k] = p[k] if keep() else other
            if not keep():
                p["holder"]["country"] = "DE"
            p["targets"] = []
            p["score"] = round(rng.random(), 2)
            r["positions"].append(p)
        for k in ("people", "officials", "islands", "claims", "positions"):
            rng.shuffle(r[k])
        out.append(r)
    rng.shuffle(out)
    path = HERE / "samples.pred.jsonl"
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in out), encoding="utf-8")
    text = subprocess.run([sys.executable, score, "labelled", str(HERE.parents[1] / "data/samples/gold.jsonl"), str(path)], check=True, capture_output=True, text=True).stdout
    dump("samples.json", json.loads(text[:text.rindex("}") + 1]))
    # The same positions as attributions.
    lines = [json.dumps({"id": g["id"], "text": g["text"], "attributions": [
        {"source": [[p["holder"]["start"], p["holder"]["end"]]] if p["holder"].get("start") is not None else [], "cue": p["cue"]["spans"], "content": p["content"]["spans"]}
        for p in g["positions"]]}) for g in gold]
    import tempfile
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as f:
        f.write("\n".join(lines) + "\n")
        f.flush()
        text = subprocess.run([sys.executable, score, "attributions", f.name, str(path)], check=True, capture_output=True, text=True).stdout
    dump("attributions.json", json.loads(text[:text.rindex("}") + 1]))


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    coval, cofenet, citron, score = sys.argv[1:]
    sequences()
    modes()
    coreference(coval)
    quotations(cofenet, citron)
    samples(score)
