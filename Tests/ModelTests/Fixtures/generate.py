"""Makes the fixtures beside it with PyTorch: small random models of every cell, and what PyTorch
says of the shipped model on a few texts.

    python -m venv venv && venv/bin/pip install torch numpy safetensors tokenizers
    venv/bin/python Tests/ModelTests/Fixtures/generate.py [shipped] [small model ...]

Every folder gets config.json and model.safetensors (the shipped model keeps its own), tokens.json
(the token ids read, the start token first; a small model's fingerprint) and expected.safetensors,
float32, T tokens:
    h [T, layers, H], c (LSTM only) [T, layers, H]     after each token; last token only if shipped
    logits [rows, V], at the tokens listed in tokens.json under "logit_rows"
    positive [T], surprisal [T] in bits (of each token but the first, which has 0), top [T, 5]
A bidirectional model has but sentiment [lengths]: the logits of messages of the first so many
tokens, by tokens.json under "lengths".
"""

import hashlib
import json
import shutil
import sys
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import load_file, save_file
from torch import nn

HERE = Path(__file__).resolve().parent
SHIPPED = HERE.parents[2] / "Sources" / "DefaultModel" / "english"
GATES = {"rnn": 1, "gru": 3, "lstm": 4}
VOCABULARY = 256  # a byte model's
START = 0

# Sizes that are no multiples of 16, alone and together with ones that are.
SMALL = {
    "gru": dict(cell="gru", layers=1, embedding_size=20, hidden_size=33, sentiment=True),
    "gru-3": dict(cell="gru", layers=3, embedding_size=16, hidden_size=20),
    "gru-before": dict(
        cell="gru", reset_gate="before", layers=2, embedding_size=33, hidden_size=20
    ),
    "rnn-tanh": dict(cell="rnn", layers=2, embedding_size=24, hidden_size=24, tie_weights=True),
    "rnn-relu": dict(
        cell="rnn", activation="relu", layers=1, embedding_size=12, hidden_size=40, sentiment=True
    ),
    "lstm": dict(cell="lstm", layers=1, embedding_size=16, hidden_size=48),
    "lstm-3": dict(
        cell="lstm", layers=3, embedding_size=33, hidden_size=33, tie_weights=True, sentiment=True
    ),
    "sentiment-only": dict(
        cell="lstm", layers=1, embedding_size=8, hidden_size=7, next=False, sentiment=True
    ),
    "residual": dict(
        cell="lstm", layers=3, skip="residual", embedding_size=12, hidden_size=20, sentiment=True
    ),
    "highway": dict(
        cell="gru", layers=3, skip="highway", embedding_size=20, hidden_size=21, sentiment=True
    ),
    "dense": dict(cell="lstm", layers=3, skip="dense", embedding_size=9, hidden_size=18),
    "dense-rnn": dict(
        cell="rnn", layers=2, skip="dense", embedding_size=16, hidden_size=16, tie_weights=True
    ),
    "both-lstm": dict(cell="lstm", layers=2, embedding_size=10, hidden_size=13, bidirectional=True),
    "both-gru": dict(cell="gru", layers=1, embedding_size=8, hidden_size=16, bidirectional=True),
    "both-rnn": dict(
        cell="rnn", activation="relu", layers=2, embedding_size=8, hidden_size=9,
        bidirectional=True,
    ),
    "both-residual": dict(
        cell="gru", layers=3, skip="residual", embedding_size=10, hidden_size=12,
        bidirectional=True,
    ),
    "both-highway": dict(
        cell="lstm", layers=2, skip="highway", embedding_size=10, hidden_size=11,
        bidirectional=True,
    ),
    "both-dense": dict(
        cell="gru", layers=3, skip="dense", embedding_size=7, hidden_size=10, bidirectional=True
    ),
    "pooled": dict(
        cell="lstm", layers=1, embedding_size=12, hidden_size=21, sentiment=True, pooling="gated"
    ),
    "counted": dict(
        cell="gru", layers=1, embedding_size=8, hidden_size=16, sentiment=True, pooling="gated",
        ngrams=3,
    ),
}
# Of messages that a bidirectional model reads.
LENGTHS = [1, 2, 3, 17, 32]

