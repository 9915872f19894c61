import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { eventSchema, networkSchema, toDockerNetwork } from './docker-schema.ts';

/* As Engine 20.10 answers `GET /v1.41/networks`; only what is never read was cut. */
const MADE_BY_US = {
  Name: 'z_custom_a',
  Id: '7f8c9e0d1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5',
  Scope: 'local',
  Driver: 'bridge',
  EnableIPv6: false,
  IPAM: {
    Driver: 'default',
    Options: null,
    Config: [
      {
        Subnet: '172.19.0.0/16',
        Gateway: '172.19.0.1',
        AuxiliaryAddresses: { 'sallyport-probe': '172.19.255.254' },
      },
    ],
  },
  Internal: false,
  Attachable: true,
  Containers: {},
  Options: {
    'com.docker.network.bridge.enable_icc': 'false',
    'com.docker.network.bridge.enable_ip_masquerade': 'false',
    'com.docker.network.bridge.name': 'z_custom_a',
  },
  Labels: { 'io.sallyport.managed': 'true', 'io.sallyport.network-id': 'x' },
};
const read = (answer: unknown) => toDockerNetwork(networkSchema.parse(answer));

describe('a network of Docker', () => {
  it('is read as far as egress is concerned', () => {
    expect(read(MADE_BY_US)).toEqual({
      id: MADE_BY_US.Id,
      name: 'z_custom_a',
      driver: 'bridge',
      scope: 'local',
      internal: false,
      ipv6: false,
      subnets6: [],
      subnets: ['172.19.0.0/16'],
      gateway: '172.19.0.1',
      bridge: 'z_custom_a',
      masquerade: false,
      icc: false,
      reserved: { 'sallyport-probe': '172.19.255.254' },
      labels: MADE_BY_US.Labels,
    });
  });

  it('has Docker’s defaults where nothing is set: a bridge of its id, masquerade, traffic within', () => {
    expect(read({ ...MADE_BY_US, Options: {}, Labels: null })).toMatchObject({
      bridge: 'br-7f8c9e0d1a2b',
      masquerade: true,
      icc: true,
      labels: {},
    });
  });

  it.each([null, undefined, { Config: null }, { Config: [] }, {}])(
    'may have no addresses at all: %j',
    (IPAM) => {
      expect(read({ ...MADE_BY_US, IPAM })).toMatchObject({
        subnets: [],
        gateway: null,
        reserved: {},
      });
    },
  );

  it('gives its IPv4 subnets only, and a gateway without its length', () => {
    const Config = [
      { Subnet: 'fd00::/64', Gateway: 'fd00::1' },
      { Subnet: '172.19.0.0/16', Gateway: '172.19.0.1/16' },
      { Subnet: '172.21.0.0/16' },
    ];
    expect(read({ ...MADE_BY_US, EnableIPv6: true, IPAM: { Config } })).toMatchObject({
      ipv6: true,
      subnets: ['172.19.0.0/16', '172.21.0.0/16'],
      gateway: '172.19.0.1',
    });
  });

  it.each(['Id', 'Name', 'Driver'])('is nothing without %s', (key) => {
    expect(() => read({ ...MADE_BY_US, [key]: undefined })).toThrow(z.ZodError);
  });
});

describe('an event of Docker', () => {
  it('may come without attributes', () => {
    const event = { Type: 'network', Action: 'destroy', Actor: { ID: 'x' } };
    expect(eventSchema.parse(event).Actor).toEqual({ ID: 'x', Attributes: {} });
  });
});
