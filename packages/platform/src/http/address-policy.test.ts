import { describe, expect, test } from 'vitest';
import { isAddressAllowed } from './address-policy.ts';
import { assertUpstreamUrl } from './assert-upstream-url.ts';

const publicOnly = { allowsPrivate: false };
const privateToo = { allowsPrivate: true };

describe('isAddressAllowed', () => {
  test.each(['1.1.1.1', '104.18.7.192', '2606:4700::6812:7c0', '2a00:1450:4001:82f::200a', '::ffff:1.1.1.1'])(
    'allows the public address %s',
    (address) => {
      expect(isAddressAllowed(address, publicOnly)).toBe(true);
    },
  );

  test.each([
    '0.0.0.0',
    '0.1.2.3',
    '10.0.0.1',
    '100.64.0.1',
    '127.0.0.1',
    '127.255.255.254',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.1',
    '192.0.2.1',
    '192.88.99.1',
    '192.168.1.1',
    '198.18.0.1',
    '198.51.100.1',
    '203.0.113.1',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::127.0.0.1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:0:127.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b:1::1',
    '2002:7f00:1::',
    '2001::1',
    '2001:db8::1',
    '2001:10::1',
    '2001:20::1',
    '3fff::1',
    '100::1',
    'fc00::1',
    'fd12:3456::1',
    'fe80::1',
    'fec0::1',
    'ff02::1',
    '5f00::1',
    '4000::1',
    'localhost',
    '',
    '1',
    '0x7f.1',
    '0177.0.0.1',
    '127.1',
    '2130706433',
    '1.1.1.1 ',
    'fe80::1%eth0',
  ])('refuses %s', (address) => {
    expect(isAddressAllowed(address, publicOnly)).toBe(false);
  });

  test.each(['127.0.0.1', '10.0.0.1', '192.168.1.1', '100.64.0.1', '::1', 'fd12:3456::1', '::ffff:127.0.0.1'])(
    'allows %s only where private upstreams are allowed',
    (address) => {
      expect(isAddressAllowed(address, privateToo)).toBe(true);
    },
  );

  test.each(['169.254.169.254', 'fe80::1', '0.0.0.0', '224.0.0.1', '64:ff9b::7f00:1', '2002:7f00:1::'])(
    'refuses %s even where private upstreams are allowed',
    (address) => {
      expect(isAddressAllowed(address, privateToo)).toBe(false);
    },
  );
});

describe('assertUpstreamUrl', () => {
  test.each([
    'https://api.openai.com/v1',
    'https://1.1.1.1/',
    'https://[2606:4700::1]/v1',
    'https://models.example.com:8443',
  ])('accepts %s', (url) => {
    expect(assertUpstreamUrl(url, publicOnly).href).toContain('https://');
  });

  test.each([
    'api.openai.com',
    '/v1',
    '',
    'http://api.openai.com/v1',
    'ftp://api.openai.com',
    'file:///etc/passwd',
    'https://user:pass@api.openai.com',
    'https://api.openai.com/v1?key=1',
    'https://api.openai.com/#x',
    'https://api.openai.com:22/',
    'https://api.openai.com:25/',
    'https://api.openai.com:80/',
    'https://localhost/',
    'https://localhost./',
    'https://LOCALHOST/',
    'https://a.localhost/',
    'https://printer.local/',
    'https://metadata.google.internal/',
    'https://intranet/',
    'https://router.lan/',
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://0/',
    'https://127.1/',
    'https://0177.0.0.1/',
    'https://１２７.0.0.1/',
    'https://127。0。0。1/',
    'https://127.0.0.1./',
    'https://[::ffff:127.0.0.1]/',
    'https://[::1]/',
    'https://[64:ff9b::7f00:1]/',
    'https://[2002:7f00:1::]/',
    'https://[::127.0.0.1]/',
    'https://169.254.169.254/',
    'https://10.1.2.3/',
    'https://[fd00::1]/',
  ])('refuses %s', (url) => {
    expect(() => assertUpstreamUrl(url, publicOnly)).toThrow(/The address of a provider must/);
  });

  test('accepts plain HTTP on loopback only where private upstreams are allowed', () => {
    expect(assertUpstreamUrl('http://127.0.0.1:4010/v1', privateToo).port).toBe('4010');
    expect(assertUpstreamUrl('http://localhost:4010/v1', privateToo).hostname).toBe('localhost');
    expect(() => assertUpstreamUrl('http://169.254.169.254/', privateToo)).toThrow('public internet');
  });
});