# The first is from Pride and Prejudice (public domain); the others were written for this file.
TEXTS = [
    "It is a truth universally acknowledged, that a single man in possession of a good fortune, "
    "must be in want of a wife. However little known the feelings or views of such a man may be "
    "on his first entering a neighbourhood, this truth is so well fixed in the minds of the "
    "surrounding families, that he is considered as the rightful property of some one or other "
    "of their daughters.",
    "What a waste of two hours! The plot is dull, the jokes fall flat, and the ending made me "
    "angry. The music, though, was lovely, and I would gladly listen to it again.",
    "In 1928 the town built a bridge (its third) over the river; 42 people worked on it.\n"
    "  Naïve café-goers paid €3.50 — 日本語 too 🙂.\r\n\tdef f(x): return x ** 2",
]


def config_of(options):
    options = dict(options)
    reads_messages = options.get("bidirectional", False)
    sentiment = options.pop("sentiment", reads_messages)
    later = {key: options.pop(key) for key in ("pooling", "ngrams") if key in options}
    heads = {"next": options.pop("next", not reads_messages)}
    if sentiment:
        heads["sentiment"] = {"classes": 1} | later
    return {
        "format": "sluice/1", **options, "vocab_size": VOCABULARY, "tokenizer": "bytes",
        "start_token": START, "heads": heads,
    }  # fmt: skip


def is_pooled(config):
    return config["heads"].get("sentiment", {}).get("pooling") == "gated"


def ngram_order(config):
    return config["heads"].get("sentiment", {}).get("ngrams", 0)


def layer_width(config):
    return config["hidden_size"] * (2 if config.get("bidirectional") else 1)


def input_size(config, layer):
    if layer == 0:
        return config["embedding_size"]
    if config.get("skip") == "dense":
        return config["embedding_size"] + layer * layer_width(config)
    return layer_width(config)


