// Dark or light: as the system says, or as chosen with the button; kept in this browser.

const key = 'customercare.theme';
const names = {system: 'as the system', light: 'light', dark: 'dark'};
const signs = {system: '◐', light: '☀', dark: '☾'};

function chosen() {
    const theme = localStorage.getItem(key);
    return theme === 'light' || theme === 'dark' ? theme : 'system';
}

function apply(button) {
    const theme = chosen();
    if (theme === 'system') {
        delete document.documentElement.dataset.theme;
    } else {
        document.documentElement.dataset.theme = theme;
    }
    button.textContent = signs[theme];
    button.title = `Colours: ${names[theme]} (t)`;
    button.setAttribute('aria-label', `Colours: ${names[theme]}. Change`);
}

/** The next of system, light, dark. */
export function switch_theme() {
    const order = ['system', 'light', 'dark'];
    localStorage.setItem(key, order[(order.indexOf(chosen()) + 1) % order.length]);
    apply(document.getElementById('theme-button'));
}

/** Applies what was chosen before, and makes the button work. */
export function start_theme() {
    const button = document.getElementById('theme-button');
    button.addEventListener('click', switch_theme);
    apply(button);
}
