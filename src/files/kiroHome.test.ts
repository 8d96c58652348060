import { expect, it } from 'vitest';
import { movedKiroHome } from './kiroHome';

it.each([
  ['/opt/kiro', '/home/me', '/opt/kiro'],
  ['/opt/../srv/kiro//', '/home/me', '/srv/kiro'],
  ['/home/me/.kiro/', '/home/me', undefined],
  ['kiro', '/home/me', undefined],
  ['', '/home/me', undefined],
  [undefined, '/home/me', undefined],
  ['D:\\kiro', 'C:\\Users\\me', 'D:\\kiro'],
])('KIRO_HOME %j of %s is %j', (moved, home, expected) => {
  expect(movedKiroHome({ KIRO_HOME: moved }, home)).toBe(expected);
});
