"""Exports small networks with deploy/examples/export_pytorch.py into the folder that it is given, each with
what it must say: expected.json, from a forward pass in plain Python, in double precision.

    python3 exports.py FOLDER

Where PyTorch is installed, the networks are PyTorch's modules, and its own results must be those too.
"""

import json
import math
import random
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "deploy" / "examples"))
from export_pytorch import GATES, ExportError, export  # noqa: E402

try:
    import torch
    from torch import nn
except ImportError:
    torch = None

VOCABULARY, EMBEDDING, HIDDEN = 256, 5, 7
IDS = [3, 250, 3, 17, 99, 0, 255, 64]

CASES = {
    "lstm": dict(cell="lstm", layers=2, decoder=True, sentiment=1),
    "gru": dict(cell="gru", layers=2, decoder=True),
    "rnn-tanh": dict(cell="rnn", activation="tanh", layers=3, decoder=True),
    "rnn-relu": dict(cell="rnn", activation="relu", layers=1, decoder=True),
    "no-bias": dict(cell="lstm", layers=2, decoder=True, bias=False),
    "no-decoder-bias": dict(cell="gru", layers=1, decoder=True, head_bias=False),
    "cells": dict(cell="gru", layers=2, decoder=True, cells=True),
    "tied": dict(cell="lstm", layers=1, decoder=True, tied=True),
    "both-lstm": dict(cell="lstm", layers=2, sentiment=1, bidirectional=True),
    "both-gru": dict(cell="gru", layers=1, sentiment=2, bidirectional=True),
    "two-classes": dict(cell="rnn", activation="tanh", layers=1, sentiment=2),
    "negative-first": dict(cell="lstm", layers=1, sentiment=2, positive=0),
}


def rounded(rows):
    """As float32 has them, so that nothing is lost on the way."""
    import struct

    def number(x):
        return struct.unpack("f", struct.pack("f", x))[0]

    return [rounded(row) if isinstance(row, list) else number(row) for row in rows]


def matrix(source, rows, columns):
    return rounded([[source.uniform(-0.8, 0.8) for _ in range(columns)] for _ in range(rows)])


def vector(source, count):
    return rounded([source.uniform(-0.8, 0.8) for _ in range(count)])


def make(case, source):
    """The network as state dicts of lists."""
    hidden = EMBEDDING if case.get("tied") else HIDDEN
    rows, directions = GATES[case["cell"]] * hidden, 2 if case.get("bidirectional") else 1
    rnn = {}
    for layer in range(case["layers"]):
        inputs = directions * hidden if layer else EMBEDDING
        for suffix in ("", "_reverse")[:directions]:
            rnn[f"weight_ih_l{layer}{suffix}"] = matrix(source, rows, inputs)
            rnn[f"weight_hh_l{layer}{suffix}"] = matrix(source, rows, hidden)
            if case.get("bias", True):
                rnn[f"bias_ih_l{layer}{suffix}"] = vector(source, rows)
                rnn[f"bias_hh_l{layer}{suffix}"] = vector(source, rows)
    parts = {"rnn": rnn, "embedding": {"weight": matrix(source, VOCABULARY, EMBEDDING)}}
    if case.get("decoder"):
        weight = parts["embedding"]["weight"] if case.get("tied") else matrix(source, VOCABULARY, hidden)
        parts["decoder"] = {"weight": weight}
        if case.get("head_bias", True):
            parts["decoder"]["bias"] = vector(source, VOCABULARY)
    if case.get("sentiment"):
        width = directions * hidden
        parts["sentiment"] = {
            "weight": matrix(source, case["sentiment"], width), "bias": vector(source, case["sentiment"]),
        }
    return parts, hidden


# The forward pass, in the equations of PyTorch's documentation.


def sigmoid(x):
    return 1 / (1 + math.exp(-x))


def affine(weight, bias, x):
    return [sum(w * v for w, v in zip(row, x)) + b for row, b in zip(weight, bias)]


