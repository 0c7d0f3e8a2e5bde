// Following the journal by server-sent events. An event only says that there is something new: what
// it is, the list asks for with its own filter.

import {h} from './dom.js';

const retry_ms = 2000;

/**
 * @param {import('./main.js').Page} page
 * @param {() => number} last_id - the newest entry that is known
 * @param {() => Promise<void>} catch_up - fetches what is newer
 * @returns {{button: HTMLElement, start: () => void}}
 */
export function follow(page, last_id, catch_up) {
    let source = null;
    let running = false;
    let again = false;
    let timer = 0;
    const button = h('button.button.live', {type: 'button', id: 'live', 'aria-pressed': 'true',
                                            title: 'Follow new requests (p)'});
    const say = (state, text) => {
        button.dataset.state = state;
        button.textContent = text;
    };
    // One at a time: what comes meanwhile is fetched right after.
    const fetch_new = async () => {
        again = true;
        if (running) return;
        running = true;
        try {
            while (again && !page.signal.aborted) {
                again = false;
                await catch_up();
            }
            if (source) say('on', 'Live');
        } catch (error) {
            if (error.name === 'AbortError' || !source) return;
            say('lost', 'Reconnecting');
            retry();
        } finally {
            running = false;
        }
    };
    const retry = () => {
        clearTimeout(timer);
        timer = setTimeout(() => {
            stop();
            start();
        }, retry_ms);
    };
    const stop = () => {
        clearTimeout(timer);
        source?.close();
        source = null;
    };
    const start = () => {
        source = new EventSource(page.api.address('/events', {after: last_id()}));
        source.addEventListener('request', fetch_new);
        // The server ends each stream with its first event, or after a while; the browser comes back
        // by itself, unless the answer was no stream. Whether there is a server at all, fetch_new
        // finds out: a stream says nothing before its first event.
        source.addEventListener('error', () => {
            if (source?.readyState === EventSource.CLOSED) retry();
            fetch_new();
        });
        fetch_new();
    };
    button.addEventListener('click', () => {
        const is_on = button.getAttribute('aria-pressed') === 'true';
        button.setAttribute('aria-pressed', String(!is_on));
        if (is_on) {
            stop();
            say('paused', 'Paused');
        } else {
            start();
        }
    });
    page.signal.addEventListener('abort', stop);
    say('off', 'Connecting');
    return {button, start};
}
