/** Makes elements. Plain JavaScript for the browser. */
export const elementScript = `
function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) made.setAttribute(name, value);
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

function svg(tag, attributes, ...children) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function outside(url, text, attributes = {}) {
  return element('a', { href: url, target: '_blank', rel: 'noopener noreferrer', ...attributes }, text);
}
`;
