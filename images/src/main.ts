import { parseArgs } from 'node:util';
import { run } from '@sallyport/lab/process/run';
import { ensureDesktopImage } from './desktop-image.ts';

const HELP = `Usage: npm run image [-- OPTIONS]

Makes the desktop image from Debian packages, without a registry, and brings it into Docker.

  --fresh         Makes it anew, with the packages that Debian has today
  --docker HOST   Docker's socket, by default unix:///var/run/docker.sock
`;

const { values } = parseArgs({
  options: {
    fresh: { type: 'boolean', default: false },
    docker: { type: 'string', default: 'unix:///var/run/docker.sock' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  process.stdout.write(HELP);
} else {
  const host = values.docker;
  const begun = performance.now();
  const progress = (line: string): void => {
    process.stdout.write(`${line}\n`);
  };
  const name = await ensureDesktopImage(host, progress, { fresh: values.fresh });
  const format = ['--format', '{{.Size}}'];
  const { stdout } = await run('docker', ['--host', host, 'image', 'inspect', ...format, name]);
  const seconds = Math.round((performance.now() - begun) / 1000);
  progress(`${name}: ${Math.round(Number(stdout) / 1e6)} MB, in ${seconds} s`);
}
