"""Writes Tests/TokenizerTests/Fixtures: tokenizers and what the Python package makes of texts.

    python Tests/TokenizerTests/Generators/fixtures.py

Needs the package `tokenizers`. The texts are the same in every run.
"""

import base64
import json
import random
from pathlib import Path

import tokenizers
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

FIXTURES = Path(__file__).parents[1] / "Fixtures"
SHIPPED = Path(__file__).parents[3] / "Sources/DefaultModel/english/tokenizer.json"

ALPHABET = pre_tokenizers.ByteLevel.alphabet()


def spelling() -> list[str]:
    """The character that stands for each byte (GPT-2's bytes_to_unicode)."""
    kept = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in kept]
    return [chr(b) if b in kept else chr(256 + others.index(b)) for b in range(256)]


SPELLING = spelling()
assert sorted(SPELLING) == sorted(ALPHABET)


def spelt(text: bytes) -> str:
    return "".join(SPELLING[byte] for byte in text)


def byte_level(model: models.BPE) -> Tokenizer:
    tokenizer = Tokenizer(model)
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def trained() -> Tokenizer:
    """Learnt from a few lines, with added tokens that overlap one another and words."""
    lines = [
        "The lock keeper's boat didn't move; they've said it'll rain, and we're late. ",
        "the thing that the others thought, the theatre, there, then, these, those\r\n",
        "        indented    by    spaces\n\n\n\tand\ttabs 123 1234 12345 2024 2025\n",
        "naïve café déjà vu — “quoted” … 東京都 日本語 日本 🙂🙂 👩‍👩‍👧 и привет мир مرحبا ไทย\n",
        "aaaa aaaaaaaa aaaaaaaaaaaaaaaa abab abababab ------ ====== !!!! ....\n",
    ]
    tokenizer = byte_level(models.BPE())
    tokenizer.train_from_iterator(
        lines * 3,
        trainers.BpeTrainer(vocab_size=480, initial_alphabet=ALPHABET, show_progress=False),
    )
    tokenizer.add_tokens(
        [
            AddedToken(content, normalized=False)
            for content in [
                "<|a|>", "<|a|><|b|>", "<|ab", "b|>!", "the", "he said", "é!", " \n<", "'rex",
            ]
        ]
    )
    return tokenizer


def crafted() -> Tokenizer:
    """Merges in an order that no training gives: a token's parts after it, several merges for
    one token, tokens across what the pre-tokenizer keeps apart, and parts of characters."""
    merges = [
        (b"ab", b"c"), (b"a", b"b"), (b"b", b"c"), (b"a", b"bc"), (b"c", b"a"), (b"ca", b"ca"),
        (b"aa", b"a"), (b"a", b"a"), (b"aa", b"aa"), (b"aaa", b"aa"),
        (b" ", b"  "), (b" ", b" "), (b"  ", b" "), (b"   ", b"  "), (b" ", b"a"),
        (b"  ", b"a"), (b" a", b"b"), (b"a", b" b"), (b" ", b"b"), (b"'", b"r"), (b"'r", b"e"),
        (b"'", b"s"), (b"r", b"e"), (b"'", b"re"), (b"!", b"'"), (b"!", b"!"), (b"!!", b"!"),
        (b"!", b"a"), (b"\xc3", b"\xa9"), (b"a", b"\xc3"), (b"a\xc3", b"\xa9"),
        (b"\xa9", b"b"), (b"\xe2", b"\x82"), (b"\xe2\x82", b"\xac"), (b"\x82", b"\xac"),
        (b"!", b"\xef"), (b"!", b"\xe2"), (b"!\xe2", b"\x82"), (b"\xef", b"\xbf"), (b"\xbf", b"\xbd"),
        (b"\xef\xbf", b"\xbd"), (b"\xbd", b"\xef"), (b"1", b"2"), (b"12", b"1"), (b"\n", b" "),
        (b" ", b"\n"), (b"\n", b"\n"), (b" ", b"1"), (b" ", b"!"), (b"\xc2", b"\xa0"),
        (b" \xc2", b"\xa0"), (b" ", b"\xc2"), (b"g", b"h"), (b"f", b"g"), (b"e", b"f"),
        (b"d", b"e"), (b"c", b"d"), (b"d", b"ef"), (b"ef", b"gh"),
    ]
    # A merge of two tokens needs both in the vocabulary, whatever makes them.
    vocabulary: dict[str, int] = {}
    for token in [bytes([b]) for b in range(256)] + [part for l, r in merges for part in (l, r, l + r)]:
        vocabulary.setdefault(spelt(token), len(vocabulary))
    tokenizer = byte_level(
        models.BPE(vocab=vocabulary, merges=[(spelt(l), spelt(r)) for l, r in merges]))
    tokenizer.add_special_tokens([AddedToken("<e>"), AddedToken("<ee>"), AddedToken("e><")])
    return tokenizer


