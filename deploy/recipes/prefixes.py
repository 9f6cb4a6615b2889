"""Measures how much the beginnings of texts tell about their sentiment, to a model of similar texts.

    python deploy/recipes/prefixes.py --train sst2.train.tsv.xz sst5_phrases.train.tsv.xz --test sst2.dev.tsv.xz
    python deploy/recipes/prefixes.py --train imdb.train.tsv.xz --test imdb.train.tsv.xz --halves

Fits words and pairs of words, weighted as in Wang and Manning 2012 (NB-SVM, here with logistic regression), to
labelled texts of the same kind as the tested ones, and prints the accuracy by the part of each text that is read.
Every figure is the best of nine fits, chosen on the tested texts themselves: whole texts, beginnings as long as those
tested, or both; three regularisations. So it is an upper bound for models of this kind, not a result.

Tables have a header and the columns text and label, 0 or 1, or phrase and label5, 0 to 4 with 2 left out. --halves
fits to even lines and tests odd ones. Needs the package `scikit-learn`.
"""

import argparse
import csv
import lzma
import math

import numpy as np
from scipy.sparse import diags
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression

PARTS = [0.25, 0.5, 0.75, 1.0]


def read(path):
    """Texts and whether they are positive."""
    opened = lzma.open if path.endswith(".xz") else open
    with opened(path, "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    fine = "label5" in rows[0]
    label, text, middle = ("label5", "phrase", 2) if fine else ("label", "text", 0.5)
    return [(row[text], int(row[label]) > middle) for row in rows if int(row[label]) != middle]


def beginning(text, part):
    words = text.split()
    return " ".join(words[: math.ceil(len(words) * part)])


def accuracy(training, tested, regularisation):
    vectorizer = CountVectorizer(
        ngram_range=(1, 2), min_df=2, binary=True, token_pattern=r"[\w']+|[!?.]")
    counts = vectorizer.fit_transform([text for text, _ in training])
    positive = np.array([label for _, label in training])
    sides = [1 + counts[positive == side].sum(0).A1 for side in (True, False)]
    ratios = diags(np.log(sides[0] / sides[0].sum()) - np.log(sides[1] / sides[1].sum()))
    model = LogisticRegression(C=regularisation, max_iter=300).fit(counts @ ratios, positive)
    found = model.predict(vectorizer.transform([text for text, _ in tested]) @ ratios)
    return (found == np.array([label for _, label in tested])).mean()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--train", nargs="+", required=True, help="tables, .tsv or .tsv.xz")
    parser.add_argument("--test", required=True)
    parser.add_argument("--halves", action="store_true", help="even lines to fit, odd ones to test")
    parser.add_argument("--limit", type=int, help="fit to so many texts only, evenly from all")
    options = parser.parse_args()
    whole = [row for path in options.train for row in read(path)]
    tested = read(options.test)
    if options.halves:
        whole, tested = whole[0::2], tested[1::2]
    if options.limit:
        whole = [whole[i * len(whole) // options.limit] for i in range(options.limit)]
    print(f"{len(whole)} texts to fit, {len(tested)} to test\n\n part  accuracy", flush=True)
    for part in PARTS:
        begun = [(beginning(text, part), label) for text, label in whole]
        prefixes = [(beginning(text, part), label) for text, label in tested]
        best = max(
            accuracy(training, prefixes, regularisation)
            for training in (whole, begun, whole + begun)
            for regularisation in (0.03, 0.3, 3))
        print(f"{part:5.2f}  {best:7.1%}", flush=True)


if __name__ == "__main__":
    main()
