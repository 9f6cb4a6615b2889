#!/usr/bin/env python3
"""Writes a PyTorch network as a folder that Sluice serves. deploy/docs/model.md has the format.

From a program that has the modules:

    from export_pytorch import export
    export("my-model", rnn=nn.LSTM(64, 128, num_layers=2), embedding=nn.Embedding(4096, 64),
           decoder=nn.Linear(128, 4096), tokenizer="tokenizer.json")

From a file of torch.save(network.state_dict(), ...), by the names of its parts:

    python3 export_pytorch.py network.pt my-model --cell lstm --rnn encoder.rnn \\
        --embedding encoder.embed --decoder head --tokenizer tokenizer.json

Parts may be modules, or dictionaries of tensors, NumPy arrays or nested lists by PyTorch's names; only
the command needs PyTorch. Parts that cannot be served are refused by name. No setting is needed for batch_first,
dropout (not applied in service), bias=False (zeros are written), other types than float32 (converted).
"""

import argparse
import array
import json
import math
import shutil
import struct
import sys
from pathlib import Path

GATES = {"lstm": 4, "gru": 3, "rnn": 1}
MOST_LAYERS, MOST_UNITS, MOST_TOKENS = 8, 16_384, 1_048_576


class ExportError(Exception):
    """What was found and what was expected, in one line."""


def shape_of(values):
    """The shape of a tensor, an array, or nested lists of numbers."""
    if hasattr(values, "shape"):
        return [int(size) for size in values.shape]
    if not isinstance(values, (list, tuple)):
        return []
    return [len(values)] + (shape_of(values[0]) if values else [])


def floats_of(name, values):
    """The numbers, row-major, as float32."""
    if hasattr(values, "is_quantized") and values.is_quantized:
        raise ExportError(f"{name}: found quantized weights; expected floating-point ones")
    if hasattr(values, "detach"):
        values = values.detach().cpu().double()
    if hasattr(values, "tolist"):
        values = values.tolist()
    flat = array.array("f")
    try:
        _flatten(values, flat)
    except (TypeError, OverflowError) as error:
        raise ExportError(f"{name}: found {error}; expected real numbers of float32") from None
    if not all(map(math.isfinite, flat)):
        raise ExportError(f"{name}: found a number that is not finite; expected finite ones")
    if sys.byteorder == "big":
        flat.byteswap()
    return flat


def _flatten(values, flat):
    if isinstance(values, (list, tuple)):
        for value in values:
            _flatten(value, flat)
    else:
        flat.append(values)


def state_of(part):
    """The state dict of a module; a state dict is returned as it is."""
    return dict(part.state_dict() if hasattr(part, "state_dict") else part)


def without_prefix(state, prefix):
    start = prefix + "."
    return {name[len(start):]: value for name, value in state.items() if name.startswith(start)}


def modules_of(rnn):
    """The one module, or each of a list or nn.ModuleList; also of such a list's state dict (0.weight_ih, ...)."""
    if isinstance(rnn, (list, tuple)) or type(rnn).__name__ == "ModuleList":
        return list(rnn)
    if not isinstance(rnn, dict) or not rnn or not all(name.split(".")[0].isdigit() for name in rnn):
        return [rnn]
    return [without_prefix(rnn, number) for number in sorted({name.split(".")[0] for name in rnn}, key=int)]


