// The dialog that names the sandboxes: go to one, make one, drop one.

import {Api} from './api.js';
import {h, put, toast} from './dom.js';
import {open_dialog} from './keys.js';
import {parse} from './router.js';

const api = new Api('');
const allowed = '[A-Za-z0-9._\\-]{1,64}';

function switch_to(name) {
    const {page} = parse(location.hash);
    location.hash = `#/${page}${name && `?sandbox=${encodeURIComponent(name)}`}`;
}

/** Resolves once the page of the default sandbox is there. */
function leave() {
    const left = new Promise((resolve) => addEventListener('hashchange', resolve, {once: true}));
    switch_to('');
    return left;
}

/** Opens the dialog. */
export async function choose_sandbox() {
    const current = parse(location.hash).parameters.get('sandbox') ?? '';
    const rows = h('tbody');
    const problem = h('p.failure', {role: 'alert', hidden: true});
    const name = h('input', {name: 'sandbox', pattern: allowed, required: true, autocomplete: 'off',
                             placeholder: 'name', 'aria-label': 'Name of a sandbox'});
    const dialog = open_dialog('Sandboxes',
        h('p.muted', {}, 'Each has its own call logs, journal, scenarios and clock. A client names its ' +
            'sandbox in the header X-CustomerCare-Sandbox, or in the path /sandbox/NAME/webservices/….'),
        problem,
        h('table.plain', {},
            h('thead', {}, h('tr', {}, ['Name', 'Requests', 'Call logs', 'Scenarios', ''].map((text) =>
                text ? h('th', {scope: 'col'}, text) : h('td')))),
            rows),
        h('form.inline', {onsubmit: (event) => {
            event.preventDefault();
            dialog.close();
            switch_to(name.value);
        }}, name, h('button.button.primary', {type: 'submit'}, 'Go to it')),
        h('p.hint', {}, 'Letters, digits, and the signs . _ - ; it is made when it is first used.'));
    const fill = async () => {
        const {sandboxes} = await api.get('/sandboxes');
        put(rows, sandboxes.map((sandbox) => row(sandbox, current, dialog, drop)));
    };
    const fail = (error) => {
        problem.textContent = error.message;
        problem.hidden = false;
    };
    const drop = async (dropped) => {
        if (!confirm(`Drop the sandbox ${dropped} with all that is in it?`)) return;
        try {
            // A page that stays in it would make it anew.
            if (dropped === current) await leave();
            await api.change('DELETE', `/sandboxes/${encodeURIComponent(dropped)}`);
            toast(`Sandbox ${dropped} dropped`);
            await fill();
        } catch (error) {
            fail(error);
        }
    };
    await fill().catch(fail);
}

function row(sandbox, current, dialog, drop) {
    const {name} = sandbox;
    const label = name || 'default';
    const go_there = () => {
        dialog.close();
        switch_to(name);
    };
    return h('tr', {},
        h('th', {scope: 'row'}, h('button.link', {
            type: 'button', onclick: go_there, 'aria-current': name === current ? 'true' : null,
        }, label)),
        [sandbox.journal_entries, sandbox.call_logs, sandbox.scenarios].map((count) =>
            h('td.number', {}, count)),
        h('td', {}, name && h('button.button.small.danger', {
            type: 'button', 'aria-label': `Drop ${label}`, onclick: () => drop(name),
        }, 'Drop')));
}
