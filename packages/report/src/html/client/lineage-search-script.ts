/** Finds by name, marks what was found and leads to it. Plain JavaScript for the browser. */
export const lineageSearchScript = `
function linkToSubject(target) {
  return '#lineage=' + encodeURIComponent(target.key);
}

function signOf(kind) {
  return svg('svg', { class: 'sign-of ' + kind, width: 16, height: 16, 'aria-hidden': 'true' }, svg('use', { href: '#sign-' + kind }));
}

function startSearch({ model, search, hits, drawing, boxesNow, go }) {
  function suggest() {
    const found = model.find(search.value);
    const numbers = new Set(found.map(({ number }) => number));
    for (const { box, element } of boxesNow()) element.classList.toggle('hit', numbers.has(box.subject));
    drawing.classList.toggle('searching', search.value.trim() !== '');
    hits.replaceChildren(...found.slice(0, 12).map((target) => element('li', {},
      element('a', { href: linkToSubject(target) }, signOf(target.kind), element('bdi', {}, target.title), ' ',
        element('span', { class: 'sub' }, element('bdi', {}, target.context))))));
    if (found.length > 12) hits.append(element('li', { class: 'sub' }, 'and ' + (found.length - 12).toLocaleString('en') + ' more'));
    if (found.length === 0) hits.append(element('li', { class: 'sub' }, 'Nothing has this name.'));
    setHits(search.value.trim() !== '');
    return found;
  }

  function setHits(isOpen) {
    hits.hidden = !isOpen;
    search.setAttribute('aria-expanded', String(isOpen));
  }

  function leaveSearch() {
    setHits(false);
    drawing.classList.remove('searching');
  }

  search.addEventListener('input', suggest);
  search.addEventListener('focus', () => { if (search.value.trim() !== '') suggest(); });
  search.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') {
      const [first] = suggest();
      if (first) {
        leaveSearch();
        go(first);
      }
    } else if (event.key === 'ArrowDown') {
      const first = hits.querySelector('a');
      if (first) first.focus();
      event.preventDefault();
    } else if (event.key === 'Escape') {
      leaveSearch();
      search.value = '';
    } else return;
    event.stopPropagation();
  });
  hits.addEventListener('keydown', (event) => {
    const links = [...hits.querySelectorAll('a')];
    const place = links.indexOf(document.activeElement);
    if (event.key === 'ArrowDown') (links[place + 1] || links[0]).focus();
    else if (event.key === 'ArrowUp') (links[place - 1] || search).focus();
    else if (event.key === 'Escape') search.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  hits.addEventListener('click', leaveSearch);
  document.addEventListener('pointerdown', (event) => { if (!event.target.closest('.finder')) leaveSearch(); });
}
`;
