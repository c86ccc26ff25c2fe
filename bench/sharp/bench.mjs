// sharp doing what OurImages does. One JSON object on standard output.
// Arguments: task (resize, thumbnails, webp, avif), file, folder for what is written, pictures, how many at a time.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';

const [task, file, folder, pictures, parallel] = process.argv.slice(2);
const SIDES = [150, 300, 600, 1280];

// One decode for all sizes, as its documentation says: clones of one pipeline.
async function thumbnails() {
  const photo = sharp(file).rotate();
  await Promise.all(
    SIDES.map((side) =>
      photo
        .clone()
        .resize(side, side, { fit: 'inside', withoutEnlargement: true })
        .jpeg({ quality: 85, progressive: true })
        .toFile(join(folder, `${side}.jpg`)),
    ),
  );
}

function encoded(format, options) {
  return sharp(file)
    .rotate()
    .resize(1280, 1280, { fit: 'inside', withoutEnlargement: true })
    .toFormat(format, options)
    .toFile(join(folder, `1280.${format}`));
}

const once = {
  resize: () => encoded('jpg', { quality: 85, progressive: true }),
  thumbnails,
  webp: () => encoded('webp', { quality: 80 }),
  avif: () => encoded('avif', { quality: 64 }),
}[task];

async function many(count) {
  let left = count;
  await Promise.all(
    Array.from({ length: Number(parallel) }, async () => {
      while (left-- > 0) await once();
    }),
  );
}

// Operations are never the same twice in earnest.
sharp.cache(false);
await many(Number(parallel));
const cpu = process.cpuUsage();
const begun = process.hrtime.bigint();
await many(Number(pictures));
const seconds = Number(process.hrtime.bigint() - begun) / 1e9;
const used = process.cpuUsage(cpu);
const peak = /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'));
console.log(
  JSON.stringify({
    pictures_per_second: pictures / seconds,
    cpu_seconds_per_picture: (used.user + used.system) / 1e6 / pictures,
    peak_megabytes: peak ? Number(peak[1]) / 1024 : null,
  }),
);
