// The first step of asking: which automation or campaign.
import { button, buttons, el } from "./dom.js";
import { CHOICE, OFFER } from "./names.js";

const SIZE = 5000;
const SHOWN = 50;

export async function readOffers(visit, offer) {
  const { kind, offered, name } = CHOICE.columns;
  const filter = `${kind} eq ${offer} and ${offered} eq true`;
  return (await visit.data.page(CHOICE, { filter, order: `${name} asc`, size: SIZE })).rows;
}

export const nothingOffered = () => el(
  "p", {},
  "Nothing is offered yet. Your ActiveCampaign administrator decides what may be picked here.",
);

// A form that narrows the offers down by what is typed. picked: called with the choice.
export function picker(offers, { offer, isIn, cancel, picked }) {
  const what = offer === OFFER.AUTOMATION ? "automations" : "campaigns";
  const search = el("input", { type: "search", id: "search", autocomplete: "off", placeholder: `Search ${what}` });
  const list = el("div", { className: "offers" });
  const count = el("p", { className: "quiet", role: "status" });
  const narrow = () => fill(list, count, offers, search.value, isIn);
  search.addEventListener("input", narrow);
  const go = el("button", { className: "first" }, "Continue");
  const form = el(
    "form", {},
    el("label", { for: "search", className: "unseen" }, `Search ${what}`), search,
    el("fieldset", {}, el("legend", { className: "unseen" }, `Offered ${what}`), list), count, buttons(button("Cancel", cancel), go),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const chosen = offers.find((one) => one.key === new FormData(form).get("choice"));
    if (chosen) picked(chosen);
  });
  narrow();
  return form;
}

function fill(list, count, offers, typed, isIn) {
  const words = typed.toLocaleLowerCase().split(/\s+/);
  const fits = offers.filter((one) => words.every((word) => textOf(one).includes(word)));
  const chosen = list.querySelector(":checked")?.value;
  list.replaceChildren(...fits.slice(0, SHOWN).map((one) => option(one, one.key === chosen, isIn(one.key))));
  count.textContent = countOf(fits.length);
}

function countOf(number) {
  if (!number) return "Nothing is called like this.";
  return number > SHOWN ? `The first ${SHOWN} of ${number.toLocaleString()}: type to narrow them down.` : "";
}

const textOf = (one) => `${one.name} ${one.subject ?? ""}`.toLocaleLowerCase();

function option(one, checked, isIn) {
  const facts = [one.subject, isIn && "already in it"].filter(Boolean).join(" · ");
  return el(
    "label", { className: "offer" },
    el("input", { type: "radio", name: "choice", value: one.key, required: true, checked }),
    el("span", {}, el("span", { className: "what" }, one.name), facts ? el("span", { className: "facts" }, facts) : null),
  );
}
