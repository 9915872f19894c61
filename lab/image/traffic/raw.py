"""Packets that nobody answers. Whether they left, and how, is the capture's to say.

Each needs CAP_NET_RAW, which Docker gives by default. Each returns what was sent;
a packet that the kernel refuses is counted and named, not hidden.
"""

import socket
import time

from . import wire

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
MULTICAST = (
    ("mdns", "224.0.0.251", 5353),
    ("ssdp", "239.255.255.250", 1900),
    ("all-hosts", "224.0.0.1", 9),
    ("global", "239.1.2.3", 9),
    ("broadcast", "255.255.255.255", 9),
)


class Sender:
    """Counts what went out and what the kernel refused."""

    def __init__(self):
        self.plug = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
        self.plug.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        self.sent = {}
        self.refused = {}

    def send(self, name, packet, destination):
        try:
            self.plug.sendto(packet, (destination, 0))
            self.sent[name] = self.sent.get(name, 0) + 1
        except OSError as error:
            self.refused[name] = str(error)

    def result(self):
        return {"ok": bool(self.sent), "sent": self.sent, "refused": self.refused}


def raw(args):
    """Packets of any protocol number: 47 GRE, 50 ESP, 253 for experiments (RFC 3692)."""
    sender = Sender()
    own = wire.own_address(args.target)
    # GRE with a key (RFC 2890): translation drops a header of less than 8 bytes.
    heads = {47: b"\x20\0\x08\0\0\0\0\1", 50: b"\0\0\x10\x01\0\0\0\x01"}
    payload = heads.get(args.protocol, b"") + args.tag.encode()
    for _ in range(args.count):
        packet = wire.ipv4_packet(own, args.target, args.protocol, payload)
        sender.send("ip-%d" % args.protocol, packet, args.target)
    return sender.result()


def spoof(args):
    """TCP, UDP and ICMP with a source that is not ours."""
    sender = Sender()
    source, target = args.source, args.target
    tag = args.tag.encode()
    port = args.port or wire.ECHO_PORT
    for number in range(args.count):
        ports = (40000 + number % 20000, port)
        segments = (
            ("udp", 17, wire.udp_segment(source, target, ports, tag)),
            ("tcp", 6, wire.tcp_segment(source, target, ports, (number, 0), SYN)),
            ("icmp", 1, wire.icmp_echo(number & 0xFFFF, 1, tag)),
        )
        for name, protocol, segment in segments:
            sender.send(name, wire.ipv4_packet(source, target, protocol, segment), target)
    return sender.result()


def rst(args):
    """RST, FIN and data after the end, segments outside the window, ICMP errors.

    Connection tracking calls these INVALID and network address translation passes
    them by: the classic way in which a private source leaves a host.
    """
    sender = Sender()
    own, target = wire.own_address(args.target), args.target
    port = args.port or wire.ECHO_PORT
    tag = args.tag.encode()

    def segment(name, ports, numbers, flags):
        body = wire.tcp_segment(own, target, ports, numbers, flags, tag)
        sender.send(name, wire.ipv4_packet(own, target, 6, body), target)

    for number in range(args.count):
        with socket.create_connection((target, port), args.timeout) as stream:
            ports = (stream.getsockname()[1], port)
            segment("out-of-window", ports, (0x40000000 + number, 0x40000000), ACK | PSH)
            segment("out-of-window-rst", ports, (0x60000000 + number, 0), RST)
            # A reset at the end instead of a long TIME_WAIT, which would still be valid.
            stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        time.sleep(0.02)
        for name, flags in (("late-fin", FIN | ACK), ("late-rst", RST), ("late-ack", ACK | PSH)):
            segment(name, ports, (1000 + number, 1000), flags)
        stray = (50000 + number % 10000, port)
        for name, flags in (("stray-synack", SYN | ACK), ("stray-rst", RST | ACK), ("stray-fin", FIN)):
            segment(name, stray, (number, 1), flags)
        quoted = wire.ipv4_packet(target, own, 17, wire.udp_segment(target, own, (port, 9), tag))
        for name, kind, code in (("icmp-unreachable", 3, 3), ("icmp-time", 11, 0)):
            body = bytes([kind, code, 0, 0, 0, 0, 0, 0]) + quoted[:60]
            value = wire.checksum(body)
            body = body[:2] + bytes([value >> 8, value & 255]) + body[4:]
            sender.send(name, wire.ipv4_packet(own, target, 1, body), target)
    return sender.result()


def multicast(args):
    """mDNS, SSDP, other multicast, broadcast; --also adds destinations, such as a directed one."""
    sender = Sender()
    own = wire.own_address(args.target)
    more = tuple(("also", address, args.port or wire.ECHO_PORT) for address in args.also)
    for name, destination, port in MULTICAST + more:
        for _ in range(args.count):
            body = wire.udp_segment(own, destination, (port, port), args.tag.encode())
            # A TTL of 64, as any router that forwards these would let them through.
            sender.send(name, wire.ipv4_packet(own, destination, 17, body), destination)
    return sender.result()
