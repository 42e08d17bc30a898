// How kinds, requests and their states are called, and drawn.
import { ASK, KIND, STATE } from "./names.js";

const MAIL = "M3 6h18v12H3zM3 7l9 6 9-6";

// before: what stands before the name of the campaign, automation or list; chip: on the filter; tone: its colour.
const kind = (before, tone, path, chip = before) => ({ before, tone, path, chip });

const KINDS = new Map([
  [KIND.SENT, kind("Sent", "", "M4 12l16-8-5 16-3-7zM12 13l8-9")],
  [KIND.OPENED, kind("Opened", "good", "M3 10l9-6 9 6v10H3zM3 10l9 6 9-6")],
  [KIND.CLICKED, kind("Clicked in", "good", "M9 4l10 9-5 .6 3 5.4-2 1-3-5.4L9 18z", "Clicked")],
  [KIND.REPLIED, kind("Replied to", "good", "M10 6l-6 6 6 6v-4c5 0 8 1 10 4 0-6-4-8-10-8z", "Replied")],
  [KIND.FORWARDED, kind("Forwarded", "good", "M14 6l6 6-6 6v-4c-5 0-8 1-10 4 0-6 4-8 10-8z")],
  [KIND.BOUNCED, kind("Bounced", "bad", "M12 4l9 16H3zM12 10v4M12 17v.5")],
  [KIND.SUBSCRIBED, kind("Subscribed to", "good", "M12 5v14M5 12h14", "Subscribed")],
  [KIND.UNSUBSCRIBED, kind("Unsubscribed from", "bad", "M5 12h14", "Unsubscribed")],
  [KIND.AUTOMATION_ENTERED, kind("Entered automation", "", "M4 12h11M11 8l4 4-4 4M14 4h6v16h-6")],
  [KIND.AUTOMATION_COMPLETED, kind("Completed automation", "", "M5 12.5l4.5 4.5L19 7")],
]);
const UNKNOWN = kind("", "", "M5 12h1M11.5 12h1M18 12h1", "Other");

export const kindOf = (value) => KINDS.get(value) ?? UNKNOWN;

// What happened, as a line. A kind that this page does not know is called as Dynamics calls it.
export function happened(activity) {
  const { before, chip } = kindOf(activity.kind);
  if (!before) return activity.name || activity.source || activity.kindName || "Something else";
  const what = activity.source || activity.subject;
  return what ? `${before}: ${what}` : chip;
}

const ASKS = new Map([
  [ASK.ADD_TO_AUTOMATION, { words: "Add to automation", path: "M12 5v14M5 12h14" }],
  [ASK.REMOVE_FROM_AUTOMATION, { words: "Remove from automation", path: "M5 12h14" }],
  [ASK.SEND_CAMPAIGN, { words: "Send campaign", path: MAIL }],
]);

export const askOf = (value) => ASKS.get(value) ?? { words: "Request", path: MAIL };

const STATES = new Map([
  [STATE.ASKED, { badge: "Waiting", words: "It is picked up within seconds.", tone: "busy" }],
  [STATE.WORKING, { badge: "In progress", words: "ActiveCampaign is being told.", tone: "busy" }],
  [STATE.DONE, { badge: "Done", words: "ActiveCampaign has done it.", tone: "good" }],
  [STATE.REFUSED, { badge: "Refused", words: "It was not done.", tone: "bad" }],
  [STATE.FAILED, { badge: "Failed", words: "It did not work. You can ask again.", tone: "bad" }],
  [STATE.UNCONFIRMED, {
    badge: "Not confirmed",
    words: "The answer of ActiveCampaign was lost: it may have been done. Look at the activity before you ask again.",
    tone: "warn",
  }],
]);

export const stateOf = (value) => STATES.get(value) ?? { badge: "Unknown", words: "", tone: "" };

export const isOpen = (request) => request.state === STATE.ASKED || request.state === STATE.WORKING;
