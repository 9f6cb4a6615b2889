#!/usr/bin/env python3
"""Prints events as lines `topic sequence body`, each event once, also after a crash of the daemon.

    python3 subscribe.py [PREFIX [ENDPOINT [CONTROL]]]

A daemon that was killed publishes again what it cannot know to have been received: the same bodies under
the same numbers. Numbers also begin anew, with another stream of the name; so an event came before only
if the connection was lost since, and number and body are those that it had.

With the daemon's control socket as CONTROL, missed events are asked for and printed in their place: those
before an event, when it comes, and those after the latest one, once nothing has come for a second. Needs
pyzmq (apt-get install python3-zmq). The meaning of the numbers: deploy/docs/wire.md, "Out" and "Control".
"""
import hashlib
import json
import sys
import time
from collections import OrderedDict

import zmq
from zmq.utils.monitor import recv_monitor_message

EVENTS = 20_000  # Remembered for each topic.
TOPICS = 1_000  # Topics that are remembered.


class Topic:
    def __init__(self, losses):
        self.next, self.losses, self.bodies = None, losses, OrderedDict()

    def note(self, number, body, losses):
        """Whether the event is a repeat, and the numbers that are missing before it."""
        digest = hashlib.blake2b(body, digest_size=8).digest()
        if self.next is not None and number < self.next:
            again = self.losses != losses and self.bodies.get(number) == digest
            if again:
                if number + 1 == self.next:
                    self.losses = losses  # Everything up to the loss was repeated.
                return True, range(0)
            if self.losses == losses or number in self.bodies:
                self.bodies.clear()  # A new stream of the name.
                self.next = 0
        missing = range(number if self.next is None else min(self.next, number), number)
        self.next = max(self.next or 0, number + 1)
        if self.next == number + 1:
            self.losses = losses
        self.remember(number, digest)
        return False, missing

    def remember(self, number, digest):
        self.bodies[number] = digest
        if len(self.bodies) > EVENTS:
            self.bodies.popitem(last=False)

    def note_recovered(self, number, body):
        """It may still come, as if it were a repeat."""
        self.remember(number, hashlib.blake2b(body, digest_size=8).digest())
        if number >= self.next:
            self.next, self.losses = number + 1, None


class Control:
    """Asks the daemon for what it has published."""

    def __init__(self, endpoint):
        self.socket = zmq.Context.instance().socket(zmq.DEALER)
        self.socket.linger = 0
        self.socket.connect(endpoint)
        self.id = 0

    def ask(self, **request):
        """The result and the frames after it; None if it is refused or does not come in time."""
        self.id += 1
        self.socket.send(json.dumps({**request, "id": self.id}).encode())
        while self.socket.poll(5000):
            head, *frames = self.socket.recv_multipart()
            answer = json.loads(head)
            if answer["id"] == self.id:
                return (answer["result"], frames) if answer["ok"] else None
        return None

    def next_number(self, topic):
        kind, stream = topic.decode().split("/", 1)
        answer = self.ask(op="position", stream=stream)
        return answer[0]["next"].get(kind, 0) if answer else 0

    def events(self, topic, numbers):
        """The events of a topic with these numbers, as number and body."""
        kind, stream = topic.decode().split("/", 1)
        rest = {kind: [numbers.start, numbers.stop]} if numbers else {}
        deadline = time.monotonic() + 5
        while rest and time.monotonic() < deadline:
            answer = self.ask(op="backfill", stream=stream, ranges=rest)
            if answer is None:
                return
            result, frames = answer
            if frames:
                deadline = time.monotonic() + 5
            elif result["pending"]:
                time.sleep(0.02)
            for body, number in zip(frames[1::3], frames[2::3]):
                yield int.from_bytes(number, "little"), body
            rest = result["rest"]


class Subscriber:
    def __init__(self, endpoint, prefix, control):
        self.losses, self.topics, self.control = 0, OrderedDict(), control
        self.socket = zmq.Context.instance().socket(zmq.SUB)
        self.monitor = self.socket.get_monitor_socket(zmq.EVENT_DISCONNECTED)
        self.socket.subscribe(prefix)
        if "[" in endpoint:
            self.socket.setsockopt(zmq.IPV6, 1)
        self.socket.connect(endpoint)

    def events(self):
        """Every event once, as topic, number and body."""
        unchecked = set()
        while True:
            if not self.socket.poll(1000 if unchecked and self.control else None):
                for topic in sorted(unchecked):
                    yield from self.recovered(topic, range(
                        self.topics[topic].next, self.control.next_number(topic)))
                unchecked.clear()
                continue
            topic, body, sequence = self.socket.recv_multipart()
            while self.monitor.poll(0):
                recv_monitor_message(self.monitor)
                self.losses += 1
                unchecked.update(self.topics)
            number = int.from_bytes(sequence, "little")
            state = self.topics.pop(topic, None) or Topic(self.losses)
            self.topics[topic] = state
            unchecked.add(topic)
            if len(self.topics) > TOPICS:
                unchecked.discard(self.topics.popitem(last=False)[0])
            came_before, missing = state.note(number, body, self.losses)
            if not came_before:
                yield from self.recovered(topic, missing)
                yield topic, number, body

    def recovered(self, topic, missing):
        """Events that were missed, as far as they can be had; tells how many cannot."""
        found = 0
        for number, body in self.control.events(topic, missing) if self.control else ():
            self.topics[topic].note_recovered(number, body)
            found += 1
            yield topic, number, body
        if missing:
            print(f"missed {len(missing)} events of {topic.decode()}, recovered {found}",
                  file=sys.stderr, flush=True)


defaults = ["", "tcp://127.0.0.1:5602", ""]
prefix, endpoint, control = (sys.argv[1:] + defaults[len(sys.argv) - 1:])[:3]
for topic, number, body in Subscriber(endpoint, prefix, control and Control(control)).events():
    print(topic.decode(), number, body.decode(), flush=True)
