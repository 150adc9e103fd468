// Every request that is recorded of a frozen server.
const part = encodeURIComponent;
const query = (pairs) => new URLSearchParams(pairs).toString();

/** All of a list, page by page, each page recorded. */
async function everyPage({ recorder, group, path, field, extra = {}, limit = 100 }) {
  const found = [];
  for (;;) {
    const page = await recorder.get(group, path, { query: query({ ...extra, limit, offset: found.length }) });
    found.push(...page[field]);
    if (page[field].length === 0 || found.length >= page.total_entries) return found;
  }
}

const quartiles = (times) => {
  const sorted = times.filter(Boolean).sort();
  return [0.25, 0.5, 0.75].map((share) => sorted[Math.floor(sorted.length * share)]);
};

/** What a connector reads: DAGs, tasks, sources, runs, task instances, assets, events, errors. */
async function everything({ recorder, root, three }) {
  const snap = (path, field, extra) => everyPage({ recorder, group: 'snap', path: `${root}/${path}`, field, extra });
  const one = (path, extra) => recorder.get('snap', `${root}/${path}`, extra ? { query: query(extra) } : {});
  await one('version');
  const dags = await snap('dags', 'dags', {
    ...(three ? { exclude_stale: false } : { only_active: false }),
    order_by: 'dag_id',
  });
  const runs = [];
  const instances = [];
  for (const { dag_id, file_token } of dags) {
    const dag = `dags/${part(dag_id)}`;
    await one(dag);
    const details = await one(`${dag}/details`);
    await one(`${dag}/tasks`);
    if (three) {
      await one(`dagSources/${part(dag_id)}`);
      await one(`${dag}/dagVersions`);
    } else await one(`dagSources/${details.file_token ?? file_token}`);
    const own = await snap(`${dag}/dagRuns`, 'dag_runs');
    runs.push(...own);
    for (const { dag_run_id } of own) {
      const run = `${dag}/dagRuns/${part(dag_run_id)}`;
      await one(run);
      await one(`${run}/${three ? 'upstreamAssetEvents' : 'upstreamDatasetEvents'}`);
      const found = await snap(`${run}/taskInstances`, 'task_instances');
      instances.push(...found);
      const tried = found.filter(({ try_number, map_index }) => try_number > 0 || map_index >= 0).slice(0, 4);
      for (const { task_id, map_index } of tried) {
        const instance = `${run}/taskInstances/${part(task_id)}`;
        await one(map_index < 0 ? instance : `${instance}/${map_index}`);
        await one(map_index < 0 ? `${instance}/tries` : `${instance}/${map_index}/tries`);
      }
      for (const taskId of new Set(found.filter(({ map_index }) => map_index >= 0).map(({ task_id }) => task_id)))
        await one(`${run}/taskInstances/${part(taskId)}/listMapped`);
    }
  }
  await snap('dags/~/dagRuns', 'dag_runs');
  await snap('dags/~/dagRuns/~/taskInstances', 'task_instances');
  await recorder.post('snap', `${root}/dags/~/dagRuns/~/taskInstances/list`, { page_limit: 10_000 });
  const assets = await snap(three ? 'assets' : 'datasets', three ? 'assets' : 'datasets');
  for (const { id, uri } of assets) await one(three ? `assets/${id}` : `datasets/${part(uri)}`);
  await snap(three ? 'assets/events' : 'datasets/events', three ? 'asset_events' : 'dataset_events');
  if (three) await snap('assets/aliases', 'asset_aliases');
  const errors = await snap('importErrors', 'import_errors');
  for (const error of errors) await one(`importErrors/${error.import_error_id}`);
  await snap('dagWarnings', 'dag_warnings');
  await snap('eventLogs', 'event_logs', { limit: 20 });
  await one('dagStats', { dag_ids: 'states_slow' });
  await one('pools');
  await one('providers');
  await one('plugins');
  return { dags, runs, instances, assets };
}

