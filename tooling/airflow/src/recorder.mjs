// Sends requests and keeps them with their answers.

/** The server closes idle connections without a word: a request that meets one is sent again. */
async function patientFetch(target, init, tries = 3) {
  try {
    return await fetch(target, init);
  } catch (error) {
    if (tries === 1) throw new Error(`${init.method} ${target}: ${error.cause?.message ?? error.message}`);
    return patientFetch(target, init, tries - 1);
  }
}

/** `replaced` are pairs of texts that stand for each other in all that is kept. */
export function createRecorder({ url, authorization, replaced }) {
  const exchanges = [];
  const replace = (text) => replaced.reduce((all, [from, to]) => all.replaceAll(from, to), text);

  const send = async (method, group, path, { query = '', as = 'admin', header, body, headers = {}, note } = {}) => {
    let sent = header;
    if (sent === undefined && as !== null) sent = await authorization(as);
    const all = {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    };
    const answer = await patientFetch(`${url}${path}${query ? `?${query}` : ''}`, {
      method,
      redirect: 'manual',
      headers: sent === undefined ? all : { ...all, authorization: sent },
      body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
    });
    const text = replace(await answer.text());
    let parsed;
    try {
      parsed = { body: JSON.parse(text) };
    } catch {
      parsed = text === '' ? {} : { text };
    }
    const number = String(exchanges.length + 1).padStart(4, '0');
    const rest = `${path.replace(/^\/api\/v\d\//, '')}_${query}`.replace(/[^\w.~-]+/g, '-').replace(/[-_]+$/, '');
    exchanges.push({
      file: `${number}_${group}_${rest}`.slice(0, 120),
      ...(note ? { note } : {}),
      at: new Date().toISOString(),
      as: header === undefined ? (as ?? 'nobody') : 'made up',
      request: {
        method,
        path,
        query,
        headers: sent === undefined ? all : { ...all, authorization: header ?? `${sent.split(' ')[0]} <redacted>` },
        ...(body === undefined ? {} : { body }),
      },
      response: { status: answer.status, headers: Object.fromEntries(answer.headers), ...parsed },
    });
    return parsed.body ?? parsed.text;
  };
  return {
    exchanges,
    get: (group, path, options) => send('GET', group, path, options),
    post: (group, path, body, options) => send('POST', group, path, { ...options, body }),
    send,
  };
}
