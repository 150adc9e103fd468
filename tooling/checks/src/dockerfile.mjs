// Builds the image without Docker: takes what .dockerignore lets through, runs the COPY and RUN lines of the Dockerfile with a
// directory of its own as the root of each stage, and starts the command of the last one.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The instructions of a Dockerfile: lines that go on are joined, comments gone. */
export function instructionsIn(dockerfile) {
  return dockerfile
    .replace(/^#.*\n/gm, '')
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, keyword, rest] = /^(\w+)\s+(.*)$/.exec(line.trim());
      return { keyword: keyword.toUpperCase(), rest };
    });
}

/** Tells whether a file gets through .dockerignore, in which the last line that fits counts. */
export function dockerignore(text) {
  const rules = text
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => {
      const keep = line.startsWith('!');
      const glob = line.slice(keep ? 1 : 0);
      const pattern = glob
        .replace(/[.+^${}()|[\]\\]/g, '\\$&')
        .replace(/\*\*\/|\*/g, (stars) => (stars === '*' ? '[^/]*' : '(?:.*/)?'));
      return { keep, matches: new RegExp(`^${pattern}(?:/|$)`) };
    });
  return (path) => rules.findLast(({ matches }) => matches.test(path))?.keep ?? true;
}

/**
 * Runs the stages below `work`; answers the root of the last one and how its command is started.
 *
 * @returns {{ root: string, directory: string, environment: Record<string, string>, entrypoint?: string[], healthcheck?: string[] }}
 */
export function buildImage({ root, work, log }) {
  const context = join(work, 'context');
  const listed = spawnSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  });
  if (listed.status !== 0) throw new Error(`git can not list the files: ${listed.error?.message ?? listed.stderr}`);
  const getsThrough = dockerignore(readFileSync(join(root, '.dockerignore'), 'utf8'));
  for (const file of listed.stdout.split('\n').filter((path) => path !== '' && getsThrough(path)))
    if (existsSync(join(root, file))) cpSync(join(root, file), join(context, file));

  const stages = new Map();
  let stage;
  for (const { keyword, rest } of instructionsIn(readFileSync(join(root, 'Dockerfile'), 'utf8'))) {
    const place = (path) => join(stage.root, posix.resolve(stage.directory, path));
    if (keyword === 'FROM') {
      const [, image, name = String(stages.size)] = /^(\S+)(?:\s+AS\s+(\S+))?$/i.exec(rest);
      if (!/^node:\d+/.test(image)) throw new Error(`${image} is no image that this can stand in for`);
      stage = { root: join(work, name), directory: '/', environment: {} };
      mkdirSync(join(stage.root, 'usr/local/bin'), { recursive: true });
      stages.set(name, stage);
    } else if (keyword === 'WORKDIR') {
      stage.directory = posix.resolve(stage.directory, rest);
      mkdirSync(place('.'), { recursive: true });
    } else if (keyword === 'ENV') {
      for (const [, name, value] of rest.matchAll(/(\w+)=(\S+)/g)) stage.environment[name] = value;
    } else if (keyword === 'COPY') {
      const [, from, paths] = /^(?:--from=(\S+)\s+)?(.*)$/.exec(rest);
      const sources = paths.split(/\s+/);
      const target = sources.pop();
      for (const source of sources) {
        const path = join(from === undefined ? context : stages.get(from).root, source);
        if (!existsSync(path)) throw new Error(`COPY ${rest}: there is no ${source}`);
        cpSync(path, target.endsWith('/') ? join(place(target), posix.basename(source)) : place(target), {
          recursive: true,
          verbatimSymlinks: true,
        });
      }
    } else if (keyword === 'RUN') {
      log(`RUN ${rest}`);
      // The stage's root is no root of a process here: paths that begin with / are put below it.
      const command = rest.replace(/(?<=^|[\s=])\/(?=\w)/g, `${stage.root}/`);
      const { status, stdout, stderr } = spawnSync('sh', ['-ec', command], {
        cwd: place('.'),
        encoding: 'utf8',
        env: { ...environmentOfHost(), ...stage.environment },
      });
      if (status !== 0) throw new Error(`RUN ${rest} exits with ${status}:\n${stdout}${stderr}`);
    } else if (keyword === 'ENTRYPOINT') stage.entrypoint = JSON.parse(rest);
    else if (keyword === 'HEALTHCHECK') stage.healthcheck = JSON.parse(rest.slice(rest.indexOf('[')));
    else if (!['USER', 'CMD', 'EXPOSE', 'LABEL'].includes(keyword)) throw new Error(`${keyword} is not understood`);
  }
  return stage;
}

/** What the image's shell would have too. Nothing that the calling package manager has set: it would find this repository. */
function environmentOfHost() {
  const kept = ['PATH', 'HOME', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'NODE_EXTRA_CA_CERTS'];
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => kept.includes(name.toUpperCase()) || /^npm_config_.*registry$/i.test(name),
    ),
  );
}

/**
 * Starts the entry point with these arguments; it has to be in the image.
 *
 * @param {{ root: string, entrypoint?: string[] }} image
 * @param {string[]} args
 */
export function start({ root, entrypoint }, args) {
  const [command, ...first] = entrypoint;
  const program = join(root, 'usr/local/bin', command);
  const target = readlinkSync(program);
  if (!target.startsWith(root)) throw new Error(`${command} leads out of the image: ${target}`);
  return spawnSync(process.execPath, [target, ...first, ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { PATH: dirname(process.execPath), NODE_ENV: 'production' },
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = fileURLToPath(new URL('../../../', import.meta.url));
  const work = mkdtempSync(join(tmpdir(), 'flowmeta-image-'));
  const figures = { steps: 0, started: 0, failures: [] };
  try {
    const log = (line) => {
      figures.steps += 1;
      console.log(line);
    };
    const image = buildImage({ root, work, log });
    for (const args of [['--version'], ['schema'], ['demo']]) {
      const { status, stdout, stderr } = start(image, args);
      if (status !== 0) throw new Error(`flowmeta ${args.join(' ')} exits with ${status}: ${stderr}`);
      console.log(`flowmeta ${args.join(' ')}: ${stdout.split('\n')[0]}`);
      figures.started += 1;
    }
    const healthcheck = image.healthcheck.at(-1);
    if (!existsSync(join(image.root, healthcheck))) throw new Error(`there is no ${healthcheck}`);
  } catch (error) {
    console.error(error.message);
    figures.failures.push(error.message);
    process.exitCode = 1;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  // Where `verify:full` collects the figures of its parts.
  const parts = process.env.FLOWMETA_VERIFY_PARTS;
  if (parts !== undefined) writeFileSync(join(parts, 'image.json'), `${JSON.stringify(figures)}\n`);
}
