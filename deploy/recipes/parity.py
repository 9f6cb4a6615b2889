"""Trains one network twice, with `sluice train` and with PyTorch, and prints both results.

    python deploy/recipes/parity.py --train wikitext2.train.txt.xz --valid wikitext2.valid.txt.xz \\
        --tokenizer words.json --hidden 200 --train-steps 600 --output /tmp/parity

Needs the packages `torch`, `safetensors` and, except for bytes, `tokenizers`. Both start with the same
parameters (PyTorch's initialisation, as the recipe's `start`), read the same windows in the same order, and
use the same optimiser, clipping and schedule. There is no dropout, since masks would differ. One trains
after the other, each with all threads. CPU seconds are those of the training steps only, without reading,
starting and validating.

Ends with 1 if the last perplexities differ by more than --tolerance.
"""

import argparse
import json
import lzma
import math
import subprocess
import time
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional

# What `sluice train` validates with.
VALIDATION_LANES, VALIDATION_STEPS = 32, 32


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--train", required=True, help="a text, plain or .xz, read as one document")
    parser.add_argument("--valid", required=True)
    parser.add_argument("--tokenizer", help="a tokenizer.json (default: bytes)")
    parser.add_argument("--sluice", default="sluice", help="the executable")
    parser.add_argument("--output", required=True, help="a folder that is new or empty")
    parser.add_argument("--cell", choices=["lstm", "gru", "rnn"], default="lstm")
    parser.add_argument("--layers", type=int, default=2)
    parser.add_argument("--hidden", type=int, default=200, help="also the embedding's size")
    parser.add_argument("--tied", action="store_true")
    parser.add_argument("--lanes", type=int, default=20)
    parser.add_argument("--steps", type=int, default=35, help="of a window")
    parser.add_argument("--train-steps", type=int, help="(default: one epoch)")
    parser.add_argument("--validate-every", type=int, help="steps (default: a fifth of all)")
    parser.add_argument("--optimiser", choices=["adamw", "sgd"], default="adamw")
    parser.add_argument("--learning-rate", type=float, default=2e-3)
    parser.add_argument("--weight-decay", type=float, default=0.01)
    parser.add_argument("--momentum", type=float, default=0.0)
    parser.add_argument("--clip", type=float, default=0.25)
    parser.add_argument("--schedule", choices=["constant", "cosine"], default="cosine")
    parser.add_argument("--warmup", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tolerance", type=float, default=0.01)
    return parser.parse_args()


def read(path, tokenizer):
    data = Path(path).read_bytes()
    text = lzma.decompress(data) if path.endswith(".xz") else data
    if tokenizer is None:
        return torch.tensor(list(text))
    return torch.tensor(tokenizer.encode(text.decode()).ids)


class Network(nn.Module):
    def __init__(self, options, vocabulary):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, options.hidden)
        cell = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}[options.cell]
        self.rnn = cell(options.hidden, options.hidden, options.layers)
        self.decoder = nn.Linear(options.hidden, vocabulary)
        nn.init.uniform_(self.embedding.weight, -0.1, 0.1)
        nn.init.zeros_(self.decoder.bias)
        if options.tied:
            self.decoder.weight = self.embedding.weight

    def forward(self, tokens, state):
        """Logits [T, B, V] of tokens [T, B], and the state after them."""
        output, state = self.rnn(self.embedding(tokens), state)
        return self.decoder(output), state


def windows(tokens, lanes, steps):
    """One epoch: inputs and targets, each [T, B]. A lane is one long piece of text."""
    length = len(tokens) // lanes
    pieces = tokens[: length * lanes].view(lanes, length).t()
    for first in range(0, length, steps):
        inputs = pieces[first : first + steps]
        targets = torch.full_like(inputs, -1)
        following = pieces[first + 1 : first + 1 + len(inputs)]
        targets[: len(following)] = following
        yield first == 0, inputs, targets


def detached(state):
    return tuple(x.detach() for x in state) if isinstance(state, tuple) else state.detach()


@torch.no_grad()
def validate(network, tokens):
    """Nats per token."""
    loss, count, state = 0.0, 0, None
    for _, inputs, targets in windows(tokens, VALIDATION_LANES, VALIDATION_STEPS):
        logits, state = network(inputs, state)
        loss += functional.cross_entropy(
            logits.flatten(0, 1), targets.flatten(), ignore_index=-1, reduction="sum").item()
        count += (targets >= 0).sum().item()
    return loss / count


def rate(options, step):
    if step < options.warmup:
        return options.learning_rate * (step + 1) / options.warmup
    if options.schedule == "constant":
        return options.learning_rate
    part = (step - options.warmup) / max(1, options.train_steps - options.warmup)
    return options.learning_rate * (0.1 + 0.9 * 0.5 * (1 + math.cos(math.pi * part)))


def make_optimiser(options, network):
    values = list(network.parameters())
    groups = [
        {"params": [x for x in values if x.dim() > 1], "weight_decay": options.weight_decay},
        {"params": [x for x in values if x.dim() == 1], "weight_decay": 0.0},
    ]
    if options.optimiser == "adamw":
        return torch.optim.AdamW(groups, lr=options.learning_rate, fused=True)
    return torch.optim.SGD(
        groups, lr=options.learning_rate, momentum=options.momentum, fused=True)