def random_weights(config, generator):
    """PyTorch's initialisation, the recurrent weights doubled so that gates leave their middle."""
    hidden, embedding = config["hidden_size"], config["embedding_size"]
    bound, rows = hidden**-0.5, GATES[config["cell"]] * hidden

    def uniform(*shape, scale=1.0):
        return (torch.rand(*shape, generator=generator) * 2 - 1) * bound * scale

    weights = {"embedding.weight": torch.randn(VOCABULARY, embedding, generator=generator)}
    width = layer_width(config)
    for layer in range(config["layers"]):
        for suffix in ("", "_reverse")[: width // hidden]:
            inputs = input_size(config, layer)
            weights[f"rnn.weight_ih_l{layer}{suffix}"] = uniform(rows, inputs, scale=2)
            weights[f"rnn.weight_hh_l{layer}{suffix}"] = uniform(rows, hidden, scale=2)
            weights[f"rnn.bias_ih_l{layer}{suffix}"] = uniform(rows)
            weights[f"rnn.bias_hh_l{layer}{suffix}"] = uniform(rows)
        if layer and config.get("skip") == "highway":
            weights[f"highway.weight_l{layer}"] = uniform(width, width, scale=2)
            weights[f"highway.bias_l{layer}"] = uniform(width)
    if config["heads"]["next"]:
        if not config.get("tie_weights"):
            weights["decoder.weight"] = uniform(VOCABULARY, hidden, scale=4)
        weights["decoder.bias"] = uniform(VOCABULARY)
    if "sentiment" in config["heads"]:
        rows = 2 if is_pooled(config) else 1
        weights["sentiment.weight"] = uniform(rows, width, scale=4)
        weights["sentiment.bias"] = uniform(rows)
    return weights


class GRUResetBefore(nn.Module):
    """Cho et al. 2014: the reset gate multiplies h before its product with weight_hn."""

    def __init__(self, inputs, hidden):
        super().__init__()
        self.weight_ih = nn.Parameter(torch.empty(3 * hidden, inputs))
        self.weight_hh = nn.Parameter(torch.empty(3 * hidden, hidden))
        self.bias_ih = nn.Parameter(torch.empty(3 * hidden))
        self.bias_hh = nn.Parameter(torch.empty(3 * hidden))

    def forward(self, x, h):
        x_r, x_z, x_n = nn.functional.linear(x, self.weight_ih, self.bias_ih).chunk(3, -1)
        w_r, w_z, w_n = self.weight_hh.chunk(3)
        b_r, b_z, b_n = self.bias_hh.chunk(3)
        r = torch.sigmoid(x_r + nn.functional.linear(h, w_r, b_r))
        z = torch.sigmoid(x_z + nn.functional.linear(h, w_z, b_z))
        n = torch.tanh(x_n + nn.functional.linear(r * h, w_n, b_n))
        return (1 - z) * n + z * h


def make_cell(config, inputs):
    hidden = config["hidden_size"]
    if config["cell"] == "lstm":
        return nn.LSTMCell(inputs, hidden)
    if config["cell"] == "rnn":
        return nn.RNNCell(inputs, hidden, nonlinearity=config.get("activation", "tanh"))
    if config.get("reset_gate") == "before":
        return GRUResetBefore(inputs, hidden)
    return nn.GRUCell(inputs, hidden)


def output(config, weights, layer, x, h):
    """y of a layer that has read x: what its skip connection makes of h."""
    skip = config.get("skip")
    if layer == 0 or skip in (None, "dense"):
        return h
    if skip == "residual":
        return h + x
    gate = weights[f"highway.weight_l{layer}"], weights[f"highway.bias_l{layer}"]
    t = torch.sigmoid(nn.functional.linear(x, *gate))
    return t * h + (1 - t) * x


class Network:
    def __init__(self, config, weights, ngrams=None):
        self.config, self.weights, self.ngrams = config, weights, ngrams or {}
        self.cells = []
        for layer in range(config["layers"]):
            cell = make_cell(config, input_size(config, layer))
            for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
                getattr(cell, name).data.copy_(weights[f"rnn.{name}_l{layer}"])
            self.cells.append(cell)

    @torch.inference_mode()
    def run(self, ids):
        """h and c [T, layers, H], logits [T, V] and positive [T], of one sequence from zero."""
        hidden = self.config["hidden_size"]
        h = [torch.zeros(1, hidden) for _ in self.cells]
        c = [torch.zeros(1, hidden) for _ in self.cells]
        result = {"h": [], "c": [], "logits": [], "sentiment": []}
        for token in ids:
            x = self.weights["embedding.weight"][token : token + 1]
            for layer, cell in enumerate(self.cells):
                if self.config["cell"] == "lstm":
                    h[layer], c[layer] = cell(x, (h[layer], c[layer]))
                else:
                    h[layer] = cell(x, h[layer])
                y = output(self.config, self.weights, layer, x, h[layer])
                x = torch.cat([x, y], -1) if self.config.get("skip") == "dense" else y
            x = y
            result["h"].append(torch.cat(h))
            if self.config["cell"] == "lstm":
                result["c"].append(torch.cat(c))
            self.heads(x, result)
        result = {name: torch.stack(rows) for name, rows in result.items() if rows}
        if "sentiment" in result:
            logits = self.pooled(result.pop("sentiment")) + self.counted(ids)
            result["positive"] = torch.sigmoid(logits)
        return result

    def pooled(self, head):
        """The logits [T] that the head's [T, R] come to; the start token, read first, counts not."""
        if not is_pooled(self.config):
            return head[:, 0]
        gates = torch.sigmoid(head[:, 1])
        gates[0] = 0
        return torch.cumsum(gates * head[:, 0], 0) / (1 + torch.cumsum(gates, 0))

    def counted(self, ids):
        """What n-grams add to the logits [T]; the start token, read first, is of none."""
        order, sums = ngram_order(self.config), [0.0]
        for end in range(2, len(ids) + 1):
            found = (self.ngrams.get(tuple(ids[max(1, end - size) : end]), 0.0)
                     for size in range(1, order + 1) if end - size >= 1)  # fmt: skip
            sums.append(sums[-1] + sum(found))
        lengths = torch.arange(len(ids))
        intercept = self.ngrams.get((), 0.0) * lengths / (lengths + 10)
        return torch.tensor(sums) / lengths.clamp(min=1).sqrt() + intercept

    def heads(self, x, result):
        weights = self.weights
        if self.config["heads"]["next"]:
            tied = self.config.get("tie_weights")
            decoder = weights["embedding.weight" if tied else "decoder.weight"]
            result["logits"].append(nn.functional.linear(x, decoder, weights["decoder.bias"])[0])
        if self.config["heads"].get("sentiment"):
            head = weights["sentiment.weight"], weights["sentiment.bias"]
            result["sentiment"].append(nn.functional.linear(x, *head)[0])


class BidirectionalNetwork:
    def __init__(self, config, weights):
        self.config, self.weights = config, weights
        module = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}[config["cell"]]
        options = {"nonlinearity": config["activation"]} if "activation" in config else {}
        stack = 1 if "skip" in config else config["layers"]
        self.modules = []
        for first in range(0, config["layers"], stack):
            rnn = module(
                input_size(config, first), config["hidden_size"], num_layers=stack,
                bidirectional=True, **options,
            )  # fmt: skip
            for name, parameter in rnn.named_parameters():
                if stack == 1:
                    name = name.replace("_l0", f"_l{first}")
                parameter.data.copy_(weights["rnn." + name])
            self.modules.append(rnn)

    @torch.inference_mode()
    def sentiment(self, ids):
        """The logit of a message: of y forward at its last token, and reverse at its first."""
        x = self.weights["embedding.weight"][ids]
        for layer, rnn in enumerate(self.modules):
            y = output(self.config, self.weights, layer, x, rnn(x)[0])
            x = torch.cat([x, y], -1) if self.config.get("skip") == "dense" else y
        hidden = self.config["hidden_size"]
        ends = torch.cat([y[-1, :hidden], y[0, hidden:]])
        head = self.weights["sentiment.weight"], self.weights["sentiment.bias"]
        return nn.functional.linear(ends, *head)[0]


