// The API explorer: lists what /openapi.json describes and calls it. No library, nothing from elsewhere.

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
const SHOWN_LENGTH_MAX = 200_000;
const DEPTH_MAX = 4;

const byId = (id) => document.getElementById(id);

/** An element with properties and children. */
function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key.startsWith('aria-') || key === 'for') made.setAttribute(key, value);
    else made[key] = value;
  }
  made.append(...children);
  return made;
}

const spec = await (await fetch('/openapi.json')).json();

const operations = Object.entries(spec.paths).flatMap(([path, item]) =>
  METHODS.filter((method) => item[method]).map((method) => ({ path, method, ...item[method] })),
);

function resolve(schema) {
  return schema?.$ref ? spec.components.schemas[schema.$ref.split('/').pop()] : schema ?? {};
}

/** A value that fits a schema: what is required, and a little of the rest. */
function example(schema, depth = 0) {
  const of = resolve(schema);
  if (of.const !== undefined) return of.const;
  if (of.enum) return of.enum[1] ?? of.enum[0];
  switch (of.type) {
    case 'object': {
      if (depth > DEPTH_MAX) return {};
      const names = of.required ?? Object.keys(of.properties ?? {}).slice(0, 1);
      return Object.fromEntries(names.map((name) => [name, example(of.properties?.[name], depth + 1)]));
    }
    case 'array':
      return depth > DEPTH_MAX ? [] : [example(of.items, depth + 1)];
    case 'integer':
    case 'number':
      return of.minimum ?? 0;
    case 'boolean':
      return true;
    default:
      if (of.format === 'uuid') return '00000000-0000-7000-8000-000000000000';
      return of.examples?.[0] ?? '';
  }
}

