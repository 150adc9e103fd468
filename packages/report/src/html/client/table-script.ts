/** Searches, filters and sorts the rows that are already in the page. Plain JavaScript for the browser. */
export const tableScript = String.raw`
const body = document.querySelector('#pipelines tbody');
const rows = Array.from(body.rows);
const search = document.getElementById('search');
const selects = ['namespace', 'outcome', 'state'].map((id) => document.getElementById(id));
const numeric = new Set(['tasks', 'runs', 'last']);

function applyFilters() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const row of rows) {
    const fits = words.every((word) => row.dataset.search.includes(word))
      && selects.every((select) => select.value === '' || row.dataset[select.id] === select.value);
    row.hidden = !fits;
    if (fits) shown += 1;
  }
  const all = rows.length.toLocaleString('en') + (rows.length === 1 ? ' pipeline' : ' pipelines');
  document.getElementById('shown').value = shown === rows.length ? all : shown.toLocaleString('en') + ' of ' + all;
  document.getElementById('none').hidden = shown > 0;
}

function sortBy(button) {
  const key = button.dataset.sort;
  const header = button.parentElement;
  const first = numeric.has(key) ? 'descending' : 'ascending';
  const other = first === 'ascending' ? 'descending' : 'ascending';
  const direction = header.getAttribute('aria-sort') === first ? other : first;
  for (const cell of header.parentElement.cells) cell.removeAttribute('aria-sort');
  header.setAttribute('aria-sort', direction);
  const sign = direction === 'ascending' ? 1 : -1;
  const order = new Intl.Collator('en', { numeric: true });
  rows.sort((left, right) => sign * (numeric.has(key)
    ? Number(left.dataset[key]) - Number(right.dataset[key])
    : order.compare(left.dataset[key], right.dataset[key])));
  body.append(...rows);
}

search.addEventListener('input', applyFilters);
for (const select of selects) select.addEventListener('change', applyFilters);
search.form.addEventListener('submit', (event) => event.preventDefault());
for (const button of document.querySelectorAll('#pipelines th button')) {
  button.addEventListener('click', () => sortBy(button));
}
applyFilters();
`;