async function dagLists({ recorder, root, three }) {
  const stale = three ? 'exclude_stale' : 'only_active';
  const queries = [
    '',
    'limit=5',
    'limit=5&offset=5',
    'limit=5&offset=1000',
    'limit=0',
    'limit=1000',
    'limit=-1',
    'limit=x',
    'offset=-1',
    'tags=shop',
    'tags=shop&tags=control',
    'tags=shop&tags=assets',
    `tags=${part('größe')}`,
    'tags=nosuch',
    'tags=shop,control',
    'paused=true',
    'paused=false',
    'paused=maybe',
    `${stale}=true`,
    `${stale}=false`,
    'dag_id_pattern=shop',
    'dag_id_pattern=SHOP',
    'dag_id_pattern=shop%25etl',
    'dag_id_pattern=ops.',
    'order_by=dag_id',
    'order_by=-dag_id',
    'order_by=-dag_id&limit=3&offset=3',
    'order_by=dag_display_name',
    'order_by=nosuch',
    'nosuch=1',
    ...(three
      ? [
          'tags=shop&tags=control&tags_match_mode=all',
          'tags=shop&tags=assets&tags_match_mode=any',
          'tags_match_mode=some&tags=shop',
          'owners=alice',
          'owners=alice&owners=data-platform',
          'last_dag_run_state=success',
          'last_dag_run_state=running',
          'dag_run_state=failed',
          'dag_run_state=nosuch',
          'has_asset_schedule=true',
          'has_import_errors=true',
          'bundle_name=dags-folder',
          'bundle_name=nosuch',
          'dag_display_name_pattern=every',
          'asset_dependency=orders',
          'order_by=next_dagrun',
          'order_by=last_run_start_date',
          'order_by=dag_id&order_by=-dag_display_name',
          'is_favorite=true',
        ]
      : ['fields=dag_id&fields=is_paused', 'fields=nosuch', 'order_by=last_parsed_time']),
  ];
  for (const text of queries) await recorder.get('dags', `${root}/dags`, { query: text });
}

async function runLists({ recorder, root, three }, { runs }) {
  const names = [
    'start_date',
    'end_date',
    'updated_at',
    ...(three ? ['run_after', 'logical_date'] : ['execution_date']),
  ];
  const ends = three ? ['gte', 'gt', 'lte', 'lt'] : ['gte', 'lte'];
  const any = `${root}/dags/~/dagRuns`;
  for (const name of names) {
    const [early, middle, late] = quartiles(runs.map((run) => run[name] ?? run.start_date));
    for (const end of ends)
      await recorder.get('runs', any, { query: query({ [`${name}_${end}`]: middle, limit: 100 }) });
    await recorder.get('runs', any, { query: query({ [`${name}_gte`]: early, [`${name}_lte`]: late, limit: 100 }) });
    for (const sign of ['', '-'])
      await recorder.get('runs', any, { query: query({ order_by: `${sign}${name}`, limit: 100 }) });
  }
  const [, middle] = quartiles(runs.map(({ start_date }) => start_date));
  const without = new Date(middle).toISOString();
  const queries = [
    '',
    'limit=3',
    'limit=3&offset=3',
    'limit=3&offset=1000',
    'limit=0',
    'limit=1000',
    'limit=-1',
    'offset=-1',
    'state=success',
    'state=failed&state=running',
    'state=queued',
    'state=nosuch',
    'state=',
    'order_by=id',
    'order_by=-start_date&limit=3&offset=1',
    'order_by=dag_id',
    'order_by=dag_run_id',
    'order_by=state',
    'order_by=nosuch',
    'order_by=-end_date&limit=5',
    query({ start_date_gte: without }),
    query({ start_date_gte: without.replace('.000', '').replace('Z', '+00:00') }),
    `start_date_gte=${without.replace('Z', '+00:00')}`,
    query({ start_date_gte: without.slice(0, 10) }),
    query({ start_date_gte: without.replace('Z', '') }),
    'start_date_gte=yesterday',
    'start_date_gte=',
    'start_date_gte=2999-01-01T00%3A00%3A00Z',
    query({ start_date_gte: middle, state: 'success', order_by: '-start_date', limit: 3 }),
    'nosuch=1',
    ...(three
      ? [
          'run_type=manual',
          'run_type=scheduled&run_type=asset_triggered',
          'run_type=backfill',
          'run_type=nosuch',
          'run_id_pattern=manual',
          'dag_version=1',
          'dag_version=2',
          'triggering_user_name_pattern=admin',
          'order_by=run_after&order_by=-id',
          'order_by=duration',
          'dag_id_pattern=shop',
        ]
      : ['fields=dag_run_id&fields=state', 'order_by=external_trigger']),
  ];
  for (const text of queries) await recorder.get('runs', any, { query: text });
  for (const id of ['states_slow', 'shop.orders.etl', 'schedule_catchup', 'gone_later', 'nosuch'])
    for (const text of ['', 'limit=2&order_by=-start_date', 'state=success', 'limit=2&offset=1'])
      await recorder.get('runs-of', `${root}/dags/${part(id)}/dagRuns`, { query: text });
  const list = `${root}/dags/~/dagRuns/list`;
  const bodies = [
    {},
    { page_limit: 3 },
    { page_limit: 3, page_offset: 3 },
    { page_limit: 1000 },
    { page_limit: 0 },
    { dag_ids: ['states_slow', 'shop.orders.etl'] },
    { dag_ids: [] },
    { dag_ids: ['nosuch'] },
    { states: ['failed', 'running'] },
    { states: ['nosuch'] },
    { states: [] },
    { order_by: '-start_date', page_limit: 5 },
    { order_by: 'nosuch' },
    { start_date_gte: middle },
    { start_date_lte: middle, dag_ids: ['schedule_catchup', 'states_failed'] },
    { end_date_gte: middle },
    ...(three
      ? [
          { run_after_gte: middle },
          { logical_date_gte: middle },
          { start_date_gt: middle },
          { updated_at_gte: middle },
          { dag_run_ids: ['first'] },
        ]
      : [{ execution_date_gte: middle }, { updated_at_gte: middle }]),
    { nosuch: 1 },
  ];
  for (const body of bodies) await recorder.post('runs-list', list, body);
  await recorder.post('runs-list', `${root}/dags/states_slow/dagRuns/list`, {});
  await recorder.post('runs-list', list, '{not json');
}

