#!/usr/bin/env python3
"""Publishes each line of the standard input; no line is lost or read twice.

    python3 reliable.py [STREAM [ENDPOINT]] < lines.txt

Needs pyzmq (apt-get install python3-zmq). The meaning of the answers: deploy/docs/wire.md,
"Acknowledged input".
"""
import json
import sys
import time
import uuid

import zmq

WINDOW = 256  # Most unanswered messages; fewer than the queue of a socket (1000).
TIMEOUT = 3000  # Milliseconds without an answer after which all of them are resent.


class ReliablePublisher:
    def __init__(self, endpoint, stream):
        self.endpoint, self.stream = endpoint, stream
        self.producer, self.number = uuid.uuid4().hex, 0
        self.window = {}  # Unanswered messages by number, in order.
        self.slowed = set()  # Those of them that the daemon has refused for a time.
        self.context = zmq.Context()
        self.connect()

    def connect(self):
        # One socket for each connection. A socket that reconnects by itself would first send the rest of
        # its queue, and a later number must not arrive before an earlier one that was lost.
        self.socket = self.context.socket(zmq.DEALER)
        self.socket.setsockopt(zmq.RECONNECT_IVL, -1)
        self.socket.setsockopt(zmq.LINGER, 0)
        self.socket.connect(self.endpoint)
        self.send_again()

    def send_again(self):
        self.slowed.clear()
        for message in self.window.values():
            self.send(message)

    def send(self, message):
        try:
            self.socket.send_multipart(message, zmq.NOBLOCK)
        except zmq.Again:
            pass  # The connection is lost; the time-out opens another.

    def publish(self, text):
        while len(self.window) >= WINDOW:
            self.take_answer()
        header = {"seq": self.number, "producer": self.producer}
        self.window[self.number] = [self.stream, text, json.dumps(header).encode()]
        self.send(self.window[self.number])
        self.number += 1

    def take_answer(self):
        if not self.socket.poll(TIMEOUT):
            self.socket.close()
            return self.connect()
        stream, body = self.socket.recv_multipart()
        answer = json.loads(body)
        if "retry_after" in answer:
            self.slow_down(answer)
        elif answer["ack"] == "refused":
            raise ValueError(f"{stream.decode()} {answer['seq']}: {answer['reason']}")
        else:
            self.window.pop(answer["seq"], None)  # A message sent twice is answered twice.
        if self.slowed and self.slowed.issuperset(self.window):
            time.sleep(max(self.pause, 0.1))
            self.send_again()

    def slow_down(self, answer):
        # Over a rate. Later numbers are refused too until this one has come again, so that it is not overtaken.
        # When every message has its answer, all that were refused are sent again.
        self.slowed.add(answer["seq"])
        self.pause = answer["retry_after"] / 1000

    def finish(self):
        while self.window:
            self.take_answer()
        if self.number:
            # The daemon can forget this run's name, which is not used again. With a number that was
            # accepted before, this has no other effect.
            header = {"op": "flush", "seq": self.number - 1, "producer": self.producer, "last": True}
            self.send([self.stream, b"", json.dumps(header).encode()])
            self.socket.poll(1000)
        self.socket.close()
        self.context.term()


stream, endpoint = (sys.argv[1:] + ["default", "tcp://127.0.0.1:5604"][len(sys.argv) - 1:])[:2]
publisher = ReliablePublisher(endpoint, stream.encode())
for line in sys.stdin.buffer:
    if line.strip():
        publisher.publish(line.rstrip(b"\r\n"))
publisher.finish()
print(f"{publisher.number} messages acknowledged")
