/** What a worker's process is told of the environment of the one that starts it. */
export function workerEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...withoutSecrets(environment), ...withLargePages(environment) };
}

/**
 * The layers of a picture are hundreds of megabytes, and in pages of 4 kB, which Linux hands out one by one, they take long to
 * fill and to find again: with pages of 2 MB a draft of 512 pixels was painted in 7.0 s in place of 8.0 to 8.4 s, and a normal
 * picture in 19.0 in place of 19.9 s, in no more memory ("pentimento render" with and without this variable, in turn, as it was in
 * November 2026). GNU's C library asks for large pages if it is told to when a process begins; others do not mind.
 */
function withLargePages({ GLIBC_TUNABLES: given }: NodeJS.ProcessEnv) {
  const ours = 'glibc.malloc.hugetlb=1';
  return { GLIBC_TUNABLES: given ? `${ours}:${given}` : ours };
}

/** What is said of accounts, storages and databases (.env.example), and of proxies, whose addresses may hold a password. */
const SECRET = /^((MASTODON|X|S3|AWS)_|DATABASE_URL$|PGPASS|POSTGRES_PASSWORD$)|_PROXY$/i;

/** A worker decodes strangers' pictures and asks no network for anything, and so is not told any secret. */
function withoutSecrets(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !SECRET.test(name)));
}
