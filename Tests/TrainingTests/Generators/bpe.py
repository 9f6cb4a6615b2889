"""Writes Tests/TrainingTests/Fixtures: texts, and what the Python package learns from them.

    python Tests/TrainingTests/Generators/bpe.py

Needs the package `tokenizers`. The texts are the same in every run.
"""

import lzma
import random
from pathlib import Path

import tokenizers
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

FIXTURES = Path(__file__).parents[1] / "Fixtures"


def prose() -> str:
    """Scripts, signs and white space of many kinds, and words that come more or less often."""
    lines = [
        "The lock keeper's boat didn't move; they've said it'll rain, and we're late. ",
        "the thing that the others thought, the theatre, there, then, these, those\r\n",
        "        indented    by    spaces\n\n\n\tand\ttabs 123 1234 12345 2024 2025\n",
        "naïve café déjà vu — “quoted” … 東京都 日本語 日本 🙂🙂 👩‍👩‍👧 и привет мир مرحبا ไทย\n",
        "aaaa aaaaaaaa aaaaaaaaaaaaaaaa abab abababab ------ ====== !!!! ....\n",
        "\u00a0a \u0085b \u3000日本語 \u200bx e\u0301 é 'r 'rex 's''s \"\\\" \x00\x01\x7f\r\n\r\n",
    ]
    source = random.Random(3)
    return "".join(source.choices(lines, weights=range(1, 7), k=60))


def letters() -> str:
    """Words of few letters: many merges that spell the same token, and many equal counts."""
    source = random.Random(5)
    words = ["".join(source.choices("abc", k=source.randint(1, 12))) for _ in range(300)]
    return " ".join(source.choices(words, weights=[1 / (i + 1) for i in range(300)], k=4000))


def learn(text: str, size: int, special: list[str], frequency: int) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(
        [text],
        trainers.BpeTrainer(
            vocab_size=size, min_frequency=frequency, special_tokens=special,
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
    return tokenizer


def main() -> None:
    FIXTURES.mkdir(exist_ok=True)
    for name, text, size, special, frequency in [
        ("prose", prose(), 500, ["<|end|>"], 2),
        # More than there are pairs.
        ("frequent", prose(), 2000, [], 25),
        ("letters", letters(), 700, ["<|end|>", "<a \"b\"\\>\n", "｜é｜"], 1),
    ]:
        (FIXTURES / f"{name}.txt").write_bytes(text.encode())
        learn(text, size, special, frequency).save(
            str(FIXTURES / f"{name}.tokenizer.json"), pretty=True)
    text = prose().encode()[:3000]
    streams = [lzma.compress(part) for part in (text[:1000], text[1000:])]
    (FIXTURES / "streams.txt").write_bytes(text)
    (FIXTURES / "streams.txt.xz").write_bytes(b"".join(streams))
    print("tokenizers", tokenizers.__version__)


if __name__ == "__main__":
    main()
