// Messages in plain words, and what one can do about them.
import { button, byId, el, show } from "./dom.js";
import { USER_ROLE } from "./names.js";

const NETWORK = "Dynamics can't be reached. Nothing was changed.";

export function wordsOf(error) {
  if (error.kind === "network") return NETWORK;
  if (error.kind === "forbidden") return "Dynamics doesn't let you see this.";
  return `Dynamics answered: ${error.message}`;
}

// Instead of everything else. again: what "Try again" does; none where that helps nothing.
export function tell(title, text, again = null) {
  const retry = again && button("Try again", again);
  byId("notice").replaceChildren(el("h1", {}, title), el("p", {}, text), ...(retry ? [retry] : []));
  show(byId("notice"));
  show(byId("loading"), false);
  show(byId("content"), false);
}

export function tellTrouble(error, again) {
  if (error.kind === "missing") {
    tell("ac365 is not installed here", "Its tables are missing in this environment. Ask your Dynamics administrator.");
  } else if (error.kind === "forbidden") {
    const text = `The role ${USER_ROLE} is missing. Ask your Dynamics administrator for it.`;
    tell("You need a role to see this", text, again);
  } else {
    tell(error.kind === "network" ? "No connection" : "Something went wrong", wordsOf(error), again);
  }
}

// In one section of the panel, below its heading.
export function tellInside(list, error, again) {
  const words = el("p", {}, wordsOf(error));
  list.replaceChildren(el("div", { className: "box bad", role: "alert" }, words, button("Try again", again)));
}
