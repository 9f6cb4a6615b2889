"""Writes Tests/TrainingTests/Fixtures/torch-*: losses, gradients and optimisers' steps by PyTorch.

    python Tests/TrainingTests/Generators/torch_gradients.py

Needs the packages `torch` and `safetensors`. Everything is computed in float64 from parameters that
float32 holds exactly, and stored as float32; the same in every run of one version of PyTorch.

NAME.json            "config" (a config.json), "label_smoothing", "sentiment_weight", "windows" (rows
                     t * lanes + b, as WindowPlan has them) and "loss" of the second window: sums, in
                     nats, and how many they are of
NAME.safetensors     value/PARAMETER, and gradient/PARAMETER of the second window, which begins with
                     the state that the first one ends with
torch-optimisers.*   as above with one window; KIND/PARAMETER after five steps on it, gradients
                     clipped
"""

import json
import random
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional

FIXTURES = Path(__file__).parents[1] / "Fixtures"
MODULES = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}
GATES = {"lstm": 4, "gru": 3, "rnn": 1}
VOCABULARY, HIDDEN, EMBEDDING = 19, 9, 7
LANES, STEPS = 3, 8

CASES = {
    "lstm": {"cell": "lstm"},
    "lstm-tied": {"cell": "lstm", "tie_weights": True, "sentiment": True},
    "lstm-smoothed": {"cell": "lstm", "layers": 1, "label_smoothing": 0.1},
    "lstm-bidirectional": {"cell": "lstm", "bidirectional": True, "next": False, "sentiment": True},
    "gru": {"cell": "gru", "sentiment": True},
    "gru-tied": {"cell": "gru", "tie_weights": True},
    "rnn-tanh": {"cell": "rnn"},
    "rnn-relu": {"cell": "rnn", "activation": "relu", "tie_weights": True, "sentiment": True},
    "lstm-pooled": {"cell": "lstm", "sentiment": True, "pooling": "gated"},
}


def config_of(options):
    config = {"format": "sluice/1", "cell": options["cell"]}
    if "activation" in options:
        config["activation"] = options["activation"]
    config["layers"] = options.get("layers", 2)
    if options.get("bidirectional"):
        config["bidirectional"] = True
    tied = options.get("tie_weights", False)
    heads = {"next": options.get("next", True)}
    if options.get("sentiment"):
        pooling = {"pooling": options["pooling"]} if "pooling" in options else {}
        heads["sentiment"] = {"classes": 1} | pooling
    return config | {
        "embedding_size": HIDDEN if tied else EMBEDDING, "hidden_size": HIDDEN,
        "vocab_size": VOCABULARY, "tie_weights": tied, "tokenizer": "bytes", "heads": heads,
    }  # fmt: skip


class Network(nn.Module):
    """What the trainer trains, of PyTorch's own modules and under their names."""

    def __init__(self, config):
        super().__init__()
        self.config = config
        size, directions = config["hidden_size"], 1 + config.get("bidirectional", False)
        self.embedding = nn.Embedding(config["vocab_size"], config["embedding_size"])
        options = {"nonlinearity": config.get("activation", "tanh")} if config["cell"] == "rnn" else {}
        self.rnn = MODULES[config["cell"]](
            config["embedding_size"], size, config["layers"], bidirectional=directions == 2, **options)
        if config["heads"]["next"]:
            self.decoder = nn.Linear(size, config["vocab_size"])
            if config["tie_weights"]:
                self.decoder.weight = self.embedding.weight
        if "sentiment" in config["heads"]:
            self.is_pooled = config["heads"]["sentiment"].get("pooling") == "gated"
            self.sentiment = nn.Linear(directions * size, 2 if self.is_pooled else 1)
        self.double()

    def values(self):
        return {name: value for name, value in self.named_parameters()}

    def randomise(self, seed):
        generator = torch.Generator().manual_seed(seed)
        with torch.no_grad():
            for value in self.parameters():
                value.copy_(torch.rand(value.shape, generator=generator) * 1.6 - 0.8)

    def read(self, window, state):
        """Outputs [rows, directions * H] of each lane's texts, and its state at the window's end."""
        lanes, steps = window["lanes"], window["steps"]
        outputs, ends = [None] * (lanes * steps), []
        for lane in range(lanes):
            carried, begin = state[lane], 0
            while begin < steps:
                if window["starts"][begin * lanes + lane]:
                    carried = None
                end = begin + 1
                while end < steps and not window["starts"][end * lanes + lane]:
                    if self.rnn.bidirectional and window["ends"][(end - 1) * lanes + lane]:
                        break
                    end += 1
                tokens = torch.tensor([window["tokens"][t * lanes + lane] for t in range(begin, end)])
                output, carried = self.rnn(self.embedding(tokens)[:, None], carried)
                for step in range(begin, end):
                    outputs[step * lanes + lane] = output[step - begin, 0]
                begin = end
            ends.append(carried)
        return torch.stack(outputs), ends

    def pooled(self, outputs, window, carried):
        """Logits [rows] of gated pooling, and the sums of each lane at the window's end."""
        lanes, logits, ends = window["lanes"], [None] * len(outputs), []
        for lane in range(lanes):
            evidence, gates = carried[lane]
            for row in range(lane, len(outputs), lanes):
                if window["starts"][row]:
                    evidence, gates = 0, 0
                e, g = self.sentiment(outputs[row])
                g = torch.sigmoid(g)
                evidence, gates = evidence + g * e, gates + g
                logits[row] = evidence / (1 + gates)
            ends.append((evidence.detach(), gates.detach()))
        return logits, ends

    def losses(self, outputs, window, smoothing, sums=None):
        """The sums of both heads' cross-entropies."""
        next_loss = sentiment = torch.zeros((), dtype=torch.float64)
        if self.config["heads"]["next"]:
            next_loss = functional.cross_entropy(
                self.decoder(outputs), torch.tensor(window["targets"]), ignore_index=-1,
                label_smoothing=smoothing, reduction="sum")  # fmt: skip
        if "sentiment" in self.config["heads"]:
            size = self.config["hidden_size"]
            logits = self.pooled(outputs, window, sums)[0] if self.is_pooled else None
            for target in window["sentiments"]:
                read = outputs[target["row"]]
                if self.rnn.bidirectional:
                    read = torch.cat([read[:size], outputs[target["first_row"]][size:]])
                logit = logits[target["row"]] if logits else self.sentiment(read)[0]
                sentiment = sentiment + target["weight"] * functional.binary_cross_entropy_with_logits(
                    logit, torch.tensor(target["positive"], dtype=torch.float64))
        return next_loss, sentiment


