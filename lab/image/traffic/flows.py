"""The kinds of traffic that the load consists of."""

import os
import selectors
import socket
import struct

from . import wire

READ = selectors.EVENT_READ
GIVE_UP_SECONDS = 2
STREAM_RETRY_SECONDS = 0.2


class Tally:
    """What one flow has sent, and what of it was answered."""

    def __init__(self):
        self.sent = self.delivered = self.failed = 0
        self.sources = {}
        self.errors = {}
        self.longest = 0.0
        self.last = None
        self.started = None

    def send(self, now):
        self.sent += 1
        if self.started is None:
            self.started = self.last = now

    def deliver(self, now, source=None):
        self.delivered += 1
        self.longest = max(self.longest, now - self.last)
        self.last = now
        if source:
            self.sources[source] = self.sources.get(source, 0) + 1

    def fail(self, error):
        self.failed += 1
        self.errors[str(error)] = self.errors.get(str(error), 0) + 1

    def report(self, now):
        """The longest gap between two answers counts the one that still goes on."""
        open_gap = 0 if self.last is None else now - self.last
        return {
            "sent": self.sent,
            "delivered": self.delivered,
            "failed": self.failed,
            "longestGapMs": round(max(self.longest, open_gap) * 1000, 1),
            "sources": self.sources,
            "errors": self.errors,
        }


class Flow:
    """A kind of traffic: `tick` is called when something is to be sent."""

    name = ""

    def __init__(self, loop):
        self.loop = loop
        self.args = loop.args
        self.tally = Tally()
        self.sequence = 0

    def datagram(self, port):
        plug = socket.socket(wire.family_of(self.args.target), socket.SOCK_DGRAM)
        plug.setblocking(False)
        plug.connect((self.args.target, port))
        self.loop.watch(plug, READ, self.receive)
        return plug

    def attempt(self, send):
        try:
            send()
        except OSError as error:
            self.tally.fail(error.strerror)

    def receive(self, now):
        raise NotImplementedError


class TcpConnections(Flow):
    """A new connection each time, which ends when the echo has said who it sees."""

    name = "tcp"

    def __init__(self, loop):
        super().__init__(loop)
        self.open = {}

    def tick(self, now):
        self._give_up(now)
        plug = socket.socket(wire.family_of(self.args.target), socket.SOCK_STREAM)
        plug.setblocking(False)
        self.tally.send(now)
        try:
            plug.connect((self.args.target, self.args.tcp_port))
        except BlockingIOError:
            pass
        except OSError as error:
            self.tally.fail(error.strerror)
            plug.close()
            return
        self.open[plug] = now
        self.loop.watch(plug, READ, lambda at, plug=plug: self._readable(plug, at))

    def _readable(self, plug, now):
        try:
            words = plug.recv(256).decode().split()
            self.tally.deliver(now, words[0])
            # The tag, so that the service beyond can tell whose connection it was. It comes
            # back, and closing before that would end the connection with a reset.
            plug.send(self.args.tag.encode())
            self.loop.change(plug, READ, lambda _at, plug=plug: self._end(plug))
        except (OSError, IndexError) as error:
            self.tally.fail(getattr(error, "strerror", None) or "closed without a word")
            self._end(plug)

    def _give_up(self, now):
        for plug in [plug for plug, at in self.open.items() if now - at > GIVE_UP_SECONDS]:
            self.tally.fail("timed out")
            self._end(plug)

    def _end(self, plug):
        self.open.pop(plug, None)
        self.loop.forget(plug)


class UdpSequence(Flow):
    """One flow with numbered datagrams."""

    name = "udp"

    def __init__(self, loop):
        super().__init__(loop)
        self.plug = self.datagram(loop.args.udp_port)

    def tick(self, now):
        self.sequence += 1
        self.tally.send(now)
        self.attempt(lambda: self.plug.send(b"%s %d" % (self.args.tag.encode(), self.sequence)))

    def receive(self, now):
        self.attempt(lambda: self.tally.deliver(now, self.plug.recv(2048).split(b" ")[0].decode()))


