"""Whether the page of a recorded session shows what was published of it.

    recorded_checks.py PAGE < BODIES      BODIES: the session's `next` events, one JSON array
"""

import json
import struct
import sys

from browser import Browser, chromium


def single(number):
    """The 32 bits that the page has of a number."""
    return struct.unpack("<f", struct.pack("<f", number))[0]


def check_text(browser, events):
    assert browser.text("#stream") == "s"
    assert f"{len(events)} tokens" in browser.text("#facts"), browser.text("#facts")
    assert events[0]["model"][:8] in browser.text("#facts"), browser.text("#facts")
    shown = [browser.text(f"#t{index}") for index in range(len(events))]
    assert shown == [event["text"] for event in events], shown
    assert browser.count(".mark.message") == 3 and browser.count(".mark.reset") == 1


def check_tokens(browser, events):
    """At each token, going through them with the keys."""
    for index, event in enumerate(events):
        details = browser.text("#details")
        start, end = event["offset"]
        for part in (f"{index} of {len(events)}, id {event['id']}", f"{start}–{end}"):
            assert part in details, (index, part, details)
        bits = event["surprisal"]
        surprise = "no prediction before it" if bits is None else f"{single(bits):.2f} bit"
        assert surprise in details, (index, surprise, details)
        candidates = browser.count(".candidates tr")
        assert candidates == len(event["top"]), (index, candidates)
        for row, candidate in enumerate(event["top"], 1):
            likely = browser.text(f".candidates tr:nth-child({row})")
            percent = 100 * single(candidate["p"])
            if percent >= 0.1:
                assert f"{percent:.1f}%" in likely, (index, candidate, likely)
        browser.press("ArrowRight")


def main(arguments):
    if arguments == ["--can-run"]:
        return 0 if chromium() else 1
    events = json.load(sys.stdin)
    with Browser() as browser:
        browser.open(arguments[0])
        check_text(browser, events)
        check_tokens(browser, events)
        assert browser.console == [], browser.console
    print("passed")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