def expected(result, ids, logit_rows, last_state_only):
    """What a test compares with, from what `Network.run` returned."""
    tokens, tensors = {"ids": ids, "logit_rows": logit_rows}, {}
    for name in ("h", "c"):
        if name in result:
            tensors[name] = result[name][-1:] if last_state_only else result[name]
    if "positive" in result:
        tensors["positive"] = result["positive"]
    if "logits" in result:
        logits = result["logits"]
        log_probabilities = torch.log_softmax(logits, -1)
        read = log_probabilities[:-1].gather(1, torch.tensor(ids[1:])[:, None])[:, 0]
        tensors["surprisal"] = torch.cat([torch.zeros(1), -read / np.log(2)])
        top = torch.softmax(logits, -1).topk(5)
        tensors["top"], tokens["top_ids"] = top.values, top.indices.tolist()
        tensors["logits"] = logits[logit_rows]
    return tokens, {name: x.float().contiguous().numpy() for name, x in tensors.items()}


def fingerprint(config, tensors, ngrams):
    """Of a byte model, as Fingerprint.swift defines it."""
    options = {
        "format": "sluice/1", "cell": "", "activation": "tanh", "reset_gate": "after",
        "layers": 0, "embedding_size": 0, "hidden_size": 0, "vocab_size": 0,
        "tie_weights": False, "tokenizer": "bytes", "start_token": "none",
    }  # fmt: skip
    later = [key for key in ("skip", "bidirectional") if key in config]
    options |= {key: value for key, value in config.items() if key in options}
    lines = [f"{key}={str(value).lower()}" for key, value in options.items()]
    heads = config["heads"]
    lines += ["separator=[]", f"heads.next={str(heads['next']).lower()}"]
    lines.append(f"heads.sentiment={int('sentiment' in heads)}")
    lines += [f"{key}={str(config[key]).lower()}" for key in later]
    lines += ["heads.sentiment.pooling=gated"] if is_pooled(config) else []
    lines += [f"heads.sentiment.ngrams={ngram_order(config)}"] if ngram_order(config) else []
    fields = ["sluice model fingerprint 1", "\n".join(lines), str(len(tensors))]
    for name in sorted(tensors):
        digest = hashlib.blake2b(tensors[name].tobytes(), digest_size=32).digest()
        fields += [name, f"F32 {list(tensors[name].shape)}", digest]
    hasher = hashlib.blake2b(digest_size=32)
    for field in [*fields, "", *([ngrams] if ngram_order(config) else [])]:
        data = field if isinstance(field, bytes) else field.encode()
        hasher.update(len(data).to_bytes(8, "little") + data)
    return hasher.hexdigest()


