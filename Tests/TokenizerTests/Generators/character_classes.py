"""Writes Sources/Tokenizer/PreTokens/CharacterClassTable.swift.

Asks the `tokenizers` package itself, for every Unicode scalar, which class its byte-level
pre-tokenizer puts it in: a letter joins a letter, a number a number, any other visible
scalar an exclamation mark, and white space none of these.

    python Tests/TokenizerTests/Generators/character_classes.py
"""

from pathlib import Path

import tokenizers
from tokenizers.pre_tokenizers import ByteLevel

CLASSES = {"a": 0, "1": 1, "!": 3}  # CharacterClass.letter, .number, .other
WHITESPACE = 2
TARGET = Path(__file__).parents[3] / "Sources/Tokenizer/PreTokens/CharacterClassTable.swift"

split = ByteLevel(add_prefix_space=False, use_regex=True).pre_tokenize_str


def class_of(scalar: int) -> int:
    if 0xD800 <= scalar <= 0xDFFF:  # surrogates are no scalars: any class will do
        return CLASSES["!"]
    for neighbour, number in CLASSES.items():
        if len(split(neighbour + chr(scalar))) == 1:
            return number
    return WHITESPACE


def ranges() -> list[int]:
    found, previous = [], None
    for scalar in range(0x110000):
        current = class_of(scalar)
        if current != previous:
            found.append(scalar << 2 | current)
            previous = current
    return found


def main() -> None:
    table = [f"0x{entry:X}" for entry in ranges()]
    rows = [table[start : start + 9] for start in range(0, len(table), 9)]
    lines = [
        "// Made by Tests/TokenizerTests/Generators/character_classes.py, which asks the package",
        f"// `tokenizers` {tokenizers.__version__} for the class of every scalar. Not edited by hand.",
        "",
        "/// Where each run of scalars of one class begins: `scalar << 2 | CharacterClass.rawValue`.",
        "let characterClassTable: [UInt32] = [",
        *("    " + ", ".join(row) + "," for row in rows),
        "]",
    ]
    TARGET.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