async function instanceLists({ recorder, root, three }, { runs, instances }) {
  const any = `${root}/dags/~/dagRuns/~/taskInstances`;
  const list = `${any}/list`;
  const [early, middle, late] = quartiles(instances.map(({ start_date }) => start_date));
  const of = (id) => `${root}/dags/${part(id)}/dagRuns/~/taskInstances`;
  const queries = [
    '',
    'limit=5',
    'limit=5&offset=5',
    'limit=1000',
    'limit=5&offset=10000',
    'state=success&limit=100',
    'state=failed&state=up_for_retry',
    'state=running',
    'state=skipped',
    'state=none',
    'state=nosuch',
    query({ start_date_gte: middle, limit: 100 }),
    query({ start_date_gte: early, start_date_lte: late, limit: 100 }),
    query({ end_date_gte: middle, limit: 100 }),
    query({ updated_at_gte: middle, limit: 100 }),
    query({ updated_at_gte: middle, order_by: 'updated_at', limit: 10 }),
    'duration_gte=1&limit=100',
    'order_by=start_date&limit=10',
    'order_by=-start_date&limit=10',
    'order_by=nosuch',
    'pool=default_pool&limit=3',
    'pool=nosuch',
    'queue=default&limit=3',
    ...(three
      ? [
          query({ run_after_gte: middle, limit: 100 }),
          query({ logical_date_gte: middle, limit: 100 }),
          'order_by=id&limit=10',
          'order_by=map_index&limit=10',
          'task_id=fail',
          'operator=BashOperator&limit=100',
          'map_index=1',
          'try_number=2',
          'version_number=2',
          'task_display_name_pattern=sales',
        ]
      : [query({ execution_date_gte: middle, limit: 100 })]),
  ];
  for (const text of queries) await recorder.get('instances', any, { query: text });
  for (const id of ['mapped_tasks', 'states_slow', 'nosuch', 'changed_later'])
    for (const text of ['', 'limit=2', 'limit=2&offset=1', 'state=success'])
      await recorder.get('instances-of', of(id), { query: text });
  if (three) await recorder.get('instances-of', of('shop.orders.etl'), { query: 'task_group_id=extract' });
  const [run] = runs;
  const mapped = runs.find(({ dag_id }) => dag_id === 'mapped_tasks');
  const inMapped = `${root}/dags/mapped_tasks/dagRuns/${part(mapped.dag_run_id)}/taskInstances`;
  for (const path of [
    `${inMapped}/size_of`,
    `${inMapped}/size_of/1`,
    `${inMapped}/size_of/99`,
    `${inMapped}/nosuch`,
    `${inMapped}/total/tries`,
    `${inMapped}/size_of/listMapped`,
    `${inMapped}/total/listMapped`,
    `${inMapped}/size_of/2/tries`,
    `${inMapped}/size_of/2/tries/1`,
    `${inMapped}/size_of/2/logs/1`,
    `${inMapped}/total/logs/1`,
    `${inMapped}/total/xcomEntries`,
    `${inMapped}/total/xcomEntries/return_value`,
    `${inMapped}/total/links`,
    `${inMapped}/total/dependencies`,
    `${root}/dags/${part(run.dag_id)}/dagRuns/nosuch/taskInstances`,
    `${root}/dags/~/dagRuns/${part(run.dag_run_id)}/taskInstances`,
  ])
    await recorder.get('instance', path);
  const bodies = [
    {},
    { page_limit: 5 },
    { page_limit: 5, page_offset: 5 },
    { page_limit: 1000 },
    { dag_ids: ['mapped_tasks', 'states_retry'] },
    { dag_ids: ['mapped_tasks'], dag_run_ids: [mapped.dag_run_id], page_limit: 100 },
    { dag_run_ids: ['first', 'second'] },
    { task_ids: ['fail'] },
    { dag_ids: ['nosuch'] },
    { dag_ids: [] },
    { state: ['failed', 'running'] },
    { state: ['up_for_reschedule'] },
    { state: ['none'] },
    { state: [null] },
    { state: ['nosuch'] },
    { start_date_gte: middle, page_limit: 100 },
    { end_date_gte: early, end_date_lte: late, page_limit: 100 },
    { duration_gte: 1, page_limit: 100 },
    { order_by: '-start_date', page_limit: 5 },
    { order_by: 'nosuch' },
    { pool: ['default_pool'], page_limit: 3 },
    { nosuch: 1 },
  ];
  for (const body of bodies) await recorder.post('instances-list', list, body);
}

