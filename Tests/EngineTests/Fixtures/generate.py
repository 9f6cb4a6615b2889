"""Writes what a released version keeps, to be read by all later ones: `version-1` was written by
Sluice before its stores knew producers that announce their last message.

    python3 generate.py SLUICE FOLDER

SLUICE is the program of that version. FOLDER gets
    journal.sqlite    streams, lives, producers, checkpoints, refusals, a snapshot that was put
    poisoned.sqlite   the same, and a stream and a producer whose names have U+10FFFF, which that
                      version could write and not read again; a daemon of it was killed
    news.state        a snapshot taken in the middle of a word of an open message
    news.bundle       one life with its model
"""

import json
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import zmq

HERE = pathlib.Path(__file__).resolve().parent
MODEL = HERE.parent.parent / "ModelTests/Fixtures/counted"
IN, OUT, CONTROL = (f"tcp://127.0.0.1:{port}" for port in (47501, 47502, 47503))


class Daemon:
    def __init__(self, program, store):
        self.process = subprocess.Popen(
            [program, "serve", "--model", MODEL, "--store", store, "--threads", "1",
             "--in-router", IN, "--out", OUT, "--control", CONTROL])
        self.context = zmq.Context()
        self.socket = self.context.socket(zmq.DEALER)
        self.socket.connect(IN)
        self.events = self.context.socket(zmq.SUB)
        self.events.setsockopt(zmq.RCVHWM, 0)
        self.events.subscribe(b"")
        self.events.connect(OUT)
        time.sleep(1)

    def send(self, stream, text, **header):
        self.socket.send_multipart([stream.encode(), text.encode(), json.dumps(header).encode()])
        assert self.socket.poll(5000), "no answer"
        return json.loads(self.socket.recv_multipart()[1])["ack"]

    def stop(self, how=signal.SIGTERM):
        time.sleep(0.5)
        self.process.send_signal(how)
        self.process.wait()
        self.context.destroy(linger=0)


def sluice(program, *arguments):
    subprocess.run([program, *map(str, arguments)], check=True)


def write(program, folder, work):
    store = work / "journal.sqlite"
    daemon = Daemon(program, store)
    for number in range(12):
        daemon.send("news", f"Message {number} was good. ", seq=number, producer="caf\u00e9")
    assert daemon.send("news", "again", seq=3, producer="caf\u00e9") == "duplicate"
    daemon.send("news", "Another way to spell it.", seq=7, producer="cafe\u0301")
    daemon.send("cafe\u0301", "One stream.", seq=2**64 - 1)
    daemon.send("caf\u00e9", "Another stream.", seq=2**63)
    daemon.send("nobody", "", op="flush")
    daemon.send("short", "It ends.", seq=1)
    daemon.send("short", "", op="end", seq=2)
    daemon.send("short", "It begins again.", seq=3)
    daemon.send("short", "", op="reset", seq=4)
    daemon.send("short", "After the reset.", seq=5)
    daemon.send("news", "An open mess", more=True, seq=12, producer="caf\u00e9", time=1764000000.25)
    sluice(program, "state", "get", "news", "-o", folder / "news.state", "--to", CONTROL)
    sluice(program, "state", "put", folder / "news.state", "--stream", "copy", "--to", CONTROL)
    daemon.send("copy", "age goes on.")
    daemon.stop()
    sluice(program, "replay", "bundle", "news", "--store", store, "-o", folder / "news.bundle")
    shutil.copy(store, folder)
    daemon = Daemon(program, store)
    daemon.send("news", "Known by a hard name.", seq=9, producer="\U0010FFFF")
    daemon.send("hard\U0010FFFF", "Hello there.", seq=0, producer="a")
    daemon.stop(signal.SIGKILL)
    # One file, as it was: the log that the kill left is copied into it.
    subprocess.run(["sqlite3", store, "PRAGMA journal_mode = DELETE"], check=True)
    shutil.copy(store, folder / "poisoned.sqlite")


if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[2]).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        write(sys.argv[1], folder, pathlib.Path(work))