class IcmpEchoes(Flow):
    """Echo requests; the answers don't say which source was seen."""

    name = "icmp"

    def __init__(self, loop):
        super().__init__(loop)
        self.v6 = ":" in self.args.target
        protocol = socket.IPPROTO_ICMPV6 if self.v6 else socket.IPPROTO_ICMP
        self.plug = socket.socket(wire.family_of(self.args.target), socket.SOCK_RAW, protocol)
        self.plug.setblocking(False)
        self.identifier = int.from_bytes(os.urandom(2), "big")
        loop.watch(self.plug, READ, self.receive)

    def tick(self, now):
        self.sequence = (self.sequence + 1) & 0xFFFF
        self.tally.send(now)
        tag = self.args.tag.encode()
        request = wire.icmp_echo(self.identifier, self.sequence, tag, self.v6)
        self.attempt(lambda: self.plug.sendto(request, (self.args.target, 0)))

    def receive(self, now):
        data = self.plug.recv(2048)
        body = data if self.v6 else data[(data[0] & 15) * 4 :]
        if body[0] != (129 if self.v6 else 0):
            return
        if struct.unpack("!H", body[4:6])[0] == self.identifier:
            self.tally.deliver(now)


class DnsQuestions(Flow):
    """Questions with names that nobody has asked before."""

    name = "dns"

    def __init__(self, loop):
        super().__init__(loop)
        self.server = self.args.dns_server or self.args.target
        self.plug = socket.socket(wire.family_of(self.server), socket.SOCK_DGRAM)
        self.plug.setblocking(False)
        self.plug.connect((self.server, wire.DNS_PORT))
        loop.watch(self.plug, READ, self.receive)

    def tick(self, now):
        self.sequence += 1
        self.tally.send(now)
        name = "q%d.%s.lab.test" % (self.sequence, self.args.tag)
        query = wire.dns_query(self.sequence & 0xFFFF, name, "TXT")
        self.attempt(lambda: self.plug.send(query))

    def receive(self, now):
        def take():
            answers = wire.dns_answers(self.plug.recv(4096))
            self.tally.deliver(now, answers[0] if answers else None)

        self.attempt(take)


class LongStream(Flow):
    """One connection that is kept; its end is a failure, and the next one follows."""

    name = "stream"

    def __init__(self, loop):
        super().__init__(loop)
        self.plug = None
        self.retry_at = 0
        self.greeting = b""

    def tick(self, now):
        if self.plug is None:
            if now >= self.retry_at:
                self._connect(now)
            return
        self.sequence += 1
        self.tally.send(now)
        try:
            self.plug.send(b"%s %d\n" % (self.args.tag.encode(), self.sequence))
        except BlockingIOError:
            pass
        except OSError as error:
            self._broken(now, error.strerror)

    def _connect(self, now):
        self.greeting = b""
        self.plug = socket.socket(wire.family_of(self.args.target), socket.SOCK_STREAM)
        self.plug.setblocking(False)
        self.plug.connect_ex((self.args.target, self.args.tcp_port))
        self.loop.watch(self.plug, READ, self.receive)

    def receive(self, now):
        try:
            data = self.plug.recv(65536)
        except BlockingIOError:
            return
        except OSError as error:
            self._broken(now, error.strerror)
            return
        if not data:
            self._broken(now, "closed by the other side")
            return
        if b"\n" not in self.greeting:
            self.greeting += data
            if b"\n" not in self.greeting:
                return
            source = self.greeting.split(b" ")[0].decode()
            self.tally.sources[source] = self.tally.sources.get(source, 0) + 1
            data = self.greeting.split(b"\n", 1)[1]
        for _ in range(data.count(b"\n")):
            self.tally.deliver(now)

    def _broken(self, now, reason):
        self.tally.fail(reason)
        self.loop.forget(self.plug)
        self.plug = None
        self.retry_at = now + STREAM_RETRY_SECONDS
