import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { kiroCommand, runKiroHook } from '../../support/kiroContract';
import { startGemini } from './geminiCli';
import type { Stage } from './stage';
import { startStandInModel } from './standInModel';

/** What came of one command that an agent wanted to run. */
export interface Attempt {
  /** Whether its effect is there: the file it makes. */
  readonly happened: boolean;
  /** What the model was told. */
  readonly told: string;
}

/** Lets an agent try to run a command that makes `file` in the workspace. */
export type Attempter = (stage: Stage, file: string) => Promise<Attempt>;

/** The real Gemini CLI, told by a stand-in model to run the command. */
export const geminiAttempt: Attempter = async (stage, file) => {
  const model = await startStandInModel([
    { tool: 'run_shell_command', args: { command: `touch ${file}`, description: 'test' } },
    { text: 'Finished.' },
  ]);
  const run = startGemini({
    node: stage.tools.node24,
    geminiEntry: stage.tools.geminiEntry,
    home: stage.server.home,
    workspace: stage.workspace,
    modelUrl: model.url,
  });
  try {
    await run.exit;
    return {
      happened: existsSync(join(stage.workspace, file)),
      told: JSON.stringify(model.functionResponses),
    };
  } finally {
    await run.kill();
    await model.close();
  }
};

/** Kiro's documented contract, on the hook file as it was installed: what exits 2 does not run. */
export const kiroAttempt: Attempter = async (stage, file) => {
  const hooks = readFileSync(join(stage.workspace, '.kiro/hooks/checkrein.json'), 'utf8');
  const parsed = JSON.parse(hooks) as { hooks: { action: { command: string } }[] };
  const hook = parsed.hooks[0]?.action.command ?? '';
  const text = `touch ${file}`;
  const { toolRuns, stderr } = await runKiroHook(hook, kiroCommand(stage.workspace, text), {
    cwd: stage.workspace,
    env: { PATH: process.env['PATH'], HOME: stage.server.home },
  });
  if (toolRuns) execFileSync('/bin/sh', ['-c', text], { cwd: stage.workspace });
  return { happened: existsSync(join(stage.workspace, file)), told: stderr };
};