def window_of(source, config):
    """Random tokens in which texts begin and end anywhere; whole texts for a bidirectional network."""
    window = {"steps": STEPS, "lanes": LANES, "sentiments": []}
    rows = range(LANES * STEPS)
    window["tokens"] = [source.randrange(VOCABULARY) for _ in rows]
    has_next, whole = config["heads"]["next"], config.get("bidirectional", False)
    window["targets"] = [
        source.randrange(VOCABULARY) if has_next and source.random() < 0.8 else -1 for _ in rows]
    window["starts"], window["ends"] = [False for _ in rows], [False for _ in rows]
    for lane in range(LANES):
        first = lane
        last = source.randrange(2, STEPS) if whole else None
        for step in range(STEPS):
            row = step * LANES + lane
            if whole and step == 0:
                window["starts"][row] = True
            if (step == last) if whole else source.random() < 0.3:
                window["ends"][row] = True
                if not whole and step + 1 < STEPS:
                    window["starts"][row + LANES] = True
                if "sentiment" in config["heads"]:
                    window["sentiments"].append({
                        "row": row, "first_row": first, "positive": round(source.random(), 3),
                        "weight": round(0.5 + source.random(), 3)})  # fmt: skip
                first = row + LANES
    return window


def backward(network, window, state, smoothing, sentiment_weight, sums=None):
    """The gradients of the weighted means of the losses; gives the losses."""
    network.zero_grad()
    outputs, _ = network.read(window, state)
    next_loss, sentiment = network.losses(outputs, window, smoothing, sums)
    count = sum(target >= 0 for target in window["targets"])
    weight = sum(target["weight"] for target in window["sentiments"])
    total = next_loss / max(count, 1)
    if weight > 0:
        total = total + sentiment_weight * sentiment / weight
    total.backward()
    return {
        "tokens": next_loss.item(), "token_count": count, "sentiment": sentiment.item(),
        "sentiment_weight": weight}  # fmt: skip


def detached(state):
    return tuple(x.detach() for x in state) if isinstance(state, tuple) else state.detach()


def stored(kind, tensors):
    return {f"{kind}/{name}": x.detach().float().contiguous().clone() for name, x in tensors.items()}


def write(name, description, tensors):
    (FIXTURES / f"torch-{name}.json").write_text(json.dumps(description) + "\n")
    save_file(tensors, FIXTURES / f"torch-{name}.safetensors")


def make_gradients(name, options, seed):
    config, source = config_of(options), random.Random(seed)
    smoothing, sentiment_weight = options.get("label_smoothing", 0), 0.7
    network = Network(config)
    network.randomise(seed)
    windows = [window_of(source, config) for _ in range(2)]
    outputs, state = network.read(windows[0], [None] * LANES)
    sums = None
    if "pooling" in options:
        _, sums = network.pooled(outputs, windows[0], [(0, 0)] * LANES)
    loss = backward(
        network, windows[1], [detached(x) for x in state], smoothing, sentiment_weight, sums)
    write(
        name,
        {"config": config, "label_smoothing": smoothing, "sentiment_weight": sentiment_weight,
         "windows": windows, "loss": loss},
        stored("value", network.values())
        | stored("gradient", {name: x.grad for name, x in network.values().items()}),
    )  # fmt: skip


# Matrices are decayed and vectors are not, as usual.
def groups(network, decay):
    values = list(network.parameters())
    return [
        {"params": [x for x in values if x.dim() > 1], "weight_decay": decay},
        {"params": [x for x in values if x.dim() == 1], "weight_decay": 0},
    ]


def make_optimisers(seed):
    config, source = config_of(CASES["lstm-tied"]), random.Random(seed)
    window = window_of(source, config)
    kinds = {
        "adamw": lambda network: torch.optim.AdamW(
            groups(network, 0.1), lr=0.01, betas=(0.8, 0.95), eps=1e-6),
        "sgd": lambda network: torch.optim.SGD(groups(network, 0.02), lr=0.2),
        "momentum": lambda network: torch.optim.SGD(groups(network, 0.02), lr=0.2, momentum=0.9),
    }  # fmt: skip
    tensors = {}
    for kind, make in kinds.items():
        network = Network(config)
        network.randomise(seed)
        if not tensors:
            tensors |= stored("value", network.values())
        optimiser = make(network)
        for _ in range(5):
            backward(network, window, [None] * LANES, 0, 1)
            nn.utils.clip_grad_norm_(network.parameters(), 0.25)
            optimiser.step()
        tensors |= stored(kind, network.values())
    write("optimisers", {"config": config, "windows": [window]}, tensors)


def main():
    torch.set_num_threads(1)
    for seed, (name, options) in enumerate(CASES.items(), 1):
        make_gradients(name, options, seed)
    make_optimisers(100)
    print("torch", torch.__version__)


if __name__ == "__main__":
    main()