def random_ngrams(ids, order, generator):
    """Log-count ratios of some n-grams of a text, and of some that it has not."""
    text, ngrams = ids[1:], {(): -0.75}
    for size in range(1, order + 1):
        own = [tuple(text[first : first + size]) for first in range(len(text) + 1 - size)]
        other = torch.randint(0, VOCABULARY, (20, size), generator=generator).tolist()
        for ngram in own[::2] + [tuple(row) for row in other]:
            ngrams[ngram] = torch.randn(1, generator=generator).item()
    return ngrams


def ngram_file(ngrams):
    lines = [f"{ratio:.9g}\t{' '.join(map(str, ngram))}" for ngram, ratio in sorted(ngrams.items())]
    return "\n".join(["log_count_ratio\ttokens", *lines]) + "\n"


def read_ngrams(folder):
    lines = (folder / "ngrams.tsv").read_text().splitlines()[1:]
    pairs = (line.split("\t") for line in lines)
    return {tuple(map(int, tokens.split())): float(ratio) for ratio, tokens in pairs}


def write(folder, tokens, tensors):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tokens.json").write_text(json.dumps(tokens, ensure_ascii=False) + "\n")
    save_file(tensors, folder / "expected.safetensors")


def make_small(name, options, seed):
    generator = torch.Generator().manual_seed(seed)
    config = config_of(options)
    weights = random_weights(config, generator)
    ids = [START] + torch.randint(0, VOCABULARY, (31,), generator=generator).tolist()
    order, folder = ngram_order(config), HERE / name
    ngrams = random_ngrams(ids, order, generator) if order else {}
    tensors = {name: tensor.contiguous().numpy() for name, tensor in weights.items()}
    if config.get("bidirectional"):
        network = BidirectionalNetwork(config, weights)
        logits = torch.stack([network.sentiment(ids[:length]) for length in LENGTHS])
        tokens, values = {"ids": ids, "lengths": LENGTHS}, {"sentiment": logits.numpy()}
    else:
        result = Network(config, weights, ngrams).run(ids)
        rows = list(range(len(ids))) if config["heads"]["next"] else []
        tokens, values = expected(result, ids, rows, last_state_only=False)
    print_of = fingerprint(config, tensors, ngram_file(ngrams))
    write(folder, {"fingerprint": print_of, **tokens}, values)
    if order:
        (folder / "ngrams.tsv").write_text(ngram_file(ngrams))
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    save_file(tensors, folder / "model.safetensors")


def make_shipped():
    from tokenizers import Tokenizer

    config = json.loads((SHIPPED / "config.json").read_text())
    arrays = load_file(SHIPPED / "model.safetensors")
    # In double precision: what is compared with must not be the less exact of the two.
    torch.set_default_dtype(torch.float64)
    weights = {name: torch.from_numpy(array).double() for name, array in arrays.items()}
    ngrams = read_ngrams(SHIPPED) if ngram_order(config) else None
    network = Network(config, weights, ngrams)
    tokenizer = Tokenizer.from_file(str(SHIPPED / "tokenizer.json"))
    for number, text in enumerate(TEXTS, 1):
        ids = [config["start_token"]] + tokenizer.encode(text, add_special_tokens=False).ids
        rows = sorted({*range(7, len(ids), 16), len(ids) - 1})
        tokens, tensors = expected(network.run(ids), ids, rows, last_state_only=True)
        write(HERE / f"shipped-{number}", {"text": text, **tokens}, tensors)


def main():
    torch.set_num_threads(1)
    wanted = sys.argv[1:]
    for folder in HERE.iterdir():
        name = "shipped" if folder.name.startswith("shipped-") else folder.name
        if folder.is_dir() and (not wanted or name in wanted):
            shutil.rmtree(folder)
    for seed, (name, options) in enumerate(SMALL.items(), 1):
        if not wanted or name in wanted:
            make_small(name, options, seed)
    if not wanted or "shipped" in wanted:
        make_shipped()


if __name__ == "__main__":
    main()
