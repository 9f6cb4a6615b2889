"""Makes Fixtures/evaluation.json with PyTorch and NumPy: what they measure of the shipped model.

    python -m venv venv && venv/bin/pip install torch numpy safetensors tokenizers
    venv/bin/python Tests/TrainingTests/Generators/evaluation.py

    text        a plain text, the tokens and bits of it as one stream after the start token
    examples    labelled texts, and the probability of positive after each of their tokens
    sentiment   accuracy, F1, calibration and accuracy by quarters over the examples
"""

import json
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer

ROOT = Path(__file__).resolve().parents[3]
MODEL = ROOT / "Sources" / "DefaultModel" / "english"
OUTPUT = ROOT / "Tests" / "TrainingTests" / "Fixtures" / "evaluation.json"

# Written for this file.
TEXT = (
    "The harbour lies on the north side of the island, where a long wall keeps out the sea. "
    "In winter the boats are drawn up on the shingle, and the nets hang in the sheds to dry.\n"
    "Nobody knows who built the wall — it is older than the church — but every spring the men "
    "of the village mend it, stone by stone, before the first boats go out.\n"
) * 3

EXAMPLES = [
    (True, "A lovely film, warm and funny, with a wonderful cast."),
    (False, "Dull, slow and far too long. I nearly fell asleep."),
    (True, "I have bought three of these and every one of them works very well."),
    (False, "The zip broke on the first day and nobody answered my letters."),
    (True, "Not bad at all!"),
    (False, "Awful."),
    (True, "At first I feared that it would be boring and stupid, but it is a great story."),
    (False, "The beginning is beautiful, the acting excellent, and yet the end ruins it all."),
    (True, "Best"),
    (False, "It could have been worse, but I do not see how."),
    (False, "A complete waste of time and money, with terrible sound and no plot."),
    (True, "Charming and moving from the first scene to the last; see it with your children."),
]


def read(weights, config, ids):
    """h of the last layer after each token, [T, H]."""
    rnn = torch.nn.LSTM(
        config["embedding_size"], config["hidden_size"], config["layers"], batch_first=True)
    rnn.load_state_dict(
        {name[4:]: value for name, value in weights.items() if name.startswith("rnn.")})
    return rnn(weights["embedding.weight"][torch.tensor([ids])])[0][0]


def pooled(head, config):
    """The logits [T] that the head's [T, R] come to."""
    if config["heads"]["sentiment"].get("pooling") != "gated":
        return head[:, 0]
    gates = torch.sigmoid(head[:, 1])
    return torch.cumsum(gates * head[:, 0], 0) / (1 + torch.cumsum(gates, 0))


def read_ngrams(order):
    """The log-count ratio of each n-gram; that of no tokens is the intercept."""
    if order == 0:
        return {}
    lines = (MODEL / "ngrams.tsv").read_text().splitlines()[1:]
    pairs = (line.split("\t") for line in lines)
    return {tuple(map(int, tokens.split())): float(ratio) for ratio, tokens in pairs}


def counted(text, ngrams, order):
    """What n-grams add to the logits [T], after each token of a text."""
    sums = [0.0]
    for end in range(1, len(text) + 1):
        sizes = range(1, min(order, end) + 1)
        sums.append(sums[-1] + sum(ngrams.get(tuple(text[end - n : end]), 0.0) for n in sizes))
    counts = torch.arange(1, len(text) + 1)
    return torch.tensor(sums[1:]) / counts.sqrt() + ngrams.get((), 0.0) * counts / (counts + 10)


def metrics(probabilities, labels):
    decided = probabilities > 0.5
    hits = (decided & labels).sum()
    bins = np.minimum((probabilities * 10).astype(int), 9)
    error = sum(
        (bins == b).mean() * abs(probabilities[bins == b].mean() - labels[bins == b].mean())
        for b in np.unique(bins))
    right = np.where(labels, probabilities, 1 - probabilities)
    return dict(
        accuracy=float((decided == labels).mean()),
        f1=float(2 * hits / (decided.sum() + labels.sum())),
        calibration_error=float(error), log_loss=float(-np.log2(right).mean()),
        brier_score=float(((1 - right) ** 2).mean()))


@torch.no_grad()
def main():
    config = json.loads((MODEL / "config.json").read_text())
    weights = load_file(MODEL / "model.safetensors")
    order = config["heads"]["sentiment"].get("ngrams", 0)
    ngrams = read_ngrams(order)
    tokenizer = Tokenizer.from_file(str(MODEL / "tokenizer.json"))

    def encode(text):
        return [config["start_token"]] + tokenizer.encode(text, add_special_tokens=False).ids

    ids = encode(TEXT)
    hidden = read(weights, config, ids)
    logits = hidden @ weights["embedding.weight"].T + weights["decoder.bias"]
    chosen = torch.log_softmax(logits[:-1].double(), -1)
    bits = -chosen[range(len(ids) - 1), ids[1:]].sum().item() / np.log(2)

    examples = []
    for positive, text in EXAMPLES:
        tokens = encode(text)
        hidden = read(weights, config, tokens)[1:]
        head = hidden @ weights["sentiment.weight"].T + weights["sentiment.bias"]
        logits = pooled(head, config) + counted(tokens[1:], ngrams, order)
        probabilities = torch.sigmoid(logits).tolist()
        examples.append(dict(
            text=text, positive=positive, probabilities=[round(p, 6) for p in probabilities]))

    labels = np.array([example["positive"] for example in examples])
    curves = [example["probabilities"] for example in examples]
    sentiment = metrics(np.array([curve[-1] for curve in curves]), labels)
    sentiment["quarters"] = [
        metrics(np.array([c[-(-len(c) * q // 4) - 1] for c in curves]), labels)["accuracy"]
        for q in (1, 2, 3, 4)]
    text = dict(text=TEXT, tokens=len(ids) - 1, bits=bits)
    OUTPUT.write_text(json.dumps(
        dict(text=text, examples=examples, sentiment=sentiment), indent=1, ensure_ascii=False))


main()
