import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { workerEnvironment } from '../../src/render/worker-environment.js';

/** Debian's own, for which python3-torch is built; not the first one in the PATH. */
export const PYTHON = '/usr/bin/python3';

/**
 * PyTorch multiplies matrices with whatever BLAS the system has. Alone, python3-torch brings the reference
 * implementation, which is a hundred times slower than OpenBLAS; who cares for speed installs the latter.
 */
const PACKAGES = ['python3-torch', 'libopenblas0-pthread', 'libblas3'];

export type Blas = 'openblas-pthread' | 'blas';

/**
 * Makes sure that PyTorch is there with both.
 * @throws Error if it has to be installed and cannot be
 */
export function requireTorch(): void {
  if (isThere()) return;
  const install = ['install', '--yes', '--no-install-recommends', ...PACKAGES];
  if (process.getuid?.() !== 0)
    throw new Error(`PyTorch is not there. On Debian: sudo apt-get ${install.join(' ')}`);
  console.error(`installing ${PACKAGES.join(', ')}`);
  for (const args of [['update'], install])
    execFileSync('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=600', ...args], {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  if (!isThere()) throw new Error(`${PYTHON} cannot import torch though it is installed`);
}

/** The environment in which PyTorch uses that BLAS, with large pages as our workers have them. */
export function environmentWith(blas: Blas): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {
    ...workerEnvironment(process.env),
    LD_LIBRARY_PATH: folderOf(blas),
  };
  // Some machines choose an old kernel for every OpenBLAS; it shall choose by itself.
  delete env.OPENBLAS_CORETYPE;
  delete env.OPENBLAS_L2_SIZE;
  return env;
}

function isThere(): boolean {
  const blas: readonly Blas[] = ['openblas-pthread', 'blas'];
  return (
    blas.every((each) => folderOf(each) !== undefined) &&
    spawnSync(PYTHON, ['-c', 'import torch']).status === 0
  );
}

/** Debian has each in a folder of its own, below one that is named by the kind of processor. */
function folderOf(blas: Blas): string | undefined {
  return readdirSync('/usr/lib')
    .map((triplet) => join('/usr/lib', triplet, blas))
    .find((folder) => existsSync(join(folder, 'libblas.so.3')));
}
