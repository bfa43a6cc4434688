import { expect, test } from 'vitest';
import { scramVerifier, urlForRole } from './roles.ts';

test('a password becomes the verifier of RFC 7677', () => {
  const salt = Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64');
  expect(scramVerifier('pencil', salt)).toBe(
    'SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=',
  );
});

test.each(['', 'with space', 'pässword', 'x'.repeat(257)])('the password %j is refused', (password) => {
  expect(() => scramVerifier(password, new Uint8Array(16))).toThrow(RangeError);
});

test('the login of a role is in the URL, with characters that a URL cannot hold as they are', () => {
  expect(urlForRole('postgres://owner:old@db:5432/turnpike?sslmode=require', 'app', 'a@b/c:d')).toBe(
    'postgres://turnpike_app:a%40b%2Fc%3Ad@db:5432/turnpike?sslmode=require',
  );
});