class Recurrence:
    """nn.LSTM, nn.GRU or nn.RNN of any number of layers, or one nn.LSTMCell, nn.LSTM and so on a layer."""

    def __init__(self, rnn, cell=None, activation=None):
        parts = modules_of(rnn)
        self.cell, self.activation = cell, activation
        for part in parts:
            self._take_kind(part)
        if self.cell not in GATES:
            raise ExportError(f"cell: found {self.cell}; expected one of {', '.join(GATES)}")
        if self.cell == "rnn" and self.activation not in ("tanh", "relu"):
            raise ExportError(
                f"activation: found {self.activation}; expected tanh or relu, the nonlinearity of the RNN")
        states = [state_of(part) for part in parts]
        self.state = states[0] if len(states) == 1 else {}
        if len(states) > 1 or "weight_ih" in self.state:
            self.state = {
                f"{name.removesuffix('_l0')}_l{layer}": value
                for layer, state in enumerate(states) for name, value in state.items()
            }
        self._check_names()

    def _take_kind(self, part):
        kind = type(part).__name__
        for name in ("LSTM", "GRU", "RNN"):
            if kind in (name, name + "Cell"):
                found = name.lower()
                if self.cell not in (None, found):
                    raise ExportError(f"cell: found {kind}; expected {self.cell}, one kind for all layers")
                self.cell = found
        activation = getattr(part, "nonlinearity", None)
        if activation:
            if self.activation not in (None, activation):
                raise ExportError(
                    f"activation: found {activation}; expected {self.activation}, one for all layers")
            self.activation = activation

    def _check_names(self):
        for name in self.state:
            if name.startswith("weight_hr"):
                raise ExportError(
                    f"{name}: found a projection (proj_size); expected an LSTM without one")
        self.layers = sum(f"weight_ih_l{layer}" in self.state for layer in range(1000))
        self.bidirectional = "weight_ih_l0_reverse" in self.state
        known = {f"{name}_l{layer}{suffix}" for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
                 for layer in range(self.layers) for suffix in self.suffixes}
        for name in self.state:
            if name not in known:
                raise ExportError(
                    f"{name}: found a tensor that no nn.LSTM, nn.GRU or nn.RNN has, or of a direction "
                    "that other layers lack; expected weight_ih_l0 and so on, layer by layer")
        if self.layers == 0:
            raise ExportError("weight_ih_l0: found no such tensor; expected those of nn.LSTM, nn.GRU or nn.RNN")
        if self.layers > MOST_LAYERS:
            raise ExportError(f"layers: found {self.layers}; expected 1 to {MOST_LAYERS}")
        self.hidden_size = shape_of(self._get("weight_hh_l0"))[1]
        self.embedding_size = shape_of(self._get("weight_ih_l0"))[1]

    @property
    def suffixes(self):
        return ("", "_reverse") if self.bidirectional else ("",)

    @property
    def width(self):
        """The width of a layer's output."""
        return self.hidden_size * len(self.suffixes)

    def _get(self, name):
        if name not in self.state:
            raise ExportError(f"{name}: found no such tensor; expected one")
        return self.state[name]

    def tensors(self):
        rows = GATES[self.cell] * self.hidden_size
        for layer in range(self.layers):
            inputs = self.width if layer else self.embedding_size
            for suffix in self.suffixes:
                for name, shape in (
                    ("weight_ih", [rows, inputs]), ("weight_hh", [rows, self.hidden_size]),
                    ("bias_ih", [rows]), ("bias_hh", [rows]),
                ):
                    name = f"{name}_l{layer}{suffix}"
                    yield f"rnn.{name}", shape, self._values(name, shape)

    def _values(self, name, shape):
        if name.startswith("bias") and name not in self.state:
            return array.array("f", bytes(4 * shape[0]))
        found = shape_of(self._get(name))
        if found != shape:
            raise ExportError(
                f"rnn.{name}: found the shape {found}; expected {shape} of {GATES[self.cell]} gates of "
                f"{self.hidden_size} units ({self.cell})")
        return floats_of(name, self.state[name])


