"""One question and its answer, over each protocol that is answered.

Each function returns a dictionary for the JSON result; `ok` decides the exit code.
"""

import os
import socket
import struct
import time

from . import wire


def _read_line(stream):
    data = b""
    while not data.endswith(b"\n"):
        chunk = stream.recv(256)
        if not chunk:
            raise OSError("closed before a whole line came")
        data += chunk
    return data


def _read_exactly(stream, length):
    data = b""
    while len(data) < length:
        chunk = stream.recv(length - len(data))
        if not chunk:
            raise OSError("closed too early")
        data += chunk
    return data


def _connect(args, port):
    stream = socket.create_connection((args.target, args.port or port), args.timeout)
    stream.settimeout(args.timeout)
    return stream


def tcp(args):
    """Connects to the echo, reads who it sees, sends the tag and wants it back."""
    started = time.monotonic()
    with _connect(args, wire.ECHO_PORT) as stream:
        connected = time.monotonic()
        greeting = _read_exactly(stream, 1)
        while not greeting.endswith(b"\n"):
            greeting += _read_exactly(stream, 1)
        source, port = greeting.decode().split()
        tag = args.tag.encode()
        stream.sendall(tag)
        echoed = _read_exactly(stream, len(tag))
    return {
        "ok": echoed == tag,
        "source": source,
        "port": int(port),
        "ms": round((connected - started) * 1000, 2),
    }


def first(args):
    """The very first act: connect; then stay if asked to."""
    result = tcp(args)
    if not args.stay:
        return result
    print_result = args.emit
    print_result(dict(result, protocol="first"))
    while True:
        time.sleep(3600)


def http(args):
    """GET of a path that carries the tag."""
    with _connect(args, wire.HTTP_PORT) as stream:
        head = "GET /%s HTTP/1.0\r\nHost: %s\r\n\r\n" % (args.tag, args.target)
        stream.sendall(head.encode())
        response = b""
        while chunk := stream.recv(4096):
            response += chunk
    status, _, rest = response.decode("latin-1").partition("\r\n")
    return {"ok": " 200 " in status, "source": rest.split("\r\n\r\n", 1)[1].strip()}


def _ask_udp(args, port, payload, size=65535):
    with socket.socket(wire.family_of(args.target), socket.SOCK_DGRAM) as plug:
        plug.settimeout(args.timeout)
        plug.connect((args.target, args.port or port))
        plug.send(payload)
        return plug.recv(size)


def udp(args):
    """One datagram to the echo and back."""
    tag = args.tag.encode()
    source, port, echoed = _ask_udp(args, wire.ECHO_PORT, tag).split(b" ", 2)
    return {"ok": echoed == tag, "source": source.decode(), "port": int(port)}


def fragments(args):
    """A datagram that is bigger than the path: fragments there and back."""
    tag = args.tag.encode().ljust(args.size, b".")
    source, port, echoed = _ask_udp(args, wire.ECHO_PORT, tag).split(b" ", 2)
    return {"ok": echoed == tag, "source": source.decode(), "port": int(port), "bytes": args.size}


def stun(args):
    """Asks for the mapped address (RFC 5389)."""
    source, port = wire.stun_mapped(_ask_udp(args, wire.STUN_PORT, wire.stun_request()))
    return {"ok": True, "source": source, "port": port}


def icmp(args):
    """Echo requests until one is answered; the answer does not say which source was seen."""
    v6 = ":" in args.target
    kind = socket.IPPROTO_ICMPV6 if v6 else socket.IPPROTO_ICMP
    identifier = os.getpid() & 0xFFFF
    with socket.socket(wire.family_of(args.target), socket.SOCK_RAW, kind) as plug:
        plug.settimeout(args.timeout)
        for sequence in range(args.count):
            request = wire.icmp_echo(identifier, sequence, args.tag.encode(), v6)
            plug.sendto(request, (args.target, 0))
        deadline = time.monotonic() + args.timeout
        while time.monotonic() < deadline:
            data, peer = plug.recvfrom(2048)
            body = data if v6 else data[(data[0] & 15) * 4 :]
            reply = body[0] == (129 if v6 else 0)
            if reply and struct.unpack("!H", body[4:6])[0] == identifier:
                return {"ok": True, "from": peer[0]}
    return {"ok": False, "error": "timed out"}


def _ask_dns_tcp(args, server, query):
    with socket.create_connection((server, args.port or wire.DNS_PORT), args.timeout) as stream:
        stream.settimeout(args.timeout)
        stream.sendall(struct.pack("!H", len(query)) + query)
        return _read_exactly(stream, struct.unpack("!H", _read_exactly(stream, 2))[0])


def dns(args):
    """One question; the lab's server answers TXT with the address that it was asked from."""
    server = args.server or wire.resolver()
    name = args.name or "%s.lab.test" % args.tag
    query = wire.dns_query(os.getpid() & 0xFFFF, name, args.type)
    if args.tcp:
        message = _ask_dns_tcp(args, server, query)
    else:
        with socket.socket(wire.family_of(server), socket.SOCK_DGRAM) as plug:
            plug.settimeout(args.timeout)
            plug.connect((server, args.port or wire.DNS_PORT))
            plug.send(query)
            message = plug.recv(4096)
    answers = wire.dns_answers(message)
    code = wire.dns_code(message)
    result = {"ok": code == 0 and bool(answers), "code": code, "answers": answers, "server": server}
    return dict(result, source=answers[0]) if args.type == "TXT" and answers else result


def hold(args):
    """Opens connections to one destination and keeps them, to use up ports."""
    kept, sources, failed = [], {}, 0
    for _ in range(args.count):
        try:
            stream = _connect(args, wire.ECHO_PORT)
            source = _read_line(stream).split()[0].decode()
            sources[source] = sources.get(source, 0) + 1
            kept.append(stream)
        except OSError:
            failed += 1
    time.sleep(args.seconds)
    return {"ok": failed == 0, "open": len(kept), "failed": failed, "sources": sources}


def ipv6(args):
    """TCP, UDP and ICMP over IPv6; ok when any of them is answered."""
    if ":" not in args.target:
        args.target = "2001:db8:ffff::10"
    results = {}
    for name, ask in (("tcp", tcp), ("udp", udp), ("icmp", icmp)):
        try:
            results[name] = ask(args)
        except OSError as error:
            results[name] = {"ok": False, "error": str(error)}
    return {"ok": any(each["ok"] for each in results.values()), "results": results}