def train_torch(options, network, train, valid):
    """Nats by step, and CPU and wall seconds of the training steps."""
    optimiser = make_optimiser(options, network)
    found, step, cpu, wall, state = {}, 0, 0.0, 0.0, None
    while step < options.train_steps:
        for is_first, inputs, targets in windows(train, options.lanes, options.steps):
            begun = time.process_time(), time.monotonic()
            for group in optimiser.param_groups:
                group["lr"] = rate(options, step)
            optimiser.zero_grad(set_to_none=True)
            logits, state = network(inputs, None if is_first else state)
            functional.cross_entropy(
                logits.flatten(0, 1), targets.flatten(), ignore_index=-1).backward()
            nn.utils.clip_grad_norm_(network.parameters(), options.clip)
            optimiser.step()
            state = detached(state)
            step += 1
            cpu += time.process_time() - begun[0]
            wall += time.monotonic() - begun[1]
            if step % options.validate_every == 0 or step == options.train_steps:
                found[step] = validate(network, valid)
                print(f"PyTorch, step {step}: {found[step]:.4f} nats", flush=True)
            if step == options.train_steps:
                break
    return found, cpu, wall


def write_recipe(options, folder):
    def text(path):
        return json.dumps(str(Path(path).resolve()))

    tokenizer = f"tokenizer = {text(options.tokenizer)}\n" if options.tokenizer else ""
    kind = f'kind = "{options.optimiser}"\n'
    if options.optimiser == "sgd":
        kind += f"momentum = {options.momentum}\n"
    recipe = f"""\
start = {text(folder / "start")}
{tokenizer}
[network]
cell = "{options.cell}"
layers = {options.layers}
embedding_size = {options.hidden}
hidden_size = {options.hidden}
tie_weights = {str(options.tied).lower()}

[[text]]
files = [{text(options.train)}]
documents = "file"
lanes = {options.lanes}

[window]
steps = {options.steps}

[optimiser]
{kind}learning_rate = {options.learning_rate}
weight_decay = {options.weight_decay}
clip_norm = {options.clip}

[schedule]
kind = "{options.schedule}"
warmup = {options.warmup}

[length]
steps = {options.train_steps}

[validation]
every = {options.validate_every}
tokens = 1000000000
[[validation.text]]
files = [{text(options.valid)}]
documents = "file"
"""
    file = folder / "recipe.toml"
    file.write_text(recipe)
    return file


def train_sluice(options, folder):
    """Nats by step, and CPU and wall seconds of the training steps."""
    run = folder / "run"
    recipe = write_recipe(options, folder)
    subprocess.run(
        [options.sluice, "train", recipe, "--output", run, "--threads", str(options.threads)],
        check=True)
    lines = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    found = {line["step"]: line["loss"] for line in lines if line["event"] == "validation"}
    last = [line for line in lines if line["event"] == "step"][-1]
    return found, last["cpu_seconds"], last["seconds"]


def report(options, ours, theirs):
    (found, cpu, wall), (torch_found, torch_cpu, torch_wall) = ours, theirs
    print(f"\n{'step':>8} {'sluice':>9} {'PyTorch':>9} {'perplexity':>10} {'PyTorch':>10} {'ratio':>7}")
    for step, nats in found.items():
        other = torch_found[step]
        print(
            f"{step:8} {nats:9.4f} {other:9.4f} {math.exp(nats):10.2f} {math.exp(other):10.2f} "
            f"{math.exp(nats - other):7.4f}")
    tokens = options.train_steps * options.steps * options.lanes
    print(f"\n{'':>22} {'sluice':>9} {'PyTorch':>9} {'ratio':>7}")
    for name, x, y in [("CPU second", cpu, torch_cpu), ("second", wall, torch_wall)]:
        print(f"{'tokens per ' + name:>22} {tokens / x:9.0f} {tokens / y:9.0f} {y / x:7.2f}")
    last = max(found)
    return math.exp(abs(found[last] - torch_found[last])) - 1 <= options.tolerance


def main():
    options = parse()
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    folder = Path(options.output)
    (folder / "start").mkdir(parents=True)
    tokenizer, vocabulary = None, 256
    if options.tokenizer:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(options.tokenizer)
        vocabulary = tokenizer.get_vocab_size()
    train, valid = read(options.train, tokenizer), read(options.valid, tokenizer)
    epoch = math.ceil(len(train) // options.lanes / options.steps)
    options.train_steps = options.train_steps or epoch
    options.validate_every = options.validate_every or math.ceil(options.train_steps / 5)
    print(f"{len(train)} tokens, {epoch} steps an epoch, {options.train_steps} steps to train")
    network = Network(options, vocabulary)
    # Clones, since safetensors refuses tensors that share memory.
    save_file(
        {name: x.detach().clone() for name, x in network.named_parameters()},
        folder / "start" / "model.safetensors")
    (folder / "start" / "config.json").write_text(json.dumps({
        "format": "sluice/1", "cell": options.cell, "layers": options.layers,
        "embedding_size": options.hidden, "hidden_size": options.hidden, "vocab_size": vocabulary,
        "tie_weights": options.tied, "tokenizer": "bpe" if tokenizer else "bytes",
        "heads": {"next": True}}))
    ours = train_sluice(options, folder)
    theirs = train_torch(options, network, train, valid)
    if not report(options, ours, theirs):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
