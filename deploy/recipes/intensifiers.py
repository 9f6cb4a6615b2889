"""Writes labelled texts with other intensifiers: "a very good film" becomes "a terribly good film".

    python deploy/recipes/intensifiers.py movie_sentences.tsv.xz product_reviews.tsv.xz \\
        --output intensifiers.tsv

Words such as "terribly" and "awfully" mostly occur in negative texts, so a model of few texts takes them
for negative themselves. As intensifiers they are neutral: the label of a text does not change when they
replace "very". (Synonym replacement, as in Wei and Zou 2019, "EDA: easy data augmentation".) Tables have a
header and the columns text and label, 0 or 1. Texts without such a word are skipped. The same tables give
the same file.
"""

import argparse
import csv
import lzma
import re
from itertools import cycle

FOUND = re.compile(
    r"\b(?:(?P<article>an?)(?P<space>\s+))?(?:very|extremely|incredibly|remarkably|exceptionally|"
    r"absolutely|truly)(?=\s+[a-z])(?!\s+(?:much|many|few|little|first|last|same|next|least|best)\b)",
    re.IGNORECASE)  # fmt: skip
OTHERS = ["terribly", "awfully", "terribly", "insanely", "dreadfully", "terribly", "wickedly"]


def rows(path):
    opened = lzma.open if path.endswith(".xz") else open
    with opened(path, "rt", encoding="utf-8", newline="") as file:
        table = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        header = next(table, [])
        if missing := {"text", "label"} - set(header):
            raise SystemExit(f"{path}: no column {' or '.join(sorted(missing))} in its header")
        text, label = header.index("text"), header.index("label")
        for row in table:
            if len(row) != len(header):
                raise SystemExit(f"{path}:{table.line_num}: {len(row)} columns, expected {len(header)}")
            yield row[text], row[label]


def changed(text, others):
    """The text with every intensifier replaced; the article before it fits."""

    def replace(match):
        word = next(others)
        article = match["article"]
        if article is None:
            return word.capitalize() if match[0][0].isupper() else word
        fitting = article[0] + ("n" if word[0] in "aeiou" else "")
        return fitting + match["space"] + word

    return FOUND.sub(replace, text)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tables", nargs="+", help="tables of texts, .tsv or .tsv.xz")
    parser.add_argument("--output", required=True, help="the table to write")
    options = parser.parse_args()
    others, count = cycle(OTHERS), 0
    with open(options.output, "w", encoding="utf-8") as output:
        output.write("label\ttext\n")
        for table in options.tables:
            for text, label in rows(table):
                if (new := changed(text, others)) != text:
                    output.write(f"{label}\t{new}\n")
                    count += 1
    print(f"{count} texts")


if __name__ == "__main__":
    main()
