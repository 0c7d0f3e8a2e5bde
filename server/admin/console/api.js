// The JSON interface of the admin address, as /openapi.json describes it.

/** What went wrong, in words for the person at the screen. */
export class ApiError extends Error {
    /**
     * @param {string} message
     * @param {number} status - 0: the server did not answer
     */
    constructor(message, status) {
        super(message);
        this.status = status;
    }
}

/** Calls of one sandbox. */
export class Api {
    /** @param {string} sandbox - '' for the default one */
    constructor(sandbox) {
        this.sandbox = sandbox;
        this.prefix = sandbox ? `/sandbox/${encodeURIComponent(sandbox)}` : '';
    }

    /**
     * The address of a path in this sandbox; parameters that are '' or null are left out.
     * @param {string} path
     * @param {Object<string, string|number|null|undefined>} [parameters]
     * @returns {string}
     */
    address(path, parameters = {}) {
        const query = new URLSearchParams();
        for (const [name, value] of Object.entries(parameters)) {
            if (value !== '' && value !== null && value !== undefined) query.set(name, String(value));
        }
        const text = query.toString();
        return this.prefix + path + (text && `?${text}`);
    }

    /**
     * @param {string} path
     * @param {Object<string, string|number|null|undefined>} [parameters]
     * @param {AbortSignal} [signal]
     * @returns {Promise<any>}
     */
    get(path, parameters, signal) {
        return call(this.address(path, parameters), {signal});
    }

    /**
     * @param {'POST'|'PUT'|'DELETE'} method
     * @param {string} path
     * @param {unknown} [body]
     * @returns {Promise<any>} null if the answer has no content
     */
    change(method, path, body) {
        const with_body = body === undefined ? {} : {
            headers: {'Content-Type': 'application/json'},
            body: JSON.stringify(body),
        };
        return call(this.address(path), {method, ...with_body});
    }
}

async function call(address, options) {
    let response;
    try {
        response = await fetch(address, {headers: {Accept: 'application/json'}, ...options});
    } catch (error) {
        if (error.name === 'AbortError') throw error;
        throw new ApiError('The server does not answer. Is it still running?', 0);
    }
    if (response.status === 204) return null;
    const text = await response.text();
    let json = null;
    try {
        json = JSON.parse(text);
    } catch {
        throw new ApiError(`${address} answered ${response.status} with something that is no JSON.`,
                           response.status);
    }
    if (!response.ok) {
        throw new ApiError(json?.error ?? `${address} answered ${response.status}.`, response.status);
    }
    return json;
}
