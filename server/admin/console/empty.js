// What an empty list says: how to fill it, with a command for this very server.

import {copy, h, put} from './dom.js';
import {link} from './router.js';

/**
 * @param {import('./main.js').Page} page
 * @param {HTMLElement} place
 */
export async function empty_journal(page, place) {
    const command = h('pre.command', {tabindex: '0', 'aria-label': 'curl command'}, '…');
    put(place, h('div.empty', {},
        h('h2', {}, 'No request yet'),
        h('p', {}, 'Point your client at this address, or send a first call from a shell:'),
        h('p', {}, h('code', {id: 'service-address'})),
        command,
        h('div.actions', {},
            h('button.button.primary', {type: 'button',
                                        onclick: () => copy(command.textContent, 'curl command')},
              'Copy the command'),
            h('a.button', {href: link('send')}, 'Send one from here'))));
    const sample = await page.api.get('/sample', {soap: '1.1'}, page.signal).catch(() => null);
    if (!sample) return;
    command.textContent = sample.curl;
    place.querySelector('#service-address')?.append(sample.url);
}
