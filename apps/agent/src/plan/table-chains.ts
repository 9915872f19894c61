import { MARK_MASK, markOf } from '../constants.ts';
import type { NftChain } from '../ports/nft.ts';
import { UPLOAD_RULE } from './table-bandwidth.ts';
import { HOST_SERVICE_RULES } from './table-destinations.ts';
import { STRAY_RULES } from './table-strays.ts';
import { hex, hooked, jumped, stop } from './table-text.ts';

/** The rules, the same on every host. A packet's way through them is drawn in ARCHITECTURE.md. */
export const CHAINS: Readonly<Record<string, NftChain>> = {
  /* A connection that began by a former address goes on by its way, which its mark tells. */
  keep_way: jumped([`ct mark & ${hex(MARK_MASK)} vmap @reply_ways`]),
  /* Choose the way out by bridge and never by a mark that came along; bring replies back by theirs. */
  from_bridge: jumped([
    `meta mark set meta mark & ${hex(~MARK_MASK >>> 0)}`,
    'ct direction original ct state established meta nfproto ipv4 iifname @draining goto keep_way',
    'ct direction original iifname . ip saddr vmap @ways_each',
    'ct direction original meta nfproto ipv4 iifname vmap @ways',
    'ct direction original meta nfproto ipv6 iifname vmap @ways6',
    `ct direction reply ct mark & ${hex(MARK_MASK)} vmap @reply_ways`,
  ]),
  choose_way: hooked('type filter hook prerouting priority mangle; policy accept;', [
    'iifname @bridges goto from_bridge',
    `ct direction reply ct mark & ${hex(MARK_MASK)} vmap @reply_ways`,
  ]),
  /* INVALID packets (late RST and FIN) skip NAT and would leave with the container's source (moby #18630). */
  from_container: jumped([
    `ct state invalid ${stop('drop_invalid')}`,
    `meta nfproto ipv6 iifname != @bridges6 ${stop('drop_ipv6')}`,
    `iifname . ip saddr != @sources4 ${stop('drop_spoofed')}`,
    `iifname . ip6 saddr != @sources6 ${stop('drop_spoofed')}`,
    `oifname != @uplinks ${stop('drop_inside')}`,
    `ip daddr 224.0.0.0-255.255.255.255 ${stop('drop_special')}`,
    `ip6 daddr ff00::/8 ${stop('drop_special')}`,
    'jump destinations',
    UPLOAD_RULE,
  ]),
  /*
   * A connection to a published port goes back by the uplink that it came by. After Docker's DNAT, so that
   * only what is for containers is marked, and before routing: the reverse-path check looks up the way
   * back from the container's address, which without a mark is closed.
   */
  arrive: hooked('type filter hook prerouting priority dstnat + 1; policy accept;', [
    'ct direction original ip daddr @managed4 iifname vmap @arrivals',
    'ct direction original ip6 daddr @managed6 iifname vmap @arrivals6',
  ]),
  /* The mark has done its work; in DOCKER-USER it would take the short cut past Docker's own filter. */
  to_container: jumped([
    `ct direction original meta mark set meta mark & ${hex(~MARK_MASK >>> 0)}`,
  ]),
  forward: hooked('type filter hook forward priority filter - 5; policy accept;', [
    'iifname @bridges goto from_container',
    ...STRAY_RULES,
    `ip saddr @managed4 ${stop('drop_spoofed')}`,
    `ip6 saddr @managed6 ${stop('drop_spoofed')}`,
    'oifname @bridges goto to_container',
    // A reply whose container can't be reached, because its bridge or the way back (rule 4000) is gone:
    // its restored mark would send it out by the uplink again, with the container's address in it.
    `ip daddr @managed4 ${stop('drop_inside')}`,
    `ip6 daddr @managed6 ${stop('drop_inside')}`,
    // A late reply to an egress address that is gone: forwarding it would end in an ICMP error from
    // the host's main address, which tells the other side whose address this was.
    `iifname @uplinks ip daddr @bound4 ${stop('drop_refusal')}`,
    `iifname @uplinks ip6 daddr @bound6 ${stop('drop_refusal')}`,
  ]),
  /*
   * A late reply to a flow that was ended reaches the host itself, which refuses it, in the egress
   * address's name but by the main table's way. Refusals leave by the address's own uplink or not.
   */
  refusals: jumped([
    `tcp flags & rst == rst ${stop('drop_refusal')}`,
    `icmp type destination-unreachable ${stop('drop_refusal')}`,
    `icmpv6 type destination-unreachable ${stop('drop_refusal')}`,
  ]),
  output: hooked('type filter hook output priority filter - 5; policy accept;', [
    'ip saddr @bound4 ip saddr . oifname != @homes4 jump refusals',
    'ip6 saddr @bound6 ip6 saddr . oifname != @homes6 jump refusals',
  ]),
  input: hooked('type filter hook input priority filter - 5; policy accept;', [
    'iifname @bridges ct state related accept',
    'iifname @bridges ct state established ct direction reply accept',
    // Without neighbour discovery (RFC 4861) no container finds its gateway; nobody tracks it.
    'iifname @bridges6 icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept',
    ...HOST_SERVICE_RULES,
    `iifname @bridges ${stop('drop_host')}`,
  ]),
  /* One before srcnat, so that the binding is ours before any rule of Docker or iptables sees the packet. */
  translate: hooked('type nat hook postrouting priority srcnat - 1; policy accept;', [
    'oifname @uplinks snat ip to ip saddr map @snat4_each',
    'oifname @uplinks snat ip to ip saddr map @snat4',
    'oifname @uplinks snat ip6 to ip6 saddr map @snat6',
  ]),
  /*
   * The guard proper: what came from a managed subnet leaves by the interface and the address that
   * belong together, while the kernel itself still holds that address there (`fib`), or not at all.
   */
  allowed: jumped([
    'ct original ip saddr . oifname . ip saddr @egress4 fib saddr . oif type local accept',
    'ct original ip saddr . ip saddr @egress4_main fib saddr type local accept',
    'ct original ip saddr . oifname . ip saddr @egress4_each fib saddr . oif type local accept',
    'ct original ip saddr . ip saddr @egress4_each_main fib saddr type local accept',
    'ct original ip6 saddr . oifname . ip6 saddr @egress6 fib saddr . oif type local accept',
    'ct original ip6 saddr . ip6 saddr @egress6_main fib saddr type local accept',
    stop('drop_wrong_egress'),
  ]),
  guard: hooked('type filter hook postrouting priority srcnat + 1; policy accept;', [
    'oifname "lo" accept',
    'oifname @bridges accept',
    `ip saddr @managed4 ${stop('drop_untranslated')}`,
    `ip6 saddr @managed6 ${stop('drop_untranslated')}`,
    'ct direction original ct original ip saddr @managed4 jump allowed',
    'ct direction original ct original ip6 saddr @managed6 jump allowed',
  ]),
};

/** For each slot: set the mark on packet and connection, and set it on the packet alone. */
export function slotChains(slots: readonly number[]): Record<string, NftChain> {
  const keep = hex(~MARK_MASK >>> 0);
  return Object.fromEntries(
    slots.flatMap((slot) => {
      const mark = hex(markOf(slot));
      const setPacket = `meta mark set meta mark & ${keep} | ${mark}`;
      const setFlow = `ct mark set ct mark & ${keep} | ${mark}`;
      return [
        [`way_${slot}`, jumped([setPacket, setFlow])],
        [`restore_${slot}`, jumped([setPacket])],
      ];
    }),
  );
}
