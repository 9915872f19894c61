import { describe, expect, it } from 'vitest';
import type { NftTable } from '../ports/nft.ts';
import { parseListing, renderDelta, renderReplace } from './nft-text.ts';

const TABLE: NftTable = {
  counters: ['drop_spoofed', 'drop_host'],
  limits: {},
  sets: {
    bridges: { kind: 'set', type: 'ifname', interval: false, elements: ['"z_a"', '"z_b"'] },
    uplinks: { kind: 'set', type: 'ifname', interval: false, elements: [] },
    snat4: {
      kind: 'map',
      type: 'ipv4_addr : ipv4_addr',
      interval: true,
      elements: ['172.19.0.0/16 : 192.168.4.153'],
    },
  },
  chains: {
    way_1: { hook: null, rules: ['meta mark set 0x01000000'] },
    guard: {
      hook: 'type filter hook postrouting priority srcnat + 1; policy accept;',
      rules: ['oifname @bridges accept', 'counter name drop_host drop'],
    },
  },
};

describe('the file that replaces the table', () => {
  it('names the table before it deletes it, so that it works where there is none', () => {
    const text = renderReplace(TABLE, { drop_host: { packets: 3, bytes: 180 } });
    expect(text).toMatchInlineSnapshot(`
      "table inet sallyport {}
      delete table inet sallyport
      table inet sallyport {
        counter drop_spoofed { packets 0 bytes 0; }
        counter drop_host { packets 3 bytes 180; }
        set bridges {
          type ifname;
          elements = { "z_a", "z_b" }
        }
        set uplinks {
          type ifname;
        }
        map snat4 {
          type ipv4_addr : ipv4_addr;
          flags interval;
          elements = { 172.19.0.0/16 : 192.168.4.153 }
        }
        chain way_1 {
          meta mark set 0x01000000
        }
        chain guard {
          type filter hook postrouting priority srcnat + 1; policy accept;
          oifname @bridges accept
          counter name drop_host drop
        }
      }
      "
    `);
  });
});

describe('the file that changes elements', () => {
  it('removes before it adds', () => {
    const text = renderDelta({
      add: { snat4: ['172.19.0.0/16 : 192.168.4.53'] },
      remove: {
        snat4: ['172.19.0.0/16 : 192.168.4.153'],
        managed4: ['10.0.0.0/24', '10.0.1.0/24'],
      },
    });
    expect(text).toBe(
      [
        'delete element inet sallyport snat4 { 172.19.0.0/16 : 192.168.4.153 }',
        'delete element inet sallyport managed4 { 10.0.0.0/24, 10.0.1.0/24 }',
        'add element inet sallyport snat4 { 172.19.0.0/16 : 192.168.4.53 }',
        '',
      ].join('\n'),
    );
  });

  it('is empty where nothing differs', () => {
    expect(renderDelta({ add: {}, remove: {} })).toBe('');
  });
});

/* As nft 1.0.6 prints it with -s, tabs and line breaks included. */
const LISTING = `table inet sallyport {
	counter drop_x {
	}

	set bridges {
		type ifname
		elements = { "z_b",
			     "z_a" }
	}

	set empty {
		type ipv4_addr
		flags interval
	}

	set managed4 {
		type ipv4_addr
		flags interval
		elements = { 10.208.0.0/24, 10.208.1.0/24,
			     10.208.2.0/24, 10.208.3.0/24,
			     10.208.9.9, 172.19.0.0/16 }
	}

	set egress4 {
		type ipv4_addr . ifname . ipv4_addr
		flags interval
		elements = { 10.208.0.0/24 . "enp0s3" . 192.168.4.153,
			     172.20.0.0/16 . "enp0s8" . 192.168.56.103 }
	}

	map snat4 {
		type ipv4_addr : ipv4_addr
		flags interval
		elements = { 10.208.0.0/24 : 192.168.4.153, 10.208.1.0/24 : 192.168.4.153,
			     172.20.0.0/16 : 192.168.56.103 }
	}

	map ways {
		type ifname : verdict
		elements = { "z_a" : jump way_1,
			     "z_b" : jump way_1 }
	}

	map marks {
		type mark : verdict
		elements = { 0x01000000 : jump way_1 }
	}

	chain way_1 {
		meta mark set meta mark & 0x01ffffff | 0x01000000
	}

	chain guard {
		type filter hook postrouting priority srcnat + 1; policy accept;
		ip daddr { 169.254.0.0/16, 224.0.0.0/3 } counter name "drop_x" drop
		iifname . ip saddr != { "z_a" . 10.0.0.1 } drop
		iifname vmap @ways
	}
}
`;

describe('a listing taken apart', () => {
  it('gives the elements of every set and map, sorted, wrapped or not', () => {
    expect(parseListing(LISTING).elements).toEqual({
      bridges: ['"z_a"', '"z_b"'],
      empty: [],
      managed4: [
        '10.208.0.0/24',
        '10.208.1.0/24',
        '10.208.2.0/24',
        '10.208.3.0/24',
        '10.208.9.9',
        '172.19.0.0/16',
      ],
      egress4: [
        '10.208.0.0/24 . "enp0s3" . 192.168.4.153',
        '172.20.0.0/16 . "enp0s8" . 192.168.56.103',
      ],
      snat4: [
        '10.208.0.0/24 : 192.168.4.153',
        '10.208.1.0/24 : 192.168.4.153',
        '172.20.0.0/16 : 192.168.56.103',
      ],
      ways: ['"z_a" : jump way_1', '"z_b" : jump way_1'],
      marks: ['0x01000000 : jump way_1'],
    });
  });

  it('leaves sets within rules where they are', () => {
    const { structure } = parseListing(LISTING);
    expect(structure).toContain('ip daddr { 169.254.0.0/16, 224.0.0.0/3 }');
    expect(structure).not.toContain('elements');
    expect(structure).not.toContain('10.208.');
  });

  it('has the same structure whatever the elements are, and another one for another rule', () => {
    const { structure } = parseListing(LISTING);
    const fewer = LISTING.replace(/\t\telements = \{ "z_b",[^}]*\}\n/, '');
    expect(fewer).not.toBe(LISTING);
    expect(parseListing(fewer)).toMatchObject({ structure, elements: { bridges: [] } });
    const opened = LISTING.replace('iifname vmap @ways', 'iifname vmap @ways accept');
    expect(parseListing(opened).structure).not.toBe(structure);
    // Also where a set was given a flag or another type.
    const retyped = LISTING.replace('type mark : verdict', 'type ipv4_addr : verdict');
    expect(parseListing(retyped).structure).not.toBe(structure);
  });

  it('takes a table without sets', () => {
    const text = 'table inet sallyport {\n}\n';
    expect(parseListing(text)).toEqual({ elements: {}, structure: text });
  });
});
