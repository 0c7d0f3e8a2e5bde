// Following the journal by server-sent events. An event only says that there is something new: what
// it is, the list asks for with its own filter.

import {h} from './dom.js';

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
    let lost = 0;
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
        } catch (error) {
            if (error.name !== 'AbortError') say('lost', 'Reconnecting');
        } finally {
            running = false;
        }
    };
    const stop = () => {
        clearTimeout(lost);
        source?.close();
        source = null;
    };
    const start = () => {
        source = new EventSource(page.api.address('/events', {after: last_id()}));
        source.addEventListener('open', () => {
            clearTimeout(lost);
            say('on', 'Live');
            fetch_new();
        });
        source.addEventListener('request', fetch_new);
        source.addEventListener('error', () => {
            // The server ends each stream after a while, and the browser comes back by itself; it
            // gives up only on an answer that is no stream.
            clearTimeout(lost);
            lost = setTimeout(() => {
                say('lost', 'Reconnecting');
                if (source?.readyState !== EventSource.CLOSED) return;
                stop();
                start();
            }, 3000);
        });
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
