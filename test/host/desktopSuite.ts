import { HOST_CHECKS } from './checks';

/** What @vscode/test-electron calls inside the editor; a rejection fails the run. */
export async function run(): Promise<void> {
  const failures: string[] = [];
  let passed = 0;
  for (const [name, check] of Object.entries(HOST_CHECKS)) {
    try {
      await check();
      passed += 1;
      console.log(`ok      ${name}`);
    } catch (error) {
      failures.push(name);
      console.log(`FAILED  ${name}: ${String(error)}`);
    }
  }
  console.log(`${passed} passed, ${failures.length} failed`);
  if (failures.length > 0) throw new Error(failures.join('; '));
}
