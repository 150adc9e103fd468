/** Tasks that hold or start other tasks: they take as long as those do. */
export function isContainerType(type: string): boolean {
  return type.includes('.core.flow.');
}

const loop = /\.core\.flow\.(ForEach|EachSequential|EachParallel|LoopUntil|Loop)$/;

/** Tasks that run the tasks inside several times: each time is an attempt of theirs, as the model counts. */
export function isLoopType(type: string): boolean {
  return loop.test(type);
}
