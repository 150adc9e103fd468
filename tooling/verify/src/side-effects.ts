/** What a process must never see: promises that nobody waits for, warnings about texts of the source, changed built-ins. */
export function watchProcess(): { problems(): string[]; stop(): void } {
  const seen = new Set<string>();
  const onRejection = (error: unknown) => seen.add(`nobody waited for: ${String(error).slice(0, 300)}`);
  const onWarning = ({ name, message }: Error) => {
    if (name !== 'ExperimentalWarning') seen.add(`a warning of the process: ${name} ${message.slice(0, 200)}`);
  };
  const builtIns = [Object.prototype, Array.prototype, Function.prototype, String.prototype];
  const known = builtIns.map((each) => Reflect.ownKeys(each).length);
  process.on('unhandledRejection', onRejection);
  process.on('warning', onWarning);
  return {
    problems() {
      if (builtIns.some((each, index) => Reflect.ownKeys(each).length !== known[index]))
        seen.add('a built-in object was changed');
      const found = [...seen];
      seen.clear();
      return found;
    },
    stop() {
      process.off('unhandledRejection', onRejection);
      process.off('warning', onWarning);
    },
  };
}
