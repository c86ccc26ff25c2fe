// BullMQ doing what QueueBench does, on the same Redis. One JSON object on standard output.
// Arguments: port, then name=number for each size (see QueueBench.Sizes).
// With hold=1 it is the worker that takes jobs, says so, and waits to be killed.
import { spawn } from 'node:child_process';
import { Queue, QueueEvents, Worker } from 'bullmq';

const [port, ...pairs] = process.argv.slice(2);
const sizes = Object.fromEntries(pairs.map((pair) => pair.split('=')).map(([key, value]) => [key, Number(value)]));
const connection = { host: '127.0.0.1', port: Number(port), maxRetriesPerRequest: null };
const payload = { bytes: 'x'.repeat(sizes.payload) };
const options = { removeOnComplete: true, removeOnFail: true };
const millis = () => Number(process.hrtime.bigint()) / 1e6;
const results = {};

const rate = (count, begun) => Math.round((count * 1000) / (millis() - begun));

function quantiles(name, samples) {
  samples.sort((a, b) => a - b);
  results[`${name}_p50_ms`] = round(samples[Math.floor(samples.length * 0.5)]);
  results[`${name}_p99_ms`] = round(samples[Math.floor(samples.length * 0.99)]);
}

const round = (value) => Math.round(value * 1000) / 1000;

async function fill(queue, count) {
  for (let done = 0; done < count; done += sizes.bulk) {
    const some = Math.min(sizes.bulk, count - done);
    await queue.addBulk(Array.from({ length: some }, () => ({ name: 'job', data: payload, opts: options })));
  }
}

async function enqueue() {
  const queue = new Queue('enqueue', { connection });
  await queue.waitUntilReady();
  for (let i = 0; i < sizes.warm; i++) await queue.add('job', payload, options);
  let begun = millis();
  for (let i = 0; i < sizes.one; i++) await queue.add('job', payload, options);
  results.enqueue_one_by_one_per_second = rate(sizes.one, begun);
  begun = millis();
  let left = sizes.flight;
  const send = async () => {
    while (left-- > 0) await queue.add('job', payload, options);
  };
  await Promise.all(Array.from({ length: 50 }, send));
  results.enqueue_50_in_flight_per_second = rate(sizes.flight, begun);
  begun = millis();
  await fill(queue, sizes.bulked);
  results.enqueue_bulk_per_second = rate(sizes.bulked, begun);
  await queue.obliterate({ force: true });
  await queue.close();
}

async function process_(concurrency, count) {
  const queue = new Queue(`process${concurrency}`, { connection });
  await fill(queue, count + sizes.warm);
  // Somebody is told of every end, as the jobs service is by our results.
  const events = new QueueEvents(queue.name, { connection });
  let told = 0;
  events.on('completed', () => told++);
  await events.waitUntilReady();
  let done = 0;
  let begun = 0;
  await new Promise((resolve) => {
    const worker = new Worker(
      queue.name,
      async () => {
        done++;
        if (done === sizes.warm) begun = millis();
        if (done === sizes.warm + count) resolve(worker);
      },
      { connection, concurrency },
    );
  }).then(async (worker) => {
    results[`process_${concurrency}_per_second`] = rate(count, begun);
    await worker.close();
  });
  await events.close();
  await queue.obliterate({ force: true });
  await queue.close();
}

async function claim(waiting) {
  const queue = new Queue(`claim${waiting}`, { connection });
  await fill(queue, waiting);
  const worker = new Worker(queue.name, null, { connection, autorun: false });
  await worker.waitUntilReady();
  const samples = [];
  for (let i = -sizes.warm; i < sizes.claims; i++) {
    const begun = millis();
    const job = await worker.getNextJob('token', { block: false });
    const took = millis() - begun;
    if (i >= 0) samples.push(took);
    await job.moveToCompleted('', 'token', false);
    await queue.add('job', payload, options);
  }
  quantiles(`claim_at_${waiting}`, samples);
  await worker.close();
  await queue.obliterate({ force: true, count: 10000 });
  await queue.close();
}

async function latency() {
  const queue = new Queue('latency', { connection });
  const samples = [];
  let started = () => {};
  const worker = new Worker(queue.name, async () => started(millis()), { connection, concurrency: 1 });
  await worker.waitUntilReady();
  for (let i = -20; i < sizes.starts; i++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    const begun = millis();
    const start = new Promise((resolve) => {
      started = resolve;
    });
    await queue.add('job', payload, options);
    const took = (await start) - begun;
    if (i >= 0) samples.push(took);
  }
  quantiles('enqueue_to_start', samples);
  await worker.close();
  await queue.close();
}

async function hold() {
  let held = 0;
  const worker = new Worker(
    'recovery',
    async () => {
      held++;
      if (held === sizes.held) console.log('held');
      await new Promise((resolve) => setTimeout(resolve, 60000));
    },
    { connection, concurrency: sizes.held },
  );
  await worker.waitUntilReady();
  await new Promise((resolve) => setTimeout(resolve, 60000));
  process.exit(1);
}

async function recovery() {
  const queue = new Queue('recovery', { connection });
  await fill(queue, sizes.held);
  const holder = spawn(process.execPath, [process.argv[1], port, `held=${sizes.held}`, 'hold=1']);
  await new Promise((resolve, reject) => {
    holder.stdout.on('data', (text) => String(text).includes('held') && resolve());
    holder.on('exit', () => reject(new Error('The worker to be killed ended by itself.')));
  });
  holder.removeAllListeners('exit');
  const gone = new Promise((resolve) => holder.on('exit', resolve));
  holder.kill('SIGKILL');
  await gone;
  const begun = millis();
  let again = 0;
  await new Promise((resolve) => {
    const worker = new Worker(
      'recovery',
      async () => {
        again++;
        if (again === sizes.held) resolve(worker);
      },
      { connection, concurrency: sizes.held },
    );
    setTimeout(() => resolve(worker), 120000);
  }).then((worker) => worker.close());
  results.recovery_after_kill_ms = again < sizes.held ? NaN : round(millis() - begun);
  await queue.obliterate({ force: true });
  await queue.close();
}

if (sizes.hold) await hold();
await enqueue();
await process_(1, sizes.single);
await process_(50, sizes.many);
await latency();
for (const waiting of [100, 10000, ...(sizes.million ? [1000000] : [])]) await claim(waiting);
await recovery();
console.log(JSON.stringify(results));
process.exit(0);