async function assetLists({ recorder, root, three }, { assets }) {
  const path = `${root}/${three ? 'assets' : 'datasets'}`;
  const id = assets[0]?.id;
  const queries = [
    '',
    'limit=2',
    'limit=2&offset=2',
    'limit=1000',
    'uri_pattern=orders',
    'dag_ids=assets_all_of',
    'dag_ids=assets_all_of,assets_producer',
    'dag_ids=assets_all_of&dag_ids=assets_producer',
    'dag_ids=nosuch',
    'order_by=uri',
    'order_by=-id',
    'order_by=nosuch',
    ...(three ? ['only_active=false', 'name_pattern=orders', 'order_by=name'] : []),
  ];
  for (const text of queries) await recorder.get('assets', path, { query: text });
  const events = [
    '',
    'limit=2',
    'limit=2&offset=1',
    'order_by=-timestamp',
    'order_by=timestamp',
    'order_by=nosuch',
    `${three ? 'asset_id' : 'dataset_id'}=${id}`,
    'source_dag_id=assets_producer',
    'source_dag_id=nosuch',
    'source_task_id=write_orders',
    'source_map_index=-1',
    ...(three ? ['timestamp_gte=2026-01-01T00%3A00%3A00Z', 'timestamp_gte=2999-01-01T00%3A00%3A00Z'] : []),
  ];
  for (const text of events) await recorder.get('asset-events', `${path}/events`, { query: text });
  await recorder.get('assets', `${path}/${three ? '999999' : part('s3://nosuch')}`);
  for (const dag of ['assets_all_of', 'shop_flow_control'])
    await recorder.get('assets', `${root}/dags/${dag}/${three ? 'assets/queuedEvents' : 'datasets/queuedEvent'}`);
}

/** Three pages that people see and whose data no public endpoint has. */
async function pagesOfPeople({ recorder, three, runs }) {
  if (!three) {
    for (const path of ['/object/graph_data', '/health', '/home'])
      await recorder.get('ui', path, { query: path.includes('graph') ? 'dag_id=shop.orders.etl' : '' });
    return;
  }
  await recorder.get('ui', '/ui/dependencies');
  for (const id of ['assets_all_of', 'ops.parent', 'nosuch'])
    await recorder.get('ui', '/ui/dependencies', { query: query({ node_id: `dag:${id}` }) });
  for (const id of [
    'shop.orders.etl',
    'ops.parent',
    'ops.waiting',
    'mapped_tasks',
    'assets_producer',
    'assets_any_of',
    'nosuch',
  ])
    for (const external of ['false', 'true'])
      await recorder.get('ui', '/ui/structure/structure_data', {
        query: query({ dag_id: id, external_dependencies: external }),
      });
  await recorder.get('ui', '/ui/dags', { query: 'limit=3' });
  await recorder.get('ui', '/ui/config');
  await recorder.get('ui', '/ui/next_run_assets/assets_all_of');
  await recorder.get('ui', '/ui/dashboard/dag_stats');
  await recorder.get('ui', '/ui/grid/structure/mapped_tasks');
  await recorder.get('ui', '/ui/grid/runs/mapped_tasks');
  const mapped = runs.find(({ dag_id }) => dag_id === 'mapped_tasks');
  await recorder.get('ui', `/ui/grid/ti_summaries/mapped_tasks/${part(mapped.dag_run_id)}`);
}

