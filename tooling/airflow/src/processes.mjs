// Processes that end with the script that started them, however it ends: each begins a session of its own, and all of a session is
// killed, also what has left its process group, as the tasks of Airflow 2 do.
import { spawn, spawnSync } from 'node:child_process';

const signals = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/** `onExit` is called when the script ends and nothing of what it started is left. */
export function createProcesses({ onExit = () => {} } = {}) {
  const sessions = new Set();
  const stop = () => {
    killSessions(sessions);
    sessions.clear();
  };
  for (const [name, code] of Object.entries(signals)) process.once(name, () => process.exit(code));
  process.once('exit', () => {
    stop();
    onExit();
  });

  const start = (command, args, options) => {
    const child = spawn(command, args, { ...options, detached: true });
    if (child.pid !== undefined) sessions.add(child.pid);
    return child;
  };

  /** Waits for the end; what was written where `stdio` doesn't say otherwise. */
  const run = (command, args, options = {}) =>
    new Promise((resolve, reject) => {
      const child = start(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
      const written = { stdout: '', stderr: '' };
      for (const name of ['stdout', 'stderr'])
        child[name]?.setEncoding('utf8').on('data', (text) => (written[name] += text));
      child.once('error', reject);
      child.once('close', (status) => {
        sessions.delete(child.pid);
        if (status === 0) resolve(written.stdout);
        else reject(new Error(`${command} ${args.join(' ')}: status ${status}\n${written.stderr.slice(-2000)}`.trim()));
      });
    });

  return { start, run, stop };
}

/** Ends processes at once, with all of their sessions. */
export function killSessions(sessions) {
  if (sessions.size === 0) return;
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,sess='], { encoding: 'utf8' });
  const members = (stdout ?? '').split('\n').flatMap((line) => {
    const [pid, session] = line.trim().split(/\s+/).map(Number);
    return sessions.has(session) ? [pid] : [];
  });
  // Where `ps` tells no sessions, the process group is most of it.
  for (const pid of [...members, ...[...sessions].map((session) => -session)]) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      if (error.code !== 'ESRCH') throw error;
    }
  }
}
