/** `podwire bootstrap` as a process of its own; its first argument is a kubeconfig, '' for none. */
import { runBootstrap } from '../../src/identity/command.ts';

const [kubeconfig] = process.argv.slice(2);
process.exitCode = await runBootstrap({ kubeconfig: kubeconfig || undefined }, process.env);