def linear(name, part, rows, columns):
    """Weight and bias of an nn.Linear; zeros where it has no bias."""
    state = state_of(part)
    extra = sorted(set(state) - {"weight", "bias"})
    if extra or "weight" not in state:
        raise ExportError(f"{name}: found {sorted(state)}; expected weight and bias, as nn.Linear has them")
    if shape_of(state["weight"]) != [rows, columns]:
        raise ExportError(
            f"{name}.weight: found the shape {shape_of(state['weight'])}; expected {[rows, columns]}")
    weight = floats_of(f"{name}.weight", state["weight"])
    bias = state.get("bias")
    if bias is None:
        return weight, array.array("f", bytes(4 * rows))
    if shape_of(bias) != [rows]:
        raise ExportError(f"{name}.bias: found the shape {shape_of(bias)}; expected {[rows]}")
    return weight, floats_of(f"{name}.bias", bias)


def sentiment_head(part, width, positive):
    """One logit, the log-odds of positive. Of two classes it is the difference of their logits."""
    rows = shape_of(state_of(part).get("weight", []))[:1]
    if rows == [1]:
        return linear("sentiment", part, 1, width)
    if rows != [2]:
        raise ExportError(
            f"sentiment: found {rows[0] if rows else 'no'} outputs; expected 1 logit, or the 2 of two classes")
    weight, bias = linear("sentiment", part, 2, width)
    sign = 1 if positive == 1 else -1
    row = array.array("f", (sign * (b - a) for a, b in zip(weight[:width], weight[width:])))
    return row, array.array("f", [sign * (bias[1] - bias[0])])


def write_safetensors(path, tensors):
    header, start = {}, 0
    for name, shape, values in tensors:
        end = start + 4 * len(values)
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [start, end]}
        start = end
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for _, _, values in tensors:
            values.tofile(file)


def export(
    folder, *, rnn, embedding, decoder=None, sentiment=None, tokenizer=None, cell=None, activation=None,
    start_token=None, separator="", positive=1,
):
    """Writes config.json, model.safetensors and tokenizer.json into `folder`.

    rnn         an nn.LSTM, nn.GRU or nn.RNN; a list or nn.ModuleList of one nn.LSTMCell (...), or nn.LSTM
                of one layer, for each layer; or their state dicts, with `cell` and, for an RNN, `activation`
    embedding   nn.Embedding(V, E)
    decoder     nn.Linear(H, V) to the next token's logits; "tied" uses the embedding's weight
    sentiment   nn.Linear(W, 1), log-odds of positive, or nn.Linear(W, 2), `positive` being the number of
                the positive class; W is H, or 2 H of a bidirectional network, whose forward output at the
                last token and reverse output at the first it reads
    tokenizer   a byte-level BPE's tokenizer.json; None for a model of bytes
    start_token read before a stream's first token; separator: text read between two messages
    """
    if getattr(embedding, "max_norm", None) is not None:
        raise ExportError("embedding: found max_norm; expected an nn.Embedding that changes no vector")
    recurrence = Recurrence(rnn, cell, activation)
    table = state_of(embedding)
    if "weight" not in table:
        raise ExportError(f"embedding: found {sorted(table)}; expected weight, as nn.Embedding has it")
    words, size = shape_of(table["weight"])
    if size != recurrence.embedding_size:
        raise ExportError(
            f"embedding: found vectors of {size}; expected {recurrence.embedding_size}, as layer 0 reads")
    if not 2 <= words <= MOST_TOKENS or not 1 <= max(size, recurrence.hidden_size) <= MOST_UNITS:
        raise ExportError(
            f"sizes: found {words} tokens, vectors of {size}, {recurrence.hidden_size} units; expected 2 to "
            f"{MOST_TOKENS} tokens, and 1 to {MOST_UNITS} of the others")
    if tokenizer is None and words != 256:
        raise ExportError(f"embedding: found {words} tokens; expected 256 of bytes, or a tokenizer")
    if decoder is None and sentiment is None:
        raise ExportError("heads: found none; expected decoder, sentiment or both")
    if recurrence.bidirectional and decoder is not None:
        raise ExportError(
            "decoder: found one beside a bidirectional network; expected sentiment alone, since the reverse "
            "direction reads the tokens that are to be predicted")
    tensors = [("embedding.weight", [words, size], floats_of("embedding.weight", table["weight"]))]
    tensors += recurrence.tensors()
    tied = isinstance(decoder, str) and decoder == "tied"
    if decoder is not None:
        tensors += decoder_tensors(decoder, tied, tensors[0], recurrence, words)
        tied = tied or all(name != "decoder.weight" for name, _, _ in tensors)
    if sentiment is not None:
        weight, bias = sentiment_head(sentiment, recurrence.width, positive)
        tensors += [("sentiment.weight", [1, recurrence.width], weight), ("sentiment.bias", [1], bias)]
    config = {"format": "sluice/1", "cell": recurrence.cell}
    if recurrence.cell == "rnn":
        config["activation"] = recurrence.activation
    if recurrence.bidirectional:
        config["bidirectional"] = True
    config |= {
        "layers": recurrence.layers, "embedding_size": size, "hidden_size": recurrence.hidden_size,
        "vocab_size": words, "tie_weights": tied, "tokenizer": "bytes" if tokenizer is None else "bpe",
        "heads": {"next": decoder is not None},
    }
    if sentiment is not None:
        config["heads"]["sentiment"] = {"classes": 1}
    if start_token is not None:
        config["start_token"] = int(start_token)
    if separator:
        config["separator"] = separator
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    write_safetensors(folder / "model.safetensors", tensors)
    if tokenizer is not None:
        shutil.copyfile(tokenizer, folder / "tokenizer.json")
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")