function listOperations(filter = '') {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (operation) => {
    const text = `${operation.path} ${operation.method} ${operation.summary} ${operation.operationId}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };
  const groups = spec.tags.map((tag) => {
    const found = operations.filter((operation) => operation.tags.includes(tag.name) && fits(operation));
    const rows = found.map((operation) => {
      const button = element(
        'button',
        { type: 'button', title: operation.summary },
        element('span', { className: 'method' }, operation.method.toUpperCase()),
        element('code', {}, operation.path),
      );
      button.addEventListener('click', () => {
        location.hash = operation.operationId;
      });
      button.dataset.id = operation.operationId;
      return button;
    });
    return rows.length === 0
      ? ''
      : element('details', { open: true }, element('summary', { title: tag.description ?? '' }, tag.name), ...rows);
  });
  byId('operations').replaceChildren(...groups.filter(Boolean));
  markCurrent();
}

function markCurrent() {
  const id = location.hash.slice(1);
  for (const button of document.querySelectorAll('nav button')) {
    button.setAttribute('aria-current', String(button.dataset.id === id));
  }
}

/** One row: a name and where to write its value. */
function fieldRow(parameter, index) {
  const schema = resolve(parameter.schema);
  const id = `field-${index}`;
  const items = resolve(schema.items);
  const choices = schema.enum ?? (schema.type === 'boolean' ? ['true', 'false'] : null);
  const input = choices
    ? element('select', { id }, element('option', { value: '' }, ''), ...choices.map((v) => element('option', { value: v }, v)))
    : element('input', { id, required: parameter.required ?? false, spellcheck: false });
  if (schema.type === 'array') input.placeholder = items.enum ? 'A, B (several by commas)' : 'several by commas';
  const label = element('label', { for: id }, parameter.name, element('br'), element('small', {}, parameter.in));
  const value = element('div', {}, input);
  if (parameter.description) value.append(element('small', {}, parameter.description));
  return { parameter, schema, input, nodes: [label, value] };
}

function show(operation) {
  const fields = (operation.parameters ?? []).map(fieldRow);
  const content = operation.requestBody?.content ?? {};
  const type = Object.keys(content)[0];
  const body = bodyInput(type, content[type]);
  const result = element('section', { 'aria-live': 'polite' });
  const form = element('form', {});
  if (fields.length > 0) {
    form.append(element('h3', {}, 'Parameters'), element('div', { className: 'fields' }, ...fields.flatMap((f) => f.nodes)));
  }
  if (body) form.append(element('h3', {}, `Body (${type})`), body);
  const curl = element('button', { type: 'button', className: 'action plain' }, 'Copy as curl');
  form.append(element('div', { className: 'actions' }, element('button', { className: 'action' }, 'Send'), curl));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    send(request(operation, fields, type, body), result);
  });
  curl.addEventListener('click', () => navigator.clipboard.writeText(asCurl(request(operation, fields, type, body))));
  byId('operation').replaceChildren(
    element('h2', {}, operation.summary),
    element('p', {}, element('span', { className: 'method' }, operation.method.toUpperCase()), ' ', element('code', {}, operation.path)),
    element('p', { className: 'description' }, operation.description ?? ''),
    element('p', {}, element('small', {}, access(operation))),
    form,
    result,
  );
  byId('operation').focus();
  markCurrent();
}

function access(operation) {
  if (operation.security?.length === 0) return 'Open to all.';
  const scope = operation['x-scope'] ? `; API keys with ${operation['x-scope']}` : '';
  return `For ${(operation['x-roles'] ?? []).join(', ')}${scope}.`;
}

function bodyInput(type, content) {
  if (!type) return null;
  if (type === 'application/json') {
    const area = element('textarea', { spellcheck: false, 'aria-label': 'Body' });
    area.value = JSON.stringify(example(content.schema), null, 2);
    return area;
  }
  return element('input', { type: 'file', 'aria-label': 'File' });
}

function request(operation, fields, type, body) {
  let path = operation.path;
  const query = new URLSearchParams();
  const headers = {};
  for (const { parameter, schema, input } of fields) {
    if (input.value === '') continue;
    const values = schema.type === 'array' ? input.value.split(',').map((v) => v.trim()) : [input.value];
    if (parameter.in === 'path') path = path.replace(`{${parameter.name}}`, encodeURIComponent(input.value));
    else if (parameter.in === 'query') values.forEach((value) => query.append(parameter.name, value));
    else headers[parameter.name] = input.value;
  }
  const token = byId('token').value.trim();
  if (token) headers.Authorization = `Bearer ${token}`;
  const made = { method: operation.method.toUpperCase(), url: path + (query.size ? `?${query}` : ''), headers };
  if (type === 'application/json') {
    headers['Content-Type'] = type;
    made.body = body.value;
  } else if (type === 'multipart/form-data') {
    made.body = new FormData();
    if (body.files[0]) made.body.append('file', body.files[0]);
  } else if (type) {
    made.body = body.files[0] ?? '';
  }
  return made;
}

function asCurl({ method, url, headers, body }) {
  const quote = (text) => `'${text.replaceAll("'", "'\\''")}'`;
  const parts = ['curl', '-X', method, quote(location.origin + url)];
  for (const [name, value] of Object.entries(headers)) parts.push('-H', quote(`${name}: ${value}`));
  if (typeof body === 'string') parts.push('-d', quote(body));
  return parts.join(' ');
}

let running = new AbortController();

async function send({ method, url, headers, body }, result) {
  running.abort();
  running = new AbortController();
  const start = performance.now();
  try {
    const response = await fetch(url, { method, headers, body, signal: running.signal });
    const millis = Math.round(performance.now() - start);
    const status = element('p', { className: response.ok ? 'good' : 'bad' }, `${response.status} ${response.statusText} in ${millis} ms`);
    const names = [...response.headers].map(([name, value]) => `${name}: ${value}`).join('\n');
    const output = element('pre', {}, '…');
    result.replaceChildren(element('h3', {}, 'Answer'), status, element('details', {}, element('summary', {}, 'Headers'), element('pre', {}, names)), output);
    await read(response, output, result);
  } catch (error) {
    if (error.name !== 'AbortError') result.replaceChildren(element('p', { className: 'bad' }, String(error)));
  }
}

async function read(response, output, result) {
  const type = response.headers.get('content-type') ?? '';
  if (type.startsWith('image/')) {
    const picture = element('img', { src: URL.createObjectURL(await response.blob()), alt: 'The answer' });
    picture.style.maxWidth = '100%';
    output.replaceWith(picture);
  } else if (type.startsWith('text/event-stream')) {
    const stop = element('button', { type: 'button', className: 'action plain' }, 'Stop');
    stop.addEventListener('click', () => running.abort());
    result.append(stop);
    output.textContent = '';
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      output.textContent = (output.textContent + piece.value).slice(-SHOWN_LENGTH_MAX);
      output.scrollTop = output.scrollHeight;
    }
    stop.remove();
  } else {
    const text = (await response.text()).slice(0, SHOWN_LENGTH_MAX);
    output.textContent = type.includes('json') && text ? JSON.stringify(JSON.parse(text), null, 2) : text;
  }
}

async function offerSignIn() {
  const config = await (await fetch('/app-config.json')).json();
  if (config.signIn !== 'embedded') return;
  const form = byId('sign-in');
  form.hidden = false;
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const answer = await fetch('/dev/oidc/token', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ user: byId('user').value }),
    });
    const json = await answer.json();
    if (answer.ok) keepToken(json.access_token);
  });
}

function keepToken(token) {
  byId('token').value = token;
  sessionStorage.setItem('rekindle-explorer-token', token);
}

byId('search').addEventListener('input', (event) => listOperations(event.target.value));
byId('token').addEventListener('change', (event) => keepToken(event.target.value));
byId('token').value = sessionStorage.getItem('rekindle-explorer-token') ?? '';
addEventListener('hashchange', showHash);

function showHash() {
  const operation = operations.find((candidate) => candidate.operationId === location.hash.slice(1));
  if (operation) show(operation);
}

listOperations();
showHash();
await offerSignIn();
