"""Train the encoder and all heads together: train.py --base BASE --data DATA --out DIR --steps N [--labels FILE…]

BASE is the folder that ../fetch-base makes; DATA holds the data sets. Seeded; a checkpoint every --save steps and
`latest.pt` to go on from: the same command again continues. --labels adds stand-off or full label files of the
guidelines' layers (with --texts: JSONL files that hold the texts by id).
"""
import argparse
import json
import math
import pickle
import random
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from tokenizers import Tokenizer

import corpus
from corpus import CLS, NER, PAD, SEP
from model import Demarche, parameters_by_rate

SHARES = {"conll": 0.40, "polnear": 1.0, "own": 1.1, "world": 0.42, "dwie": 0.45, "gum": 0.10, "gap": 0.16}
PIECES, BUDGET = 254, 3072
UNK = 3


def load(args):
    reader = corpus.Reader(Tokenizer.from_file(f"{args.base}/tokenizer.json"))
    gaz = Path(args.gazetteer)
    places = corpus.Places([(gaz / "countries.tsv", ("name", "alt_names", "demonyms", "capital", "metonyms"))], gaz / "demonyms.tsv")
    data = args.data
    cache = Path(args.out) / "documents.pickle"
    if cache.exists():
        sets = pickle.loads(cache.read_bytes())
    else:
        sets = {
            "conll": list(corpus.read_entities(reader, data, "conll2003", "conll")),
            "polnear": list(corpus.read_polnear(reader, data)),
            "own": list(corpus.read_own(reader, places, f"{data}/labelled/train.jsonl.zst")),
            "world": list(corpus.read_entities(reader, data, "worldwide", "world")),
            "dwie": list(corpus.read_entities(reader, data, "dwie", "dwie", coref=True)),
            "gum": list(corpus.read_gum(reader, data)),
            "gap": list(corpus.read_gap(reader, data)),
        }
        cache.write_bytes(pickle.dumps(sets))
    texts = {r["id"]: r["text"] for f in args.texts for r in corpus.rows(f)}
    for f in args.labels:
        more = list(corpus.read_own(reader, places, f, texts))
        print(f"{f}: {len(more)} articles", flush=True)
        sets["own"] += more
    return reader, sets


def recased(reader, d, how):
    """A copy in capitals or small letters, where that leaves every offset in place."""
    text = getattr(d.text, how)()
    if len(text) != len(d.text):
        return None
    n = reader.doc(d.id, text)
    if len(n.starts) != len(d.starts):
        return None
    n.__dict__.update({k: v for k, v in d.__dict__.items() if k not in ("text", "ids", "first", "cuts", "quoted")})
    n.cuts = d.cuts
    return n


