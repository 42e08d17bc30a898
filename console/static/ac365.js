// Pages work without this. It asks before what can't be undone, and keeps parts of a page up to date.
"use strict";

document.addEventListener("submit", (event) => {
  const question = event.target.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
});

// <div data-live="URL" data-every="SECONDS">: its content is asked for again until the answer bears no such part any more.
function keepLive(part) {
  const seconds = Number(part.dataset.every || 2);
  const look = async () => {
    try {
      const answer = await fetch(part.dataset.live, { headers: { "X-Part": "1" } });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("[data-live]");
      if (!fresh) { window.location.reload(); return; }
      part.replaceChildren(...fresh.childNodes);
    } catch { /* The service is away for a moment: the next look tells. */ }
    window.setTimeout(look, seconds * 1000);
  };
  window.setTimeout(look, seconds * 1000);
}
document.querySelectorAll("[data-live]").forEach(keepLive);

// <form data-suggest="ID">: while somebody types, the form is asked as if it were sent, and the part with this id is taken
// over from the answer. The newest question counts.
function suggest(form) {
  let timer = 0;
  let newest = 0;
  const ask = async () => {
    const mine = ++newest;
    const url = new URL(form.action);
    url.search = new URLSearchParams(new FormData(form)).toString();
    try {
      const answer = await fetch(url, { headers: { "X-Part": "1" } });
      if (!answer.ok || mine !== newest) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById(form.dataset.suggest);
      if (fresh && mine === newest) document.getElementById(form.dataset.suggest).replaceChildren(...fresh.childNodes);
    } catch { /* The service is away for a moment: sending the form tells. */ }
  };
  form.addEventListener("input", () => { window.clearTimeout(timer); timer = window.setTimeout(ask, 300); });
}
document.querySelectorAll("form[data-suggest]").forEach(suggest);
