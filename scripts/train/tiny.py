"""A model of random weights in kilobytes, for unit tests: tiny.py OUT. Same tensors and manifest as a real one, hidden width 32."""
import hashlib
import json
import sys
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers

from corpus import ACTS, KINDS, NER, RELATIONS, STATUS

D, FF, LAYERS, HEADS, PAIR = 32, 64, 2, 2, 16


def main():
    rng = np.random.default_rng(7)
    pieces = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁", -2.0)]
    pieces += [(c, -4.0) for c in "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,;:!?'\"()-“”’"]
    pieces += [(w, -3.0) for w in ["▁the", "▁of", "▁said", "▁President", "▁Minister", "▁Islands", "ing", "ed", "er", "▁Mr"]]
    tok = Tokenizer(models.Unigram(pieces, unk_id=3, byte_fallback=False))
    tok.normalizer = normalizers.Sequence([normalizers.Nmt(), normalizers.NFKC()])
    tok.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tok.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    tok.save(str(out / "tokenizer.json"))
    t = {}

    def f32(name, *shape, scale=0.3):
        t[name] = (rng.standard_normal(shape) * scale).astype(np.float32)

    def f16(name, *shape, scale=0.3):
        t[name] = (rng.standard_normal(shape) * scale).astype(np.float16)

    def q(name, rows, cols):
        t[name + ".q"] = rng.integers(-127, 128, (rows, cols)).astype(np.int8)
        t[name + ".scale"] = np.full(rows, 0.004, np.float32)

    def norm(name):
        t[name + ".weight"], t[name + ".bias"] = np.ones(D, np.float32), np.zeros(D, np.float32)

    q("encoder.word", len(pieces), D)
    f16("encoder.pos.weight", 64, D)
    f32("encoder.segment", D)
    norm("encoder.ln")
    for i in range(LAYERS):
        p = f"encoder.layers.{i}"
        for name, rows, cols in [("qkv", 3 * D, D), ("out", D, D), ("up", FF, D), ("down", D, FF)]:
            q(f"{p}.{name}", rows, cols)
            f32(f"{p}.{name}.bias", rows, scale=0.02)
        norm(p + ".ln1")
        norm(p + ".ln2")

    def linear(name, outputs, inputs, bias=True):
        f16(name + ".weight", outputs, inputs)
        if bias:
            f16(name + ".bias", outputs)

    for k, v in NER.items():
        linear(f"ner.{k}", 1 + 2 * len(v), D)
    for i in (0, 1):
        linear(f"cue.{i}", 3, D)
    for name, outputs, flags in [("attribution", 10, 2), ("office", 1, 1), ("country", 1, 1), ("coref", 1, 1), ("claim", 1 + len(RELATIONS), 1)]:
        linear(name + ".u", PAIR, D)
        for part in "vps":
            linear(f"{name}.{part}", PAIR, D, bias=False)
        linear(name + ".w", PAIR, PAIR, bias=False)
        f16(name + ".dist.weight", 32, PAIR)
        f16(name + ".flag.weight", flags, PAIR)
        linear(name + ".out", outputs, PAIR)
    linear("act", len(ACTS), D)
    linear("kind", len(KINDS), D)
    linear("status", len(STATUS), D)
    save_file(t, out / "model.safetensors")
    manifest = {
        "name": "tiny", "version": "1", "licence": "CC0-1.0", "description": "Random weights, for tests",
        "encoder": {"hidden": D, "layers": LAYERS, "heads": HEADS, "intermediate": FF, "epsilon": 1e-12, "window": 48, "cls": 0, "sep": 2},
        "mention_layers": NER, "acts": ACTS, "kinds": KINDS, "statuses": STATUS, "claim_relations": RELATIONS, "training_data": [],
        "files": {f: hashlib.sha256((out / f).read_bytes()).hexdigest() for f in ("model.safetensors", "tokenizer.json")},
    }
    (out / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")


if __name__ == "__main__":
    main()
