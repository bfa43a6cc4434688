import { expect, it } from 'vitest';
import { appendPeer } from './peer-address.ts';

it.each([
  [undefined, '198.51.100.9'],
  ['', '198.51.100.9'],
  ['203.0.113.7', '203.0.113.7, 198.51.100.9'],
  [['203.0.113.7', '203.0.113.8'], '203.0.113.7, 203.0.113.8, 198.51.100.9'],
])('puts the peer at the end, so that what a client claims stands before it: %j', (given, expected) => {
  const headers: { 'x-forwarded-for'?: string } = {};
  if (given !== undefined) {
    Object.assign(headers, { 'x-forwarded-for': given });
  }
  appendPeer(headers, '198.51.100.9');
  expect(headers['x-forwarded-for']).toBe(expected);
});

it('says nothing about a peer without an address', () => {
  const headers = {};
  appendPeer(headers, undefined);
  expect(headers).toEqual({});
});
