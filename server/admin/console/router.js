// The address bar holds the whole state of the console: #/requests/7?sandbox=a&outcome=fault.

/**
 * @typedef {Object} Route
 * @property {string} page - 'requests'
 * @property {string} id - what follows it, or ''
 * @property {URLSearchParams} parameters
 */

/**
 * @param {string} hash - location.hash
 * @returns {Route}
 */
export function parse(hash) {
    const [path, query = ''] = hash.replace(/^#\/?/, '').split('?');
    const [page, id = ''] = path.split('/');
    return {page: page || 'requests', id, parameters: new URLSearchParams(query)};
}

/**
 * The hash of a page in the sandbox that the address bar names.
 * @param {string} path - 'requests/7'
 * @param {Object<string, string>} [parameters] - those that are '' are left out
 * @returns {string}
 */
export function link(path, parameters = {}) {
    const sandbox = parse(location.hash).parameters.get('sandbox') ?? '';
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries({sandbox, ...parameters})) {
        if (value) query.set(name, value);
    }
    const text = query.toString();
    return `#/${path}${text && `?${text}`}`;
}

/**
 * Goes to a page.
 * @param {string} path
 * @param {Object<string, string>} [parameters]
 */
export function go(path, parameters) {
    location.hash = link(path, parameters);
}

/**
 * Changes the address bar without a new page and without an entry in the history: for filters.
 * @param {string} path
 * @param {Object<string, string>} parameters
 */
export function remember(path, parameters) {
    history.replaceState(null, '', link(path, parameters));
}
