// Pages work without this. It asks before what can't be undone, and keeps parts of a page up to date.
"use strict";

document.addEventListener("submit", (event) => {
  const question = event.target.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
});

// <button data-into="ID">: what the form answers takes the place of this part of the page, and what was typed stays.
document.addEventListener("submit", async (event) => {
  const id = event.submitter?.dataset.into;
  const part = id && document.getElementById(id);
  if (!part || event.defaultPrevented) return;
  event.preventDefault();
  const form = new FormData(event.target, event.submitter);
  event.submitter.disabled = true;
  part.textContent = "One moment …";
  try {
    const answer = await fetch(event.target.action, { method: "POST", body: form, headers: { "X-Part": "1" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById(id);
    if (fresh) part.replaceChildren(...fresh.childNodes);
    else part.textContent = page.querySelector("main")?.textContent ?? "This did not work.";
  } catch { part.textContent = "ac365 does not answer. Try it again."; }
  event.submitter.disabled = false;
});

// <div data-live="URL" data-every="SECONDS">: its content is asked for again until the answer bears no such part any more.
function keepLive(part) {
  const seconds = Number(part.dataset.every || 2);
  const look = async () => {
    if (document.hidden) { window.setTimeout(look, seconds * 1000); return; }
    try {
      const answer = await fetch(part.dataset.live, { headers: { "X-Part": "1" } });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("[data-live]");
      if (!fresh) { window.location.reload(); return; }
      // Whoever reads on with the keyboard isn't thrown out, and what is the same isn't said again.
      const still = fresh.innerHTML === part.innerHTML || part.contains(document.activeElement);
      if (!still) part.replaceChildren(...fresh.childNodes);
    } catch { /* The service is away for a moment: the next look tells. */ }
    window.setTimeout(look, seconds * 1000);
  };
  window.setTimeout(look, seconds * 1000);
}
document.querySelectorAll("[data-live]").forEach(keepLive);

// <select data-apply="VALUE">: a choice after which the form looks different is sent at once, as by the button of this value.
document.addEventListener("change", (event) => {
  const wanted = event.target.dataset.apply;
  if (wanted === undefined || !event.target.form) return;
  const buttons = [...event.target.form.querySelectorAll("button")];
  const button = buttons.find((one) => one.value === wanted) || buttons[0];
  event.target.form.requestSubmit(button);
});
// <section id="ID" data-load="URL">: replaced by the part of the answer with the same id, which may take its time.
// Its element with data-loading says so meanwhile, and data-failed when nothing comes.
async function load(part) {
  const told = part.querySelector("[data-loading]");
  const before = told && [...told.childNodes];
  if (told) told.textContent = told.dataset.loading;
  part.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(part.dataset.load, { headers: { "X-Part": "1" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = answer.ok && page.getElementById(part.id);
    if (fresh) { part.replaceWith(document.adoptNode(fresh)); return; }
  } catch { /* Said below. */ }
  part.removeAttribute("aria-busy");
  if (told) told.replaceChildren(told.dataset.failed || "", " ", ...before.filter((one) => one.nodeType === 1));
}
document.querySelectorAll("[data-load]").forEach(load);
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
