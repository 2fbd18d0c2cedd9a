// @ts-check
// This page is the answer to a form that was refused. Back and a reload lead to the page of that form: otherwise the
// browser would ask whether to send it again, on a page of its own.

const from = document.referrer;
if (from && new URL(from).origin === location.origin) history.replaceState(history.state, "", from + location.hash);