def bare() -> Tokenizer:
    """No merge and no added token."""
    return byte_level(models.BPE(vocab={c: i for i, c in enumerate(SPELLING)}, merges=[]))


TEXTS = [
    "", "a", " ", "\n", "  ", "é", "€", "🙂", "Hello, world!", "The boat didn't move.",
    "it's 'ss 're're  's ''s 'R'r I'll'll we've'v 'l 'll 'lx 'rx're d'd 'm't",
    "'", "''", "'r", "'re", "'ve", "'l", "a'", " '", " 're", "x're", "'s's", "'t't't", "'re're're",
    "a  b   c    d     e", "   ", "      x", "x      ", " \n ", "a \n b", "\t\tx\t y", "a\r\nb\r\n\r\nc",
    "\u00a0a", "a\u00a0b", " \u00a0x", "a\u0085b \u0085c", "\u2003\u2003x", "a\u2028b\u2029c", "\u3000日本語",
    "\u200ba\u200bb", "\ufeffx", "1 12 123 1234", "١٢٣ ⅷ ½ ²", "a1b2 3c",
    "😀😃 😄", "👩‍👩‍👧‍👦 family", "👍🏽 🇩🇪🇫🇷", "e\u0301 a\u0308\u0323 \u0301x", "Z\u0351\u036b\u0343",
    "日本語のテキスト。東京都", "中文，标点！", "한국어 텍스트", "مرحبا بالعالم", "שָׁלוֹם עולם", "สวัสดีชาวโลก",
    "Привет, мир!", "naïve café — “quoted” … déjà", "\ufffd \ufffd\ufffda",
    "<|end|>", "a<|end|>b", "<|end|><|end|>", "<|end", "<|en <|end|", "<<|end|>>", " <|end|> ",
    "x <|e", "<", "<|", "a  <|end|>", "'r<|end|>e", "<|END|>", "<|end|>'s",
    "<|a|>", "<|a|><|b|>", "<|a|><|b", "<|ab|>!", "<|abb|>!x", "<|a|><|a|><|b|>", "the other he said hex",
    "theatre cathe he saie", "'rex 're 'rexe", " \n<|a|>", "caf é! é!", "é !", "  \n<  \n x",
    "<e>", "<ee>", "<ee><e><", "<e<ee>e>", "<eee>", "a <e", "!<ee", "aab<e>aab",
    "abcabcabc", "aaaaaaaaaaa", "cacacacaca", "cdefgh", "cdefg", "abcdefghcdefgh", "  a  ab   abc",
    "!!!!!!", "!'re !'s", "aéb aé ééé", "!€€ !‚ €", "\u00a0\u00a0 \u00a0", "12121 121", "\n\n \n\n",
    "a" * 300, " " * 300, "!" * 100, "ab" * 100, "é" * 90, "\u00a0" * 40, "\n" * 70 + "x", "-" * 99,
    "supercalifragilisticexpialidocious", "http://example.org/a?b=c&d=%20e#f", "def f(x):\n    return x**2  # ok\n",
]