def decoder_tensors(decoder, tied, embedding, recurrence, words):
    """The decoder's tensors; without the weight if it is the embedding's."""
    hidden = recurrence.hidden_size
    if tied:
        weight, bias = embedding[2], array.array("f", bytes(4 * words))
    else:
        weight, bias = linear("decoder", decoder, words, hidden)
    if embedding[1] == [words, hidden] and weight == embedding[2]:
        return [("decoder.bias", [words], bias)]
    if tied:
        raise ExportError(
            f"decoder: found tied weights of vectors of {embedding[1][1]} and {hidden} units; expected "
            "equal sizes")
    return [("decoder.weight", [words, hidden], weight), ("decoder.bias", [words], bias)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("state", help="a file of torch.save(network.state_dict(), ...)")
    parser.add_argument("folder", help="the folder to write")
    parser.add_argument("--cell", choices=GATES, required=True)
    parser.add_argument("--activation", choices=["tanh", "relu"], help="of --cell rnn")
    parser.add_argument("--rnn", default="rnn", metavar="NAME", help="where the recurrent layers stand")
    parser.add_argument("--embedding", default="embedding", metavar="NAME")
    parser.add_argument("--decoder", metavar="NAME", help="the head of the next token, if there is one")
    parser.add_argument("--sentiment", metavar="NAME", help="the head of sentiment, if there is one")
    parser.add_argument("--positive", type=int, choices=[0, 1], default=1, help="of two classes")
    parser.add_argument("--tokenizer", metavar="FILE", help="a tokenizer.json; without, bytes")
    parser.add_argument("--start-token", type=int, metavar="ID")
    parser.add_argument("--separator", default="", metavar="TEXT")
    options = parser.parse_args()
    import torch

    state = torch.load(options.state, map_location="cpu", weights_only=True)

    def part(name):
        found = without_prefix(state, name) if name else None
        if name and not found:
            raise ExportError(f"{name}: found nothing of that name; there are {', '.join(sorted(state))}")
        return found

    try:
        export(
            options.folder, rnn=part(options.rnn), embedding=part(options.embedding),
            decoder=part(options.decoder), sentiment=part(options.sentiment), tokenizer=options.tokenizer,
            cell=options.cell, activation=options.activation, start_token=options.start_token,
            separator=options.separator, positive=options.positive)
    except ExportError as error:
        sys.exit(f"export_pytorch.py: {error}")


if __name__ == "__main__":
    main()
