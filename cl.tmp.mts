import { startCluster } from './test/support/postgres.js';
import { writeFileSync } from 'node:fs';
const c = await startCluster({durable:true});
console.log(c.url); writeFileSync('/tmp/cl.url', c.url);
process.on('SIGTERM', async () => { await c.remove(); process.exit(); });
setInterval(()=>{}, 1000);
