// The last step of asking: says what will happen to whom, and asks once.
import { button, buttons, el } from "./dom.js";
import { ASK, USER_ROLE } from "./names.js";

// Whoever double-clicks the button before this one has not read what this one does.
const READ_MS = 500;

const FORBIDDEN = `You may not ask for this. The role ${USER_ROLE} allows it: ask your Dynamics administrator.`;
const UNSURE = "Dynamics can't be reached, so it is not sure that your request arrived. Try again: it is asked for once.";

const PLANS = new Map([
  [ASK.ADD_TO_AUTOMATION, {
    title: (person, name) => `Add ${person} to “${name}”?`,
    press: "Add",
    after: "What the automation does next, it does by itself: it may send mail at once.",
  }],
  [ASK.REMOVE_FROM_AUTOMATION, {
    title: (person, name) => `Remove ${person} from “${name}”?`,
    press: "Remove",
    after: "Steps of the automation that are still to come don't happen.",
  }],
  [ASK.SEND_CAMPAIGN, {
    title: (person, name) => `Send “${name}” to ${person}?`,
    press: "Send",
    after: "It is sent once and can't be taken back.",
  }],
]);

// asked: an object with kind, name, target and perhaps the choice. send: asks for it, and may be called again with the
// same meaning after trouble.
export function confirmation(asked, person, { back, send }) {
  const plan = PLANS.get(asked.kind);
  const title = el("h2", { id: "dialog-title", tabIndex: -1 }, plan.title(person.name, asked.name));
  const trouble = el("div", { className: "box bad", role: "alert", hidden: true });
  const press = button(plan.press, () => once(), "first");
  const leave = button(back.words, back.press);
  const shownAt = performance.now();
  let busy = false;
  async function once() {
    if (busy || performance.now() - shownAt < READ_MS) return;
    [busy, press.disabled, leave.disabled, trouble.hidden] = [true, true, true, true];
    const error = await send();
    busy = false;
    if (!error) return;
    [press.disabled, leave.disabled, trouble.hidden] = [error.kind === "forbidden", false, false];
    trouble.replaceChildren(el("p", {}, wordsOfRefusal(error)));
    press.textContent = "Try again";
  }
  const facts = asked.kind === ASK.SEND_CAMPAIGN ? preview(asked.choice) : null;
  const address = person.address ? ` (${person.address})` : "";
  const whom = el("p", {}, facts ? "To " : "For ", el("b", {}, person.name), address);
  const after = el("p", { className: "quiet" }, plan.after);
  return [title, whom, facts, after, trouble, buttons(leave, press)].filter(Boolean);
}

function preview(choice) {
  const rows = [["Subject", choice.subject], ["From", choice.sender], ["Preview", choice.preheader]];
  const known = rows.filter(([, value]) => value);
  return el("dl", { className: "mail" }, known.flatMap(([term, value]) => [el("dt", {}, term), el("dd", {}, value)]));
}

function wordsOfRefusal(error) {
  if (error.kind === "forbidden") return FORBIDDEN;
  return error.kind === "network" ? UNSURE : `Dynamics answered: ${error.message}`;
}
