"""traffic MODE [options]: prints JSON; exit code 0 when it worked, 1 when not, 2 on bad usage."""

import argparse
import json
import os
import sys

from . import limits, load, oneshot, raw

MODES = {
    "first": oneshot.first,
    "tcp": oneshot.tcp,
    "http": oneshot.http,
    "udp": oneshot.udp,
    "icmp": oneshot.icmp,
    "dns": oneshot.dns,
    "stun": oneshot.stun,
    "fragments": oneshot.fragments,
    "hold": oneshot.hold,
    "ipv6": oneshot.ipv6,
    "raw": raw.raw,
    "spoof": raw.spoof,
    "rst": raw.rst,
    "multicast": raw.multicast,
    "ports": limits.ports,
    "pmtu": limits.pmtu,
    "ra": limits.ra,
    "load": load.load,
}


def parse(argv):
    parser = argparse.ArgumentParser(prog="traffic", description="traffic of every kind")
    parser.add_argument("mode", choices=MODES)
    parser.add_argument("--target", default="198.51.100.10", help="the machine beyond")
    parser.add_argument("--tag", default="t%d" % os.getpid(), help="marks the payload")
    parser.add_argument("--port", type=int, default=0, help="instead of the service's own")
    parser.add_argument("--timeout", type=float, default=3.0, help="seconds")
    parser.add_argument("--count", type=int, default=1)
    parser.add_argument("--stay", action="store_true", help="first: sleep afterwards")
    parser.add_argument("--tcp", action="store_true", help="dns: over TCP")
    parser.add_argument("--server", default="", help="dns: instead of the container's resolver")
    parser.add_argument("--name", default="", help="dns: instead of TAG.lab.test")
    parser.add_argument("--type", default="TXT", choices=("A", "AAAA", "TXT"))
    parser.add_argument("--size", type=int, default=4000, help="fragments: bytes")
    parser.add_argument("--protocol", type=int, default=253, help="raw: number")
    parser.add_argument("--source", default="", help="spoof: the forged source")
    parser.add_argument("--also", action="append", default=[], help="multicast: one more")
    parser.add_argument("--interface", default="eth0", help="ra: by which")
    parser.add_argument("--prefix", default="2001:db8:aa::", help="ra: of 64 bits")
    parser.add_argument("--seconds", type=float, default=0, help="load: 0 is until SIGTERM")
    parser.add_argument("--report-ms", type=float, default=1000)
    parser.add_argument("--tcp-port", type=int, default=7)
    parser.add_argument("--udp-port", type=int, default=7)
    parser.add_argument("--tcp-rate", type=float, default=100, help="a second; 0 is off")
    parser.add_argument("--udp-rate", type=float, default=500)
    parser.add_argument("--icmp-rate", type=float, default=10)
    parser.add_argument("--stream-rate", type=float, default=50)
    parser.add_argument("--dns-rate", type=float, default=10)
    parser.add_argument("--dns-server", default="", help="load: instead of the target")
    args = parser.parse_args(argv)
    if args.mode == "spoof" and not args.source:
        parser.error("spoof needs --source")
    return args


def emit(result):
    print(json.dumps(result), flush=True)


def main():
    args = parse(sys.argv[1:])
    args.emit = emit
    try:
        result = MODES[args.mode](args)
    except OSError as error:
        result = {"ok": False, "error": str(error)}
    emit(dict({"protocol": args.mode}, **result))
    return 0 if result["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