def step(case, weights, x, h, c):
    zeros = [0.0] * len(weights["weight_ih"])
    a = affine(weights["weight_ih"], weights.get("bias_ih", zeros), x)
    b = affine(weights["weight_hh"], weights.get("bias_hh", zeros), h)
    size = len(h)
    part = lambda values, gate: values[gate * size:(gate + 1) * size]  # noqa: E731
    total = lambda gate: [p + q for p, q in zip(part(a, gate), part(b, gate))]  # noqa: E731
    if case["cell"] == "lstm":
        i, f, o = ([sigmoid(v) for v in total(gate)] for gate in (0, 1, 3))
        g = [math.tanh(v) for v in total(2)]
        c = [fv * cv + iv * gv for fv, cv, iv, gv in zip(f, c, i, g)]
        return [ov * math.tanh(cv) for ov, cv in zip(o, c)], c
    if case["cell"] == "gru":
        r, z = ([sigmoid(v) for v in total(gate)] for gate in (0, 1))
        n = [math.tanh(p + rv * q) for p, rv, q in zip(part(a, 2), r, part(b, 2))]
        return [(1 - zv) * nv + zv * hv for zv, nv, hv in zip(z, n, h)], c
    activation = math.tanh if case["activation"] == "tanh" else lambda v: max(v, 0.0)
    return [activation(v) for v in total(0)], c


def outputs(case, rnn, hidden, inputs):
    """y of the last layer at every token."""
    for layer in range(case["layers"]):
        directions = []
        for suffix in ("", "_reverse") if case.get("bidirectional") else ("",):
            end = f"_l{layer}{suffix}"
            weights = {name[:-len(end)]: value for name, value in rnn.items() if name.endswith(end)}
            h, c, found = [0.0] * hidden, [0.0] * hidden, []
            for x in reversed(inputs) if suffix else inputs:
                h, c = step(case, weights, x, h, c)
                found.append(h)
            directions.append(found[::-1] if suffix else found)
        inputs = [sum(rows, []) for rows in zip(*directions)]
    return inputs


def logit(case, parts, hidden, inputs):
    y = outputs(case, parts["rnn"], hidden, inputs)
    ends = y[-1][:hidden] + y[0][hidden:]
    found = affine(parts["sentiment"]["weight"], parts["sentiment"]["bias"], ends)
    if len(found) == 1:
        return found[0]
    positive = case.get("positive", 1)
    return found[positive] - found[1 - positive]


def expected(case, parts, hidden):
    inputs = [parts["embedding"]["weight"][token] for token in IDS]
    result = {"ids": IDS}
    if "decoder" in parts:
        bias = parts["decoder"].get("bias", [0.0] * VOCABULARY)
        y = outputs(case, parts["rnn"], hidden, inputs)
        result["logits"] = [affine(parts["decoder"]["weight"], bias, row) for row in y]
    if "sentiment" in parts:
        result["sentiment"] = [
            logit(case, parts, hidden, inputs[:count]) for count in range(1, len(IDS) + 1)
        ]
    return result


# The same as PyTorch's modules.


def modules(case, parts, hidden):
    def loaded(module, state):
        module.load_state_dict({name: torch.tensor(value) for name, value in state.items()})
        return module.eval()

    kinds = {"lstm": (nn.LSTM, nn.LSTMCell), "gru": (nn.GRU, nn.GRUCell), "rnn": (nn.RNN, nn.RNNCell)}
    options = {"nonlinearity": case["activation"]} if "activation" in case else {}
    options["bias"] = case.get("bias", True)
    whole, cell = kinds[case["cell"]]
    # batch_first and dropout say nothing of weights.
    rnn = loaded(
        whole(EMBEDDING, hidden, num_layers=case["layers"], batch_first=True,
              dropout=0.5 if case["layers"] > 1 else 0.0,
              bidirectional=case.get("bidirectional", False), **options), parts["rnn"])
    made = {"rnn": rnn, "embedding": loaded(nn.Embedding(VOCABULARY, EMBEDDING), parts["embedding"])}
    for name in ("decoder", "sentiment"):
        if name in parts:
            state = parts[name]
            rows, columns = len(state["weight"]), len(state["weight"][0])
            made[name] = loaded(nn.Linear(columns, rows, bias="bias" in state), state)
    check(case, made, hidden, expected(case, parts, hidden))
    if case.get("cells"):
        made["rnn"] = [
            loaded(cell(hidden if layer else EMBEDDING, hidden, **options),
                   {name[:-3]: value for name, value in parts["rnn"].items() if name.endswith(f"_l{layer}")})
            for layer in range(case["layers"])
        ]
    return made