async function errors({ recorder, root, three, users }) {
  const dags = `${root}/dags`;
  const bad = (header, path = dags) => recorder.get('auth', path, { header });
  const nobody = { as: null };
  for (const path of ['version', three ? 'monitor/health' : 'health', 'dags', 'dags/~/dagRuns', 'nosuch'])
    await recorder.get('auth', `${root}/${path}`, nobody);
  await bad('Bearer nonsense');
  await bad('Bearer ');
  await bad('Basic bm9ib2R5Om5vYm9keQ==');
  await bad('Basic %%%');
  await bad('Nonsense');
  await bad('Basic bm9ib2R5Om5vYm9keQ==', `${root}/version`);
  for (const as of ['viewer', 'stranger'])
    for (const path of [
      'dags?limit=2',
      'dags/shop.orders.etl/details',
      'dags/~/dagRuns?limit=2',
      'dags/~/dagRuns/~/taskInstances?limit=2',
      'importErrors',
      three ? 'assets' : 'datasets',
      'config',
      'connections',
      'variables',
      'pools',
      'eventLogs?limit=2',
      'providers',
      'dagSources/shop.orders.etl',
    ]) {
      const [where, text = ''] = path.split('?');
      await recorder.get('permissions', `${root}/${where}`, { as, query: text });
    }
  for (const as of ['viewer', 'stranger']) {
    const options = { as };
    await recorder.post('permissions', `${root}/dags/~/dagRuns/list`, {}, options);
    await recorder.post('permissions', `${root}/dags/~/dagRuns/~/taskInstances/list`, {}, options);
    await recorder.post(
      'permissions',
      `${root}/dags/states_never_run/dagRuns`,
      three ? { logical_date: null } : {},
      options,
    );
    await recorder.send('PATCH', 'permissions', `${root}/dags/states_never_run`, {
      ...options,
      body: { is_paused: true },
    });
  }
  if (three) {
    const token = (body, options) => recorder.post('token', '/auth/token', body, { ...nobody, ...options });
    await token({ username: 'admin', password: users.admin.password });
    await token({ username: 'admin', password: 'wrong' });
    await token({ username: 'nobody', password: 'wrong' });
    await token({ username: 'admin' });
    await token('{not json');
    await recorder.get('token', '/auth/token', nobody);
    await recorder.post('token', '/auth/token/cli', { username: 'admin', password: users.admin.password }, nobody);
    await recorder.get('old', '/api/v1/dags');
    await recorder.get('old', '/api/v1/version');
  } else {
    await recorder.get('old', '/api/v2/version');
    await recorder.post('token', '/auth/token', { username: 'admin', password: 'wrong' }, nobody);
  }
  for (const path of [
    'nosuch',
    'dags/nosuch',
    'dags/nosuch/details',
    'dags/nosuch/tasks',
    'dags/nosuch/dagRuns',
    'dags/nosuch/dagRuns/nosuch',
    'dags/states_slow/dagRuns/nosuch',
    'dags/states_slow/dagRuns/first',
    'dags/states_slow/tasks/sleep',
    'dags/states_slow/tasks/nosuch',
    'dags/broken',
    'dags/gone_later',
    'dags/gone_later/details',
    'dags/gone_later/tasks',
    'dags/~',
    'dags/~/details',
    'dags/~/tasks',
    'dagSources/nosuch',
    'dags/',
    'importErrors/999999',
    'config',
    'connections',
    'variables',
    'config/section/core/option/executor',
    three ? 'dags/changed_later/dagVersions/1' : 'roles',
    three ? 'dags/changed_later/dagVersions/99' : 'users',
    three ? 'backfills?dag_id=schedule_daily' : 'permissions',
    three ? 'jobs' : 'xcomEntries',
    three ? 'dagTags' : 'dagTags',
    three ? 'monitor/health' : 'health',
  ]) {
    const [where, text = ''] = path.split('?');
    await recorder.get('single', `${root}/${where}`, { query: text });
  }
  for (const method of ['DELETE', 'PUT', 'POST']) await recorder.send(method, 'method', `${root}/version`);
  await recorder.get('head', `${root}/version`, { headers: { accept: 'text/plain' } });
  await recorder.get('head', `${root}/dags`, { query: 'limit=1', headers: { accept: 'text/html' } });
  await recorder.get('head', three ? '/' : '/', {});
  await recorder.get('source', `${root}/dagSources/shop.orders.etl`, { headers: { accept: 'text/plain' } });
}

/** Records all of it; the server no longer works, so that every answer is of one moment. */
export async function record({ recorder, major, users }) {
  const three = major > 2;
  const server = { recorder, root: `/api/v${three ? 2 : 1}`, three, users };
  const found = await everything(server);
  await dagLists(server);
  await runLists(server, found);
  await instanceLists(server, found);
  await assetLists(server, found);
  await errors(server);
  await pagesOfPeople({ ...server, ...found });
}