def windows(d, rng):
    """Word ranges of at most PIECES pieces, cut where sentences begin, the first one shortened at random."""
    n, start, out = len(d.first), 0, []
    limit = rng.randint(PIECES // 3, PIECES)
    cuts = d.cuts
    while start < n:
        end = int(np.searchsorted(d.first, d.first[start] + limit, "right")) - 1
        end = n if end >= n - 1 and len(d.ids) - d.first[start] <= limit else max(end, start + 1)
        if end < n:
            k = np.searchsorted(cuts, end, "right") - 1
            if cuts[k] > start + (end - start) // 2:
                end = cuts[k]
        out.append((start, end))
        start, limit = end, PIECES
    return out


class Stream:
    """An endless shuffled stream of one set's windows."""

    def __init__(self, docs, seed, reader=None, recase=0.0):
        self.docs, self.rng, self.buffer, self.reader, self.recase = docs, random.Random(seed), [], reader, recase
        self.variants = {}

    def next(self):
        if not self.buffer:
            for i, d in enumerate(self.docs):
                if self.recase and self.rng.random() < self.recase:
                    how = self.rng.choice(("upper", "lower"))
                    if (i, how) not in self.variants:
                        self.variants[i, how] = recased(self.reader, d, how)
                    d = self.variants[i, how] or d
                self.buffer += [(d, *w) for w in windows(d, self.rng)]
            self.rng.shuffle(self.buffer)
        return self.buffer.pop()


def pieces(d, a, b):
    end = d.first[b] if b < len(d.first) else len(d.ids)
    ids = d.ids[d.first[a]:end]
    return ids[:510]


def bio(spans, a, b):
    out = np.zeros(b - a, np.int64)
    for s, e, t in spans:
        if e > a and s < b:
            out[max(s, a) - a:min(e, b) - a] = 2 * t + 2
            if s >= a:
                out[s - a] = 2 * t + 1
    return out


def inside(span, a, b):
    return span[0] >= a and span[1] <= b


def pad_candidates(items, device=None):
    """[(anchor vector index…)] handled by the caller; here lists of spans -> padded tensors."""
    k = max(1, max(len(c) for c in items))
    out = torch.zeros(len(items), k, 2, dtype=torch.long)
    mask = torch.zeros(len(items), k, dtype=torch.bool)
    for i, c in enumerate(items):
        for j, s in enumerate(c):
            out[i, j, 0], out[i, j, 1], mask[i, j] = s[0], s[1] - 1, True
    return out, mask


def marginal(scores, mask, positive):
    """-log of the summed probability of the positives, against all candidates and 'none' (score 0)."""
    scores = scores.masked_fill(~mask, -1e4)
    full = torch.cat([torch.zeros_like(scores[:, :1]), scores], 1)
    none = ~positive.any(1, keepdim=True)
    right = torch.cat([none, positive], 1)
    return (torch.logsumexp(full, 1) - torch.logsumexp(full.masked_fill(~right, -1e4), 1)).mean()


def losses(model, batch, rng, autocast):
    """batch: [(doc, first word, end word)] -> {name: loss}, one forward pass."""
    seqs = [pieces(*x) for x in batch]
    t, w = max(map(len, seqs)) + 2, max(b - a for _, a, b in batch)
    ids = torch.full((len(batch), t), PAD)
    at = torch.zeros(len(batch), w, dtype=torch.long)
    for i, ((d, a, b), s) in enumerate(zip(batch, seqs)):
        s = torch.from_numpy(s.astype(np.int64))
        drop = torch.rand(len(s)) < 0.02
        ids[i, 0], ids[i, 1:len(s) + 1], ids[i, len(s) + 1] = CLS, torch.where(drop & (s != SEP), UNK, s), SEP
        at[i, :b - a] = torch.from_numpy((d.first[a:b] - d.first[a] + 1).clip(max=len(s)).astype(np.int64))
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=autocast):
        hidden = model.encoder(ids, ids != PAD)
    h = hidden.float().gather(1, at[:, :, None].expand(-1, -1, hidden.shape[-1]))     # [B, W, D]
    h = F.dropout(h, 0.1, model.training)
    out = {}

    for layer, head in model.ner.items():
        rows = [i for i, (d, _, _) in enumerate(batch) if layer in d.ner]
        if rows:
            y = torch.full((len(rows), w), -100)
            for j, i in enumerate(rows):
                d, a, b = batch[i]
                y[j, :b - a] = torch.from_numpy(bio(d.ner[layer], a, b))
            out[f"ner.{layer}"] = F.cross_entropy(head(h[rows]).flatten(0, 1), y.flatten())
    for g, head in enumerate(model.cue):
        rows = [i for i, (d, _, _) in enumerate(batch) if d.cues.get(g)]
        if rows:
            y = torch.full((len(rows), w), -100)
            for j, i in enumerate(rows):
                d, a, b = batch[i]
                y[j, :b - a] = torch.from_numpy(bio([(*x[1], 0) for x in d.attributions], a, b))
            out[f"cue.{g}"] = F.cross_entropy(head(h[rows]).flatten(0, 1), y.flatten())

    def vectors(where, spans):
        """[N] window indices, [N, …, 2] first and last word -> mean of the two vectors."""
        where = where.view(-1, *[1] * (spans.dim() - 2)).expand(spans.shape[:-1])
        return (h[where, spans[..., 0]] + h[where, spans[..., 1]]) / 2

    # attribution: every cue against every word of its window
    items = [(i, x) for i, (d, a, b) in enumerate(batch) for x in d.attributions if inside(x[1], a, b)]
    if items:
        where = torch.tensor([i for i, _ in items])
        cue = torch.tensor([[x[1][0] - batch[i][1], x[1][1] - 1 - batch[i][1]] for i, x in items])
        y = torch.full((len(items), w), -100)
        quoted = torch.zeros(len(batch), w, dtype=torch.long)
        for i, (d, a, b) in enumerate(batch):
            quoted[i, :b - a] = torch.from_numpy(d.quoted[a:b].astype(np.int64))
        for n, (i, x) in enumerate(items):
            d, a, b = batch[i]
            y[n, :b - a] = torch.from_numpy(bio([(*s, 1) for s in x[3]] + [(*s, 0) for s in x[2]], a, b))
        anchor = vectors(where, cue)
        head = model.attribution
        distance = torch.arange(w)[None] - cue[:, :1]
        scores = head.score(anchor, head.u(h)[where], head.p(h)[where], distance, quoted[where]).view(len(items), w, 2, 5)
        g = torch.tensor([x[0] for _, x in items])
        scores = scores.gather(2, g[:, None, None, None].expand(-1, w, 1, 5)).squeeze(2)
        out["attribution"] = 5 * F.cross_entropy(scores.flatten(0, 1), y.flatten())
        act = torch.tensor([x[4] for _, x in items])
        if (act >= 0).any():
            out["act"] = 0.3 * F.cross_entropy(model.act(anchor[act >= 0]), act[act >= 0])
        with_kind = [(i, x) for i, x in items if x[5] >= 0 and x[2] and inside(x[2][0], batch[i][1], batch[i][2])]
        if with_kind:
            s = torch.tensor([[x[2][0][0] - batch[i][1], x[2][0][1] - 1 - batch[i][1]] for i, x in with_kind])
            out["kind"] = 0.3 * F.cross_entropy(model.kind(vectors(torch.tensor([i for i, _ in with_kind]), s)), torch.tensor([x[5] for _, x in with_kind]))

    def pairs(items, head):
        """items: [(window, anchor span, [candidate spans])] in the document's words -> scores [N, K, out], mask."""
        where = torch.tensor([i for i, _, _ in items])
        off = lambda i, s: (s[0] - batch[i][1], s[1] - batch[i][1])
        a, _ = pad_candidates([[off(i, s)] for i, s, _ in items])
        c, mask = pad_candidates([[off(i, s) for s in k] for i, _, k in items])
        return head(vectors(where, a[:, 0]), vectors(where, c), c[..., 0] - a[:, :1, 0]), mask

    def positives(mask, flags):
        out = torch.zeros_like(mask)
        for i, f in enumerate(flags):
            for j, x in enumerate(f):
                out[i, j] = bool(x)
        return out

    # offices: whose they are, and of which country; status
    items, who, countries, status = [], [], [], []
    for i, (d, a, b) in enumerate(batch):
        persons = [s for s in d.people if inside(s, a, b)]
        for role, owners, st, lands, found in d.offices:
            if not inside(role, a, b):
                continue
            if persons:
                items.append((i, role, persons))
                who.append([p in owners for p in persons])
            near = [x for x, _ in found if inside(x, a, b)]
            if near:
                countries.append((i, role, near, [x in (lands or []) for x in near]))
            status.append((i, role, st))
    if items:
        scores, mask = pairs(items, model.office)
        out["office"] = 0.5 * F.binary_cross_entropy_with_logits(scores[..., 0][mask], positives(mask, who)[mask].float())
    if countries:
        scores, mask = pairs([x[:3] for x in countries], model.country)
        out["country"] = 0.4 * marginal(scores[..., 0], mask, positives(mask, [x[3] for x in countries]))
    if status:
        s = torch.tensor([[r[0] - batch[i][1], r[1] - 1 - batch[i][1]] for i, r, _ in status])
        out["status"] = 0.1 * F.cross_entropy(model.status(vectors(torch.tensor([i for i, _, _ in status]), s)), torch.tensor([x[2] for x in status]))

    # coreference: each mention against those before it; pronouns of known antecedent against the names around
    items, right = [], []
    for i, (d, a, b) in enumerate(batch):
        if d.coref_mentions:
            cluster = {s: n for n, c in enumerate(d.clusters) for s in c}
            got = [s for s in d.coref_mentions if inside(s, a, b)]
            for j in rng.sample(range(1, len(got)), min(24, len(got) - 1)) if len(got) > 1 else []:
                before = got[max(0, j - 40):j]
                items.append((i, got[j], before))
                right.append([got[j] in cluster and cluster.get(s) == cluster[got[j]] for s in before])
        for pronoun, yes, no in d.gap:
            if inside(pronoun, a, b):
                cand = [(s, True) for s in yes if inside(s, a, b)] + [(s, False) for s in no if inside(s, a, b)]
                if cand:
                    items.append((i, pronoun, [s for s, _ in cand]))
                    right.append([x for _, x in cand])
    if items:
        scores, mask = pairs(items, model.coref)
        out["coref"] = 0.3 * marginal(scores[..., 0], mask, positives(mask, right))

    items, y = [], []
    for i, (d, a, b) in enumerate(batch):
        for island, place, rel in d.claims:
            if inside(island, a, b) and inside(place, a, b):
                items.append((i, island, [place]))
                y.append(rel + 1)
    if items:
        scores, _ = pairs(items, model.claim)
        out["claim"] = 0.5 * F.cross_entropy(scores[:, 0], torch.tensor(y))
    return out


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--base", required=True)
    ap.add_argument("--data", required=True)
    ap.add_argument("--gazetteer", default=str(Path(__file__).resolve().parents[2] / "data/gazetteer"))
    ap.add_argument("--out", required=True)
    ap.add_argument("--labels", nargs="*", default=[])
    ap.add_argument("--texts", nargs="*", default=[])
    ap.add_argument("--steps", type=int, default=3000)
    ap.add_argument("--lr", type=float, default=1.5e-4)
    ap.add_argument("--head-lr", type=float, default=1e-3)
    ap.add_argument("--decay", type=float, default=0.95)
    ap.add_argument("--save", type=int, default=150)
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--no-bf16", action="store_true")
    args = ap.parse_args()
    out = Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(args.seed)
    rng = random.Random(args.seed)
    reader, sets = load(args)
    print({k: (len(v), sum(len(d.ids) for d in v)) for k, v in sets.items()}, flush=True)
    config = json.loads(Path(args.base, "config.json").read_text())
    model = Demarche(config)
    model.encoder.load_bert(load_file(f"{args.base}/model.safetensors"))
    opt = torch.optim.AdamW(parameters_by_rate(model, args.lr, args.head_lr, args.decay), fused=True, betas=(0.9, 0.98))
    for g in opt.param_groups:
        g["peak"] = g["lr"]
    step = 0
    average = None
    if (out / "latest.pt").exists():
        state = torch.load(out / "latest.pt", weights_only=False)
        model.load_state_dict(state["model"])
        opt.load_state_dict(state["optimizer"])
        step, average = state["step"], state["average"]
        rng = random.Random(args.seed + step)
        torch.manual_seed(args.seed + step)
    streams = {k: Stream(v, args.seed + 7 * i + step, reader, 0.0 if k in ("gum", "gap") else 0.08) for i, (k, v) in enumerate(sets.items())}
    owed = {k: 0.0 for k in sets}          # pieces that each set is behind its share
    share = {k: v / sum(SHARES.values()) for k, v in SHARES.items()}
    queue, began, seen, sums = [], time.time(), 0, {}
    params = list(model.parameters())
    model.train()
    while step < args.steps:
        if not queue:
            pool, total = [], 0
            while total < 12 * BUDGET:
                k = max(owed, key=owed.get)
                d, a, b = streams[k].next()
                n = len(pieces(d, a, b)) + 2
                for s in owed:
                    owed[s] += n * share[s]
                owed[k] -= n
                total += n
                pool.append((n, rng.random(), (d, a, b)))
            pool.sort(key=lambda x: x[:2])
            batch, width = [], 0
            for n, _, x in pool:
                if batch and max(width, n) * (len(batch) + 1) > BUDGET:
                    queue.append(batch)
                    batch, width = [], 0
                batch.append(x)
                width = max(width, n)
            queue.append(batch)
            rng.shuffle(queue)
        batch = queue.pop()
        factor = min(1.0, (step + 1) / 100) * max(0.02, 1 - step / args.steps)
        for g in opt.param_groups:
            g["lr"] = g["peak"] * factor
        got = losses(model, batch, rng, not args.no_bf16)
        sum(got.values()).backward()
        torch.nn.utils.clip_grad_norm_(params, 1.0)
        opt.step()
        opt.zero_grad(set_to_none=True)
        step += 1
        if step % 5 == 0 and step > args.steps // 10:
            with torch.no_grad():
                if average is None:
                    average = [p.detach().clone() for p in params]
                else:
                    torch._foreach_lerp_(average, [p.detach() for p in params], 0.03)
        seen += sum(len(pieces(*x)) + 2 for x in batch)
        for k, v in got.items():
            s = sums.setdefault(k, [0.0, 0])
            s[0] += v.item()
            s[1] += 1
        if step % 25 == 0:
            print(f"step {step} {seen / (time.time() - began):.0f} pieces/s " + " ".join(f"{k} {v[0] / v[1]:.3f}" for k, v in sorted(sums.items())), flush=True)
            sums = {}
        if step % args.save == 0 or step == args.steps:
            state = {"model": model.state_dict(), "optimizer": opt.state_dict(), "step": step, "average": average, "config": config}
            torch.save(state, out / "latest.tmp")
            (out / "latest.tmp").rename(out / "latest.pt")


if __name__ == "__main__":
    main()
