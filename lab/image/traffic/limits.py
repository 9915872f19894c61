"""Where the paths end: ports that run out, packets that are too big, routers that were not asked for."""

import selectors
import socket
import struct
import time

from . import wire

# linux/in.h; Python's socket module does not name them.
IP_MTU_DISCOVER, IP_PMTUDISC_DO, IP_MTU = 10, 2, 14


def ports(args):
    """A datagram from each of the ports 1 to 511, and who was seen by those that are answered.

    Source ports below 512 stay below 512 when they are translated, so that two containers are
    enough to want more ports of one address than there are.
    """
    selector, sources = selectors.DefaultSelector(), {}
    for port in range(1, 512):
        plug = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        plug.bind(("", port))
        plug.connect((args.target, args.port or wire.ECHO_PORT))
        plug.send(args.tag.encode())
        selector.register(plug, selectors.EVENT_READ)
    answered, deadline = 0, time.monotonic() + args.timeout
    while (wait := deadline - time.monotonic()) > 0 and selector.get_map():
        for key, _ in selector.select(wait):
            selector.unregister(key.fileobj)
            source = key.fileobj.recv(2048).split()[0].decode()
            sources[source] = sources.get(source, 0) + 1
            answered += 1
    return {"ok": answered > 0, "sent": 511, "answered": answered, "sources": sources}


def pmtu(args):
    """Datagrams that must not be fragmented, until the kernel has learned how big they may be."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as plug:
        plug.setsockopt(socket.IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO)
        plug.connect((args.target, args.port or wire.ECHO_PORT))
        first = plug.getsockopt(socket.IPPROTO_IP, IP_MTU)
        deadline = time.monotonic() + args.timeout
        now = first
        while now == first and time.monotonic() < deadline:
            try:
                plug.send(args.tag.encode().ljust(first - 28, b"."))
            except OSError:
                # EMSGSIZE once it is known, or the ICMP error itself: what counts is IP_MTU.
                pass
            time.sleep(0.05)
            now = plug.getsockopt(socket.IPPROTO_IP, IP_MTU)
    return {"ok": now < first, "before": first, "after": now}


def ra(args):
    """Router advertisements (RFC 4861, 4.2) for a /64 by an interface, as a rogue router would send."""
    plug = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
    index = socket.if_nametoindex(args.interface)
    # The kernel believes only those that no router has forwarded.
    plug.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
    plug.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, index)
    prefix = socket.inet_pton(socket.AF_INET6, args.prefix)
    head = struct.pack("!BBHBBHII", 134, 0, 0, 64, 0, 1800, 0, 0)
    option = struct.pack("!BBBBIII", 3, 4, 64, 0xC0, 86400, 14400, 0) + prefix
    for _ in range(args.count):
        plug.sendto(head + option, ("ff02::1", 0, 0, index))
        time.sleep(0.1)
    return {"ok": True, "sent": args.count}