INVALID = [
    b"\xff", b"\xfe\xff", b"a\xffb", b"\x80", b"\xbf\xbf", b"a\x80\x80b", b"\xc3", b"\xc3(", b"\xc0\xaf",
    b"\xc1\xbf", b"\xe2\x82", b"\xe2\x82a", b"\xe2(\xa1", b"\xe0\x80\x80", b"\xe0\x9f\xbf", b"\xed\xa0\x80",
    b"\xed\xa0\xbd\xed\xb8\x80", b"\xf0\x9f\x99", b"\xf0\x9f\x99 x", b"!\xf0\x9f\x99 x", b"!!\xf0\x9f", b"  \xc3\xa9", b"\xf0\x9f", b"\xf0", b"\xf0\x80\x80\x80",
    b"\xf4\x90\x80\x80", b"\xf5\x80\x80\x80", b"\xf8\x88\x80\x80\x80", b"\xfc\x84", b"!\xef\xbf", b"\xef\xbf\xef\xbf\xbd",
    b"\xef\xef\xbf\xbd", b"  \xe2", b"  \xe2\x80", b" \xc2", b"'\xc3\xa9", b"'\xc3", b"'r\xc3", b"a\xcc",
    b"<|end\xff|>", b"<|end|\xe2\x82>", b"\xf0\x9f\x99\x82\xf0\x9f\x99", b"caf\xe9 na\xefve", b"\x00\x01\x7f\x00",
    b"aa\xc3\xc3\xa9b", b"!!\xe2\x82\xe2\x82\xac", b"\xe9\xe9\xe9\xe9", b"\xff" * 40, b"\xe2\x82" * 20,
]

PIECES = [
    *"abcdefghrstvl'", " ", " ", "  ", "\n", "\r\n", "\t", "\u00a0", "\u0085", "1", "2", "!", ".", "-", "<", ">",
    "the", "he said", " the", "'re", "'s", "'ll", "e", "é", "€", "日", "本", "🙂", "‍", "\u0301", "ก", "م",
    "<|end|>", "<|e", "<|a|>", "<|b|>", "<e>", "<ee", "aaa", "    ", "!!", "\ufffd",
]
BAD_PIECES = [b"\xff", b"\x80", b"\xc3", b"\xe2\x82", b"\xe2", b"\xf0\x9f\x99", b"\xed\xa0\x80", b"\xa9", b"\xef\xbf"]


# Runs of one byte, which differ from one another in nothing but their length.
RUNS = [
    before + bytes([byte]) * count + after
    for byte in (0x00, 0x01)
    for before, after in ((b"", b""), (b"a\n", b"\nb"), (b"!", b"!!!!!!!!"))
    for count in range(41)
]


def few_bytes(count: int) -> list[bytes]:
    source = random.Random(21)
    alphabets = [b"\0", b"\0\1", b"\0\0\0!", b"\0a", b"\0\x80", b"\0 \n", b"\0\xe2\x82\xac"]
    return [
        bytes(source.choices(alphabets[i % len(alphabets)], k=source.randint(1, 24)))
        for i in range(count)
    ]


def fuzzed(count: int) -> list[bytes]:
    source = random.Random(20)
    pieces = [piece.encode() for piece in PIECES] + BAD_PIECES
    return [b"".join(source.choices(pieces, k=source.randint(2, 14))) for _ in range(count)]


def cases(tokenizer: Tokenizer) -> list[dict]:
    def ids(text: bytes) -> list[int]:
        decoded = text.decode("utf-8", errors="replace")
        return tokenizer.encode(decoded, add_special_tokens=False).ids

    texts = [text.encode() for text in TEXTS] + INVALID + fuzzed(150) + RUNS + few_bytes(70)
    return [{"text": base64.b64encode(text).decode(), "ids": ids(text)} for text in texts]


def main() -> None:
    FIXTURES.mkdir(exist_ok=True)
    made = {"trained": trained(), "crafted": crafted(), "bare": bare()}
    for name, tokenizer in made.items():
        tokenizer.save(str(FIXTURES / f"{name}.tokenizer.json"), pretty=False)
    made["shipped"] = Tokenizer.from_file(str(SHIPPED))
    for name, tokenizer in made.items():
        rows = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases(tokenizer))
        (FIXTURES / f"{name}.cases.json").write_text(f"[\n{rows}\n]\n")
    print("tokenizers", tokenizers.__version__)


if __name__ == "__main__":
    main()
