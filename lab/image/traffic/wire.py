"""Bytes on the wire: packets that the socket interface does not make, and DNS."""

import os
import socket
import struct

ECHO_PORT = 7
DNS_PORT = 53
HTTP_PORT = 80
STUN_PORT = 3478
STUN_COOKIE = 0x2112A442
TYPES = {"A": 1, "TXT": 16, "AAAA": 28}


def family_of(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def checksum(data):
    """The Internet checksum (RFC 1071)."""
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ipv4_packet(source, destination, protocol, payload):
    """A packet for a socket with IP_HDRINCL; the kernel fills in length, id and checksum."""
    return (
        struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(payload), 0, 0, 64, protocol, 0)
        + socket.inet_aton(source)
        + socket.inet_aton(destination)
        + payload
    )


def _with_pseudo_header(source, destination, protocol, segment):
    return (
        socket.inet_aton(source)
        + socket.inet_aton(destination)
        + struct.pack("!BBH", 0, protocol, len(segment))
        + segment
    )


def udp_segment(source, destination, ports, payload):
    """A UDP datagram with its header; `ports` is (source port, destination port)."""
    head = struct.pack("!HHHH", ports[0], ports[1], 8 + len(payload), 0)
    value = checksum(_with_pseudo_header(source, destination, 17, head + payload)) or 0xFFFF
    return head[:6] + struct.pack("!H", value) + payload


def tcp_segment(source, destination, ports, numbers, flags, payload=b""):
    """A TCP segment; `numbers` is (sequence, acknowledgement), `flags` the header's byte."""
    head = struct.pack(
        "!HHIIBBHHH",
        ports[0],
        ports[1],
        numbers[0] & 0xFFFFFFFF,
        numbers[1] & 0xFFFFFFFF,
        5 << 4,
        flags,
        1024,
        0,
        0,
    )
    value = checksum(_with_pseudo_header(source, destination, 6, head + payload))
    return head[:16] + struct.pack("!H", value) + head[18:] + payload


def icmp_echo(identifier, sequence, payload, v6=False):
    """An echo request; over IPv6 the kernel computes the checksum (RFC 3542, 3.1)."""
    kind = 128 if v6 else 8
    body = struct.pack("!HH", identifier, sequence) + payload
    value = 0 if v6 else checksum(struct.pack("!BBH", kind, 0, 0) + body)
    return struct.pack("!BBH", kind, 0, value) + body


def own_address(target):
    """The address with which the kernel would send to the target."""
    with socket.socket(family_of(target), socket.SOCK_DGRAM) as probe:
        probe.connect((target, 9))
        return probe.getsockname()[0]


def dns_query(identifier, name, kind):
    """A query with recursion desired."""
    labels = b"".join(bytes([len(part)]) + part.encode() for part in name.split("."))
    head = struct.pack("!HHHHHH", identifier, 0x0100, 1, 0, 0, 0)
    return head + labels + b"\0" + struct.pack("!HH", TYPES[kind], 1)


def _skip_name(message, at):
    while message[at]:
        if message[at] >= 0xC0:
            return at + 2
        at += 1 + message[at]
    return at + 1


def dns_answers(message):
    """The answer section as text: addresses of A and AAAA, strings of TXT."""
    count = struct.unpack("!H", message[6:8])[0]
    at = _skip_name(message, 12) + 4
    found = []
    for _ in range(count):
        at = _skip_name(message, at)
        kind, _, _, length = struct.unpack("!HHIH", message[at : at + 10])
        data = message[at + 10 : at + 10 + length]
        at += 10 + length
        if kind == 1:
            found.append(socket.inet_ntop(socket.AF_INET, data))
        elif kind == 28:
            found.append(socket.inet_ntop(socket.AF_INET6, data))
        elif kind == 16:
            found.append(data[1 : 1 + data[0]].decode("latin-1"))
    return found


def dns_code(message):
    return message[3] & 15


def stun_request():
    """A binding request (RFC 5389, 6)."""
    return struct.pack("!HHI", 1, 0, STUN_COOKIE) + os.urandom(12)


def stun_mapped(response):
    """Address and port of XOR-MAPPED-ADDRESS, the only attribute that the lab sends."""
    port = struct.unpack("!H", response[26:28])[0] ^ (STUN_COOKIE >> 16)
    value = struct.unpack("!I", response[28:32])[0] ^ STUN_COOKIE
    return socket.inet_ntop(socket.AF_INET, struct.pack("!I", value)), port


def resolver():
    """The first name server of the container."""
    with open("/etc/resolv.conf", encoding="utf-8") as lines:
        for line in lines:
            words = line.split()
            if len(words) > 1 and words[0] == "nameserver":
                return words[1]
    raise OSError("no name server in /etc/resolv.conf")