def check(case, made, hidden, wanted):
    with torch.inference_mode():
        y = made["rnn"](made["embedding"](torch.tensor([IDS])))[0][0]
        if "decoder" in made:
            found = made["decoder"](y)
            assert torch.allclose(found, torch.tensor(wanted["logits"]), atol=1e-5), case
        if "sentiment" in made:
            ends = torch.cat([y[-1, :hidden], y[0, hidden:]])
            values = made["sentiment"](ends)
            positive = case.get("positive", 1)
            found = values[0] if len(values) == 1 else values[positive] - values[1 - positive]
            assert abs(found.item() - wanted["sentiment"][-1]) < 1e-5, case


# What cannot be served.


def refusals():
    source = random.Random(2)
    parts, _ = make(CASES["lstm"], source)
    both, _ = make(CASES["both-lstm"], source)

    def refused(text, **changes):
        arguments = dict(parts, cell="lstm") | changes
        arguments.pop("sentiment", None) if "sentiment" not in changes else None
        try:
            export("/nowhere/at/all", **arguments)
        except ExportError as error:
            assert text in str(error), (text, str(error))
        else:
            raise AssertionError(f"not refused: {text}")

    rnn = parts["rnn"]
    refused("proj_size", rnn=rnn | {"weight_hr_l0": matrix(source, 3, HIDDEN)})
    refused("of a direction that other layers lack", rnn=rnn | {"weight_ih_l1_reverse": [[0.0]]})
    refused("weight_hh_l1: found no such tensor", rnn={k: v for k, v in rnn.items() if k != "weight_hh_l1"})
    refused("expected one of lstm, gru, rnn", cell=None)
    refused("3 gates", cell="gru")
    refused("tanh or relu", cell="rnn")
    refused("expected sentiment alone", rnn=both["rnn"])
    refused("heads: found none", decoder=None)
    refused("equal sizes", decoder="tied")
    refused("vectors of 4", embedding={"weight": matrix(source, VOCABULARY, 4)})
    refused("expected 256 of bytes", embedding={"weight": matrix(source, 300, EMBEDDING)})
    refused("not finite", embedding={"weight": [[math.nan] * EMBEDDING] * VOCABULARY})
    refused("3 outputs", sentiment={"weight": matrix(source, 3, HIDDEN), "bias": vector(source, 3)})
    if torch:
        refused("proj_size", rnn=nn.LSTM(EMBEDDING, HIDDEN, proj_size=3), cell=None)
        refused("max_norm", embedding=nn.Embedding(VOCABULARY, EMBEDDING, max_norm=1.0))
        refused("one kind for all layers", rnn=[nn.LSTMCell(5, 7), nn.GRUCell(7, 7)], cell=None)


# A layer each.


def lists():
    """Every form of a list gives the same file."""
    case = CASES["cells"]
    parts, _ = make(case, random.Random(3))
    layers = range(case["layers"])
    cells = [{name[:-3]: value for name, value in parts["rnn"].items() if name.endswith(f"_l{layer}")}
             for layer in layers]
    wholes = [{f"{name}_l0": value for name, value in cell.items()} for cell in cells]
    forms = [parts["rnn"], cells, tuple(wholes)]
    forms += [{f"{layer}.{name}": value for layer in layers for name, value in form[layer].items()}
              for form in (cells, wholes)]
    if torch:
        made = [nn.GRUCell(len(cell["weight_ih"][0]), HIDDEN) for cell in cells]
        for module, cell in zip(made, cells):
            module.load_state_dict({name: torch.tensor(value) for name, value in cell.items()})
        forms.append(nn.ModuleList(made))
    files = set()
    with tempfile.TemporaryDirectory() as folder:
        for rnn in forms:
            export(folder, **parts | {"rnn": rnn, "cell": case["cell"]})
            files.add((Path(folder) / "model.safetensors").read_bytes())
    assert len(files) == 1


def main():
    folder = Path(sys.argv[1])
    refusals()
    lists()
    for number, (name, case) in enumerate(CASES.items()):
        parts, hidden = make(case, random.Random(number))
        given = modules(case, parts, hidden) if torch else dict(parts)
        if not torch:
            given |= {"cell": case["cell"], "activation": case.get("activation")}
        export(folder / name, positive=case.get("positive", 1), **given)
        (folder / name / "expected.json").write_text(json.dumps(expected(case, parts, hidden)))
    print(f"{len(CASES)} exported, with PyTorch {torch.__version__}" if torch else f"{len(CASES)} exported")


if __name__ == "__main__":
    main()
