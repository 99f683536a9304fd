"""One encoder, light heads. Shapes in words: B windows, T pieces, W words, D hidden, N anchors, K candidates."""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F

from corpus import ACTS, GUIDELINES, KINDS, NER, RELATIONS, STATUS


class Layer(nn.Module):
    def __init__(self, d, heads, ff, eps):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(d, 3 * d)
        self.out = nn.Linear(d, d)
        self.ln1 = nn.LayerNorm(d, eps=eps)
        self.up = nn.Linear(d, ff)
        self.down = nn.Linear(ff, d)
        self.ln2 = nn.LayerNorm(d, eps=eps)

    def forward(self, x, bias):
        b, t, d = x.shape
        q, k, v = self.qkv(x).view(b, t, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        a = torch.softmax(torch.matmul(q * (d // self.heads) ** -0.5, k.transpose(-1, -2)) + bias, -1)
        x = self.ln1(x + self.out(torch.matmul(a, v).transpose(1, 2).reshape(b, t, d)))
        return self.ln2(x + self.down(F.gelu(self.up(x))))


class Encoder(nn.Module):
    """BERT: [B, T] pieces -> [B, T, D]."""

    def __init__(self, config):
        super().__init__()
        d, eps = config["hidden_size"], config["layer_norm_eps"]
        self.word = nn.Embedding(config["vocab_size"], d)
        self.pos = nn.Embedding(config["max_position_embeddings"], d)
        self.segment = nn.Parameter(torch.zeros(d))
        self.ln = nn.LayerNorm(d, eps=eps)
        self.layers = nn.ModuleList(Layer(d, config["num_attention_heads"], config["intermediate_size"], eps) for _ in range(config["num_hidden_layers"]))

    def forward(self, ids, mask):
        x = self.ln(self.word(ids) + self.pos.weight[: ids.shape[1]] + self.segment)
        bias = torch.zeros_like(mask, dtype=torch.float32).masked_fill(~mask, -1e4)[:, None, None, :]
        if torch.is_autocast_enabled("cpu"):
            x, bias = x.bfloat16(), bias.bfloat16()
        for layer in self.layers:
            x = layer(x, bias)
        return x

    def load_bert(self, t):
        """From the tensors of a Hugging Face BertModel."""
        self.word.weight.data.copy_(t["embeddings.word_embeddings.weight"])
        self.pos.weight.data.copy_(t["embeddings.position_embeddings.weight"])
        self.segment.data.copy_(t["embeddings.token_type_embeddings.weight"][0])
        self.ln.weight.data.copy_(t["embeddings.LayerNorm.weight"])
        self.ln.bias.data.copy_(t["embeddings.LayerNorm.bias"])
        for i, l in enumerate(self.layers):
            p = f"encoder.layer.{i}."
            for w in ("weight", "bias"):
                getattr(l.qkv, w).data.copy_(torch.cat([t[p + f"attention.self.{n}.{w}"] for n in ("query", "key", "value")]))
                for ours, theirs in (("out", "attention.output.dense"), ("ln1", "attention.output.LayerNorm"), ("up", "intermediate.dense"), ("down", "output.dense"), ("ln2", "output.LayerNorm")):
                    getattr(getattr(l, ours), w).data.copy_(t[p + f"{theirs}.{w}"])


BUCKETS = 32


def bucket(distance):
    """Signed distance in words -> 0..31: exact to 4, then by powers of two, candidates before the anchor below 16."""
    a = distance.abs()
    far = (4 + torch.log2(a.clamp(min=4).float() / 4).floor() * 2 + ((a.float() / 2 ** torch.log2(a.clamp(min=4).float()).floor()) >= 1.5)).long()
    b = torch.where(a < 4, a, far).clamp(max=15)
    return torch.where(distance < 0, 15 - b, 16 + b).clamp(0, 31)


class PairHead(nn.Module):
    """Anchor [N, D] and candidates [N, K, D] with their distance in words -> [N, K, outputs]."""

    def __init__(self, d, hidden, outputs, flags=1):
        super().__init__()
        self.u, self.v = nn.Linear(d, hidden), nn.Linear(d, hidden, bias=False)
        self.p, self.s = nn.Linear(d, hidden, bias=False), nn.Linear(d, hidden, bias=False)
        self.w = nn.Linear(hidden, hidden, bias=False)
        self.dist, self.flag = nn.Embedding(BUCKETS, hidden), nn.Embedding(flags, hidden)
        self.out = nn.Linear(hidden, outputs)

    def forward(self, anchor, cand, distance, flags=None):
        u, p = self.u(cand), self.p(cand)
        return self.score(anchor, u, p, distance, flags)

    def score(self, anchor, u, p, distance, flags=None):
        z = u + self.v(anchor)[:, None] + self.w(p * self.s(anchor)[:, None]) + self.dist(bucket(distance))
        if flags is not None:
            z = z + self.flag(flags)
        return self.out(F.dropout(F.gelu(z), 0.1, self.training))


class Demarche(nn.Module):
    def __init__(self, config):
        super().__init__()
        d = config["hidden_size"]
        self.encoder = Encoder(config)
        self.ner = nn.ModuleDict({k: nn.Linear(d, 1 + 2 * len(v)) for k, v in NER.items()})
        self.cue = nn.ModuleList(nn.Linear(d, 3) for _ in GUIDELINES)
        self.attribution = PairHead(d, 192, 5 * len(GUIDELINES), flags=2)
        self.office = PairHead(d, 128, 1)
        self.country = PairHead(d, 128, 1)
        self.coref = PairHead(d, 192, 1)
        self.claim = PairHead(d, 128, 1 + len(RELATIONS))
        self.act = nn.Linear(d, len(ACTS))
        self.kind = nn.Linear(d, len(KINDS))
        self.status = nn.Linear(d, len(STATUS))


def parameters_by_rate(model, encoder_lr, head_lr, decay):
    """Discriminative learning rates: lower layers move less, heads most."""
    groups, n = [], len(model.encoder.layers)
    groups.append({"params": [*model.encoder.word.parameters(), *model.encoder.pos.parameters(), model.encoder.segment, *model.encoder.ln.parameters()],
                   "lr": encoder_lr * decay ** n, "weight_decay": 0.0})
    for i, l in enumerate(model.encoder.layers):
        groups.append({"params": list(l.parameters()), "lr": encoder_lr * decay ** (n - 1 - i), "weight_decay": 0.01})
    groups.append({"params": [p for k, p in model.named_parameters() if not k.startswith("encoder.")], "lr": head_lr, "weight_decay": 0.01})
    return groups
