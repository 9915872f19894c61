"""The load that runs while something happens to the host.

One loop, no threads: every kind of traffic is a flow with a rate, the loop calls
each when it is due, and reads whatever has come.
"""

import json
import selectors
import signal
import sys
import time

from . import flows

DRAIN_SECONDS = 0.5


class Loop:
    """What the flows share: the selector, the arguments, the clock."""

    def __init__(self, args):
        self.args = args
        self.selector = selectors.DefaultSelector()
        self.stopping = False

    def watch(self, plug, events, callback):
        self.selector.register(plug, events, callback)

    def change(self, plug, events, callback):
        self.selector.modify(plug, events, callback)

    def forget(self, plug):
        """Closes a socket; closing twice is harmless."""
        try:
            self.selector.unregister(plug)
        except (KeyError, ValueError):
            pass
        plug.close()


def _planned(loop):
    args = loop.args
    rates = (
        (flows.TcpConnections, args.tcp_rate),
        (flows.UdpSequence, args.udp_rate),
        (flows.IcmpEchoes, args.icmp_rate),
        (flows.LongStream, args.stream_rate),
        (flows.DnsQuestions, args.dns_rate),
    )
    return [(kind(loop), 1 / rate) for kind, rate in rates if rate > 0]


def _report(planned, args, now, final=False):
    line = {"at": round(time.time() * 1000), "final": final, "tag": args.tag}
    for flow, _ in planned:
        line[flow.name] = flow.tally.report(now)
    print(json.dumps(line), flush=True)


def load(args):
    """Sends until the time is over or SIGTERM comes; prints a JSON line for each period."""
    loop = Loop(args)
    planned = _planned(loop)

    def stop(_signal, _frame):
        loop.stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    now = time.monotonic()
    end = now + args.seconds if args.seconds > 0 else float("inf")
    due = [now for _ in planned]
    report_at = now + args.report_ms / 1000
    while now < end and not loop.stopping:
        for index, (flow, interval) in enumerate(planned):
            if now < due[index]:
                continue
            flow.tick(now)
            # After a pause the missed sends are not made up for: a burst is no load.
            due[index] = max(due[index] + interval, now - 10 * interval)
        if now >= report_at:
            _report(planned, args, now)
            report_at += args.report_ms / 1000
        wait = min([*due, report_at, end]) - time.monotonic()
        _serve(loop, max(0, wait))
        now = time.monotonic()
    deadline = time.monotonic() + DRAIN_SECONDS
    while time.monotonic() < deadline:
        _serve(loop, deadline - time.monotonic())
    # As of the last send: the time of draining is no gap.
    _report(planned, args, now, final=True)
    sys.exit(0 if any(flow.tally.delivered for flow, _ in planned) else 1)


def _serve(loop, wait):
    for key, _ in loop.selector.select(max(0, wait)):
        key.data(time.monotonic())
