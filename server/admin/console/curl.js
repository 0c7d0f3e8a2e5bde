// A request of the journal as a shell command that sends it again.

/** curl sets these by itself, or they belonged to the old connection. */
const not_repeated = new Set(['host', 'content-length', 'connection', 'transfer-encoding', 'expect',
                              'accept-encoding', 'user-agent', 'accept', 'keep-alive']);

/**
 * @param {string} text
 * @returns {string} as one word of a POSIX shell
 */
export function quote(text) {
    return `'${text.replaceAll("'", "'\\''")}'`;
}

/**
 * @param {Object} entry - a whole entry of the journal
 * @param {string} service - the address of the service, as GET /sample gives it
 * @returns {string}
 */
export function curl_command(entry, service) {
    const {headers, body, encoding} = entry.request;
    const address = new URL(service);
    address.host = headers.find(([name]) => name.toLowerCase() === 'host')?.[1] ?? address.host;
    const parts = ['curl -sS'];
    if (entry.method !== (body ? 'POST' : 'GET')) parts.push(`-X ${quote(entry.method)}`);
    for (const [name, value] of headers) {
        // curl would leave out a header that has no value, unless it is written with a semicolon.
        const text = value === '' ? `${name};` : `${name}: ${value}`;
        if (!not_repeated.has(name.toLowerCase())) parts.push(`-H ${quote(text)}`);
    }
    const is_other = body && encoding && !/^(utf-?8|us-ascii)$/i.test(encoding);
    if (body) parts.push(is_other ? '--data-binary @-' : `--data-binary ${quote(body)}`);
    parts.push(quote(entry.target.startsWith('/') ? address.origin + entry.target : entry.target));
    const command = parts.join(' \\\n  ');
    return is_other
        ? `printf %s ${quote(body)} | iconv -f UTF-8 -t ${quote(encoding)} | ${command}` : command;
}
