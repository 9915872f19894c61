import { expect, test } from 'vitest';
import { isOnHost, nameToOffer } from './docker-names.ts';

test('a name without a tag is the latest, as for Docker', () => {
  const names = ['sallyport/desktop:latest', 'registry.example:5000/desk:2'];
  expect(isOnHost('sallyport/desktop', names)).toBe(true);
  expect(isOnHost(' sallyport/desktop:latest ', names)).toBe(true);
  expect(isOnHost('sallyport/desktop:2', names)).toBe(false);
  expect(isOnHost('registry.example:5000/desk:2', names)).toBe(true);
  expect(isOnHost('registry.example:5000/desk', names)).toBe(false);
});

test('the desktop image is offered as the host has it', () => {
  expect(nameToOffer([])).toBe('sallyport/desktop:latest');
  expect(nameToOffer(['debian:12', 'sallyport/desktop:3'])).toBe('sallyport/desktop:3');
  expect(nameToOffer(['sallyport/desktop:3', 'sallyport/desktop:latest'])).toBe(
    'sallyport/desktop:latest',
  );
});
