import { runHook } from './hook';

void runHook(process.argv.slice(2));
