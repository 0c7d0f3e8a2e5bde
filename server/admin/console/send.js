// Sending a CreateCallLog from the console, through the server's own handler.

import {message_panel} from './code.js';
import {copy, field, h, put, select} from './dom.js';
import {link} from './router.js';

/**
 * @param {import('./main.js').Page} page
 */
export async function show_send(page) {
    const {api, main, signal} = page;
    page.title('Send');
    const soap = select({name: 'soap', id: 'soap'}, [['1.1', 'SOAP 1.1'], ['1.2', 'SOAP 1.2']],
                        page.parameters.get('soap') ?? '1.1');
    const body = h('textarea.mono.message-editor', {name: 'body', id: 'body', spellcheck: 'false',
                                                    'aria-label': 'Message'});
    const account = h('select', {name: 'account', id: 'account'});
    const reply = h('div', {id: 'reply', 'aria-live': 'polite'}, before_sending());
    const send_button = h('button.button.small.primary', {type: 'submit', id: 'send', title: 'Ctrl Enter in the text'}, 'Send');
    let sample = null;
    const refill = async () => {
        sample = await api.get('/sample', {soap: soap.value}, signal);
        body.value = sample.body;
        choose_account();
    };
    const choose_account = () => {
        if (account.value) body.value = with_account(body.value, account.value);
    };
    const send = async (event) => {
        event.preventDefault();
        send_button.disabled = true;
        put(reply, h('p.panel.none', {}, 'Waiting for the reply…'));
        try {
            const answer = await api.change('POST', '/send', {
                soap: soap.value, body: body.value, headers: sample.headers});
            put(reply, reply_panel(answer));
        } catch (error) {
            put(reply, h('p.failure', {role: 'alert'}, error.message));
        } finally {
            send_button.disabled = false;
        }
    };
    const copy_command = async () => copy(sample.curl, 'curl command of the sample');
    const form = h('form.panel.send', {onsubmit: send},
        h('header.panel-head', {},
            h('h2', {}, 'Message'), h('span.spacer'),
            h('button.button.small', {type: 'button', id: 'refill',
                                      onclick: () => refill().catch(page.fail)}, 'New sample'),
            h('button.button.small', {type: 'button', onclick: copy_command}, 'Sample as curl'),
            send_button),
        h('div.side.padded', {}, field('SOAP version', soap), field('Account', account)),
        body);
    put(main,
        h('div.page-head', {}, h('h1', {tabindex: '-1'}, 'Send'),
            h('span.muted.wide-only', {}, 'A CreateCallLog, as a client would send it. Nothing leaves this server.')),
        h('div.columns.even', {}, form, reply));

    soap.addEventListener('change', () => refill().catch(page.fail));
    account.addEventListener('change', () => (account.value ? choose_account() : refill()));
    body.addEventListener('keydown', (event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit();
    });
    const {magic_accounts} = await api.get('/magic-accounts', {}, signal).catch(() => ({magic_accounts: []}));
    const wanted = page.parameters.get('account') ?? '';
    put(account, h('option', {value: ''}, 'of the sample'), magic_accounts.map((magic) =>
        h('option', {value: magic.account_number, selected: magic.account_number === wanted},
          `${magic.account_number}: ${magic.outcome}`)));
    await refill();
}

/** The message with that account's number in it; as it was if it has no such element. */
function with_account(text, number) {
    return text.replace(/(<(?:\w+:)?AccountNumber\b[^>]*>)[^<]*/, `$1${number}`);
}

function before_sending() {
    return h('div.empty', {},
        h('h2', {}, 'The reply will be here'),
        h('p', {}, 'Change the message as you like, choose a magic account to see another outcome, and send it.'));
}

function reply_panel(answer) {
    const headers = Array.isArray(answer.headers) ? answer.headers : Object.entries(answer.headers ?? {});
    return message_panel({
        title: 'Reply',
        text: answer.body ?? '',
        about: answer.status === 0 ? 'no HTTP reply' : `status ${answer.status}`,
        headers,
        buttons: answer.journal_id
            ? [h('a.button.small', {href: link(`requests/${answer.journal_id}`)}, 'How it was decided')] : [],
    });
}
