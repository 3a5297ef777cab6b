import { BlockList } from 'node:net';
import fc from '../../support/property.js';
import { describe, expect, it } from 'vitest';
import { isPublic } from '../../../src/platforms/public-address.js';

/**
 * What is not the public internet, written down once more from IANA's registries of special-purpose addresses and
 * checked by Node's own arithmetic; and first and last addresses, spelled out.
 */
const blocks4 = [
  ['0.0.0.0', 8, '0.255.255.255'], // this network
  ['10.0.0.0', 8, '10.255.255.255'], // private
  ['100.64.0.0', 10, '100.127.255.255'], // behind a provider's NAT
  ['127.0.0.0', 8, '127.255.255.255'], // loopback
  ['169.254.0.0', 16, '169.254.255.255'], // link-local; clouds tell their secrets at 169.254.169.254
  ['172.16.0.0', 12, '172.31.255.255'], // private
  ['192.0.0.0', 24, '192.0.0.255'], // protocols
  ['192.0.2.0', 24, '192.0.2.255'], // documentation
  ['192.31.196.0', 24, '192.31.196.255'], // AS112
  ['192.52.193.0', 24, '192.52.193.255'], // AMT
  ['192.88.99.0', 24, '192.88.99.255'], // 6to4 relays
  ['192.168.0.0', 16, '192.168.255.255'], // private
  ['192.175.48.0', 24, '192.175.48.255'], // AS112
  ['198.18.0.0', 15, '198.19.255.255'], // benchmarking
  ['198.51.100.0', 24, '198.51.100.255'], // documentation
  ['203.0.113.0', 24, '203.0.113.255'], // documentation
  ['224.0.0.0', 4, '239.255.255.255'], // multicast
  ['240.0.0.0', 4, '255.255.255.255'], // reserved, and broadcast
] as const;

/** Inside of 2000::/3; what lies outside of it is not public either. */
const blocks6 = [
  ['2001::', 23, '2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff'], // protocols, Teredo, ORCHID
  ['2001:db8::', 32, '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff'], // documentation
  ['2002::', 16, '2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff'], // 6to4: an IPv4 address inside
  ['2620:4f:8000::', 48, '2620:4f:8000:ffff:ffff:ffff:ffff:ffff'], // AS112
  ['3fff::', 20, '3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff'], // documentation
] as const;

const special = new BlockList();
for (const [first, bits] of blocks4) special.addSubnet(first, bits, 'ipv4');
for (const [first, bits] of blocks6) special.addSubnet(first, bits, 'ipv6');

describe('an address is not public', () => {
  it.each([...blocks4, ...blocks6])('in %s/%i, to its last, %s', (first, _, last) => {
    expect(isPublic(first)).toBe(false);
    expect(isPublic(last)).toBe(false);
  });

  it.each([
    '::',
    '::1',
    '::127.0.0.1', // IPv4-compatible, deprecated
    '::ffff:127.0.0.1', // IPv4-mapped
    '::ffff:8.8.8.8', // as well: nobody writes a public address so in good faith
    '::ffff:0:127.0.0.1', // IPv4-translated
    '64:ff9b::127.0.0.1', // NAT64
    '64:ff9b:1::a00:1', // local NAT64
    '100::1', // discard
    '100:0:0:1::1', // dummy
    '1fff:ffff::',
    '4000::',
    '5f00::1', // segment routing
    'fc00::1', // unique local
    'fd12:3456:789a::1',
    'fe80::1', // link-local
    'fe80::1%lo',
    'fec0::1', // site-local, deprecated
    'ff02::1', // multicast
  ])('if it is %s', (address) => expect(isPublic(address)).toBe(false));

  it.each(['', 'localhost', '2130706433', '0x7f.1', '8.8.8', '[2606:4700::1111]', '8.8.8.8 '])(
    'if it is no address at all, as "%s"',
    (name) => expect(isPublic(name)).toBe(false),
  );
});

describe('an address is public', () => {
  it.each(['1.1.1.1', '8.8.8.8', '2606:4700:4700::1111', '2a00:1450:4001:827::200e'])(
    'if it is %s',
    (address) => expect(isPublic(address)).toBe(true),
  );

  it.each([
    ['9.255.255.255', '11.0.0.0'],
    ['100.63.255.255', '100.128.0.0'],
    ['126.255.255.255', '128.0.0.0'],
    ['169.253.255.255', '169.255.0.0'],
    ['172.15.255.255', '172.32.0.0'],
    ['192.167.255.255', '192.169.0.0'],
    ['198.17.255.255', '198.20.0.0'],
    ['2001:db7:ffff::', '2001:db9::'],
    ['2001:ffff::', '2003::'],
  ])('just before and after a special block: %s and %s', (before, after) => {
    expect(isPublic(before)).toBe(true);
    expect(isPublic(after)).toBe(true);
  });
});

describe('all addresses', () => {
  it('of IPv4 are public outside of the special blocks, and only there', () => {
    const property = fc.property(fc.ipV4(), (address) => {
      expect(isPublic(address)).toBe(!special.check(address, 'ipv4'));
    });
    fc.assert(property, { numRuns: 2000 });
  });

  it('of IPv6 are public inside of 2000::/3 and outside of the special blocks, and only there', () => {
    const group = fc.integer({ min: 0, max: 0xffff });
    const groups = fc.oneof(
      fc.array(group, { minLength: 8, maxLength: 8 }),
      fc
        .constantFrom(0x2001, 0x2002, 0x2620, 0x3fff)
        .chain((first) =>
          fc.tuple(
            fc.constant(first),
            fc.oneof(group, fc.constantFrom(0, 0x4f, 0xdb8)),
            fc.oneof(group, fc.constantFrom(0, 0x8000)),
            ...Array.from({ length: 5 }, () => group),
          ),
        ),
    );
    const property = fc.property(groups, (numbers) => {
      const address = numbers.map((number) => number.toString(16)).join(':');
      const global = /^[23][0-9a-f]{3}:/.test(address);
      expect(isPublic(address)).toBe(global && !special.check(address, 'ipv6'));
    });
    fc.assert(property, { numRuns: 2000 });
  });
});
