import { existsSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { judgeCommand } from '../../src/policy/commands/judgeCommand';
import { generateLine, seededRandom } from './generateLine';
import { Scratch, type Shell, SHELLS } from './scratch';

const LINES = Number(process.env['CHECKREIN_FUZZ_LINES'] ?? 2000);
const SEED = Number(process.env['CHECKREIN_FUZZ_SEED'] ?? 20261121);
const missing = SHELLS.filter(shell => !existsSync(`/usr/bin/${shell}`));

/** Wrappers too, so that what they run is judged by the options that real ones take. */
const trusted = ['tool *', 'env *', 'timeout *', 'nice *', 'xargs *', 'stdbuf *', 'setsid *'].map(
  pattern => ({ effect: 'allow', pattern, source: { file: 'fuzz' } }) as const,
);
const context = { dialect: 'bash', cwd: '/w', roots: ['/w'], home: '/w' } as const;

/** Lines run two at a time; each worker has a folder of its own. */
const WORKERS = 2;

describe.skipIf(missing.length > 0)('real shells', () => {
  const scratches = Array.from({ length: WORKERS }, () => new Scratch());
  afterAll(() => {
    for (const scratch of scratches) scratch.dispose();
  });

  it(
    `never run the stub from an allowed line (${LINES} lines, seed ${SEED})`,
    { timeout: 60_000 + LINES * 60 },
    async () => {
      const random = seededRandom(SEED);
      const lines = Array.from({ length: LINES }, () => generateLine(random));
      const wrong: { line: string; shell: Shell }[] = [];
      const ran = { bash: 0, dash: 0, zsh: 0, any: 0 };
      let allowed = 0;
      let next = 0;
      await Promise.all(
        scratches.map(async scratch => {
          for (let at = next++; at < lines.length; at = next++) {
            const line = lines[at] ?? '';
            const allows = judgeCommand(line, { trusted }, context).effect === 'allow';
            if (allows) allowed += 1;
            let any = false;
            for (const shell of SHELLS) {
              if (!(await scratch.runsStub(shell, line))) continue;
              ran[shell] += 1;
              any = true;
              if (allows) wrong.push({ line, shell });
            }
            if (any) ran.any += 1;
          }
        }),
      );
      console.log(
        `fuzz: ${LINES} lines; the stub ran in ${ran.any} ` +
          `(bash ${ran.bash}, dash ${ran.dash}, zsh ${ran.zsh}); allowed ${allowed}`,
      );
      expect(wrong).toEqual([]);
      expect(ran.any).toBeGreaterThan(LINES / 5);
      expect(allowed).toBeGreaterThan(LINES / 200);
    },
  );
});
