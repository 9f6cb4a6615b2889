#!/usr/bin/env python3
"""Prints events as lines `topic sequence body`, each event once, also after a crash of the daemon.

    python3 subscribe.py [PREFIX [ENDPOINT]]

A daemon that was killed publishes again what it cannot know to have been received: the same bodies under
the same numbers. Numbers also begin anew, with another stream of the name; so an event came before only
if the connection was lost since, and number and body are those that it had. Needs pyzmq (apt-get install
python3-zmq). The meaning of the numbers: deploy/docs/wire.md, "Out".
"""
import hashlib
import sys
from collections import OrderedDict

import zmq
from zmq.utils.monitor import recv_monitor_message

EVENTS = 20_000  # Remembered for each topic.
TOPICS = 1_000  # Topics that are remembered.


class Topic:
    def __init__(self, losses):
        self.next, self.losses, self.bodies = 0, losses, OrderedDict()

    def note(self, number, body, losses):
        """Whether the event is a repeat, and how many events are missing before it."""
        digest = hashlib.blake2b(body, digest_size=8).digest()
        if number < self.next:
            again = self.losses != losses and self.bodies.get(number) == digest
            if again:
                if number + 1 == self.next:
                    self.losses = losses  # Everything up to the loss was repeated.
                return True, 0
            if self.losses == losses or number in self.bodies:
                self.bodies.clear()  # A new stream of the name.
                self.next = number
        missing = max(0, number - self.next) if self.next else 0
        self.next = max(self.next, number + 1)
        if self.next == number + 1:
            self.losses = losses
        self.bodies[number] = digest
        if len(self.bodies) > EVENTS:
            self.bodies.popitem(last=False)
        return False, missing


class Subscriber:
    def __init__(self, endpoint, prefix):
        self.losses, self.topics = 0, OrderedDict()
        self.socket = zmq.Context.instance().socket(zmq.SUB)
        self.monitor = self.socket.get_monitor_socket(zmq.EVENT_DISCONNECTED)
        self.socket.subscribe(prefix)
        if "[" in endpoint:
            self.socket.setsockopt(zmq.IPV6, 1)
        self.socket.connect(endpoint)

    def receive(self):
        """The next event that is not a repeat, as topic, number, body and the number of missing events."""
        while True:
            topic, body, sequence = self.socket.recv_multipart()
            while self.monitor.poll(0):
                recv_monitor_message(self.monitor)
                self.losses += 1
            number = int.from_bytes(sequence, "little")
            state = self.topics.pop(topic, None) or Topic(self.losses)
            self.topics[topic] = state
            if len(self.topics) > TOPICS:
                self.topics.popitem(last=False)
            came_before, missing = state.note(number, body, self.losses)
            if not came_before:
                return topic, number, body, missing


prefix, endpoint = (sys.argv[1:] + ["", "tcp://127.0.0.1:5602"][len(sys.argv) - 1:])[:2]
subscriber = Subscriber(endpoint, prefix)
while True:
    topic, number, body, missing = subscriber.receive()
    if missing:
        print(f"missed {missing} events of {topic.decode()}", file=sys.stderr, flush=True)
    print(topic.decode(), number, body.decode(), flush=True)
