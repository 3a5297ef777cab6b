import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { projectRoot } from '../../../src/paths.js';

const serviceSchema = z.object({
  image: z.string(),
  build: z.object({ context: z.string(), target: z.string() }),
  profiles: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()),
  env_file: z.array(z.object({ path: z.string(), required: z.boolean() })),
  volumes: z.array(z.string()),
  ports: z.array(z.string()),
  stop_grace_period: z.string(),
  mem_limit: z.string(),
  read_only: z.boolean(),
  tmpfs: z.array(z.string()),
  cap_drop: z.array(z.string()),
  security_opt: z.array(z.string()),
  restart: z.string(),
});
const composeSchema = z.object({
  services: z.record(z.string(), serviceSchema),
  volumes: z.record(z.string(), z.null()),
});

/** One of several processes that are one bot. */
const processSchema = serviceSchema.omit({ profiles: true, ports: true }).extend({
  command: z.array(z.string()),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })),
  deploy: z.object({ replicas: z.number() }).optional(),
  ports: z.array(z.string()).optional(),
});
const postgresSchema = z.object({
  environment: z.record(z.string(), z.string()),
  ports: z.undefined().optional(),
});
const fleetSchema = z.object({
  services: z.object({ postgres: postgresSchema }).catchall(processSchema),
});

export type Compose = z.infer<typeof composeSchema>;

/** compose.yaml, with what its services share in each of them. */
export function readCompose(): Compose {
  const text = readFileSync(join(projectRoot, 'compose.yaml'), 'utf8');
  return composeSchema.parse(parse(text, { merge: true }));
}

/** compose.postgres.yaml, likewise. */
export function readFleet() {
  const text = readFileSync(join(projectRoot, 'compose.postgres.yaml'), 'utf8');
  const { postgres, ...processes } = fleetSchema.parse(parse(text, { merge: true })).services;
  return { postgres, processes: Object.entries(processes) };
}

/** Of "20s". */
export function secondsOf(duration: string): number {
  const [, seconds] = /^(\d+)s?$/.exec(duration) ?? [];
  if (seconds === undefined) throw new Error(`${duration} is no number of seconds`);
  return Number(seconds);
}

/** Of "4608m" or "4608M": mebibytes, to Compose and systemd alike. */
export function bytesOf(size: string): number {
  const [, mebibytes] = /^(\d+)m$/i.exec(size) ?? [];
  if (mebibytes === undefined) throw new Error(`${size} is no number of mebibytes`);
  return Number(mebibytes) * 2 ** 20;
}
