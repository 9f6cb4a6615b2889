"""Writes a tokenizer.json whose tokens are the words of texts, which are separated by spaces.

    python deploy/recipes/words.py wikitext2.train.txt.xz --output words.json

For word-level corpora such as WikiText-2, where each line is words with a space before each and one
at the end, and rare words are already <unk>. A token is a space and a word; the space and newline at
the end of a line are one token, the <eos> of the literature. So perplexities are those per word that
are published. The 256 single bytes are tokens too, for text of any other kind.
"""

import argparse
import json
import lzma
from collections import Counter
from pathlib import Path


def read(path: str) -> str:
    data = Path(path).read_bytes()
    return (lzma.decompress(data) if path.endswith(".xz") else data).decode()


def byte_alphabet() -> list[str]:
    """How GPT-2 spells the bytes 0...255."""
    printable = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    others = iter(range(0x100, 0x200))
    return [chr(byte if byte in printable else next(others)) for byte in range(256)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("texts", nargs="+", help="the training texts, plain or .xz")
    parser.add_argument("--output", required=True, help="the tokenizer.json to write")
    options = parser.parse_args()
    counts = Counter()
    for path in options.texts:
        for line in read(path).splitlines():
            counts.update(word for word in line.split(" ") if word)
    words = [" \n"] + [f" {word}" for word, _ in counts.most_common()]
    alphabet = {letter: byte for byte, letter in enumerate(byte_alphabet())}
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False}
    level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    tokenizer = {
        "version": "1.0", "truncation": None, "padding": None,
        "added_tokens": [
            {"id": 256 + index, "content": word, **flags, "special": False}
            for index, word in enumerate(words)],
        "normalizer": None, "pre_tokenizer": level, "post_processor": None, "decoder": level,
        "model": {
            "type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None,
            "end_of_word_suffix": None, "fuse_unk": False, "byte_fallback": False,
            "ignore_merges": False, "vocab": alphabet, "merges": []},
    }  # fmt: skip
    Path(options.output).write_text(json.dumps(tokenizer, ensure_ascii=False, indent=1) + "\n")
    print(f"{len(words)} words, {sum(counts.values())} in all")


if __name__ == "__main__":
    main()
