// How kinds, requests and their states are called, and drawn.
import { ASK, KIND, STATE } from "./names.js";

const MAIL = "M3 6h18v12H3zM3 7l9 6 9-6";

// before: what stands before the name of the campaign, automation or list; chip: on the filter; tone: its colour.
const KINDS = new Map([
  [KIND.SENT, { before: "Sent", chip: "Sent", path: "M4 12l16-8-5 16-3-7zM12 13l8-9", tone: "" }],
  [KIND.OPENED, { before: "Opened", chip: "Opened", path: "M3 10l9-6 9 6v10H3zM3 10l9 6 9-6", tone: "good" }],
  [KIND.CLICKED, { before: "Clicked in", chip: "Clicked", path: "M9 4l10 9-5 .6 3 5.4-2 1-3-5.4L9 18z", tone: "good" }],
  [KIND.REPLIED, { before: "Replied to", chip: "Replied", path: "M10 6l-6 6 6 6v-4c5 0 8 1 10 4 0-6-4-8-10-8z", tone: "good" }],
  [KIND.FORWARDED, { before: "Forwarded", chip: "Forwarded", path: "M14 6l6 6-6 6v-4c-5 0-8 1-10 4 0-6 4-8 10-8z", tone: "good" }],
  [KIND.BOUNCED, { before: "Bounced", chip: "Bounced", path: "M12 4l9 16H3zM12 10v4M12 17v.5", tone: "bad" }],
  [KIND.SUBSCRIBED, { before: "Subscribed to", chip: "Subscribed", path: "M12 5v14M5 12h14", tone: "good" }],
  [KIND.UNSUBSCRIBED, { before: "Unsubscribed from", chip: "Unsubscribed", path: "M5 12h14", tone: "bad" }],
  [KIND.AUTOMATION_ENTERED, { before: "Entered automation", chip: "Entered automation", path: "M4 12h11M11 8l4 4-4 4M14 4h6v16h-6", tone: "" }],
  [KIND.AUTOMATION_COMPLETED, { before: "Completed automation", chip: "Completed automation", path: "M5 12.5l4.5 4.5L19 7", tone: "" }],
]);
const UNKNOWN = { before: "", chip: "Other", path: "M12 12h.01M6 12h.01M18 12h.01", tone: "" };

export const kindOf = (value) => KINDS.get(value) ?? UNKNOWN;

// What happened, as a line. A kind that this page does not know is called as Dynamics calls it.
export function happened(activity) {
  const kind = kindOf(activity.kind);
  if (!kind.before) return activity.name || activity.source || activity.kindName || "Something else";
  const what = activity.source || activity.subject;
  return what ? `${kind.before}: ${what}` : kind.chip;
}

const ASKS = new Map([
  [ASK.ADD_TO_AUTOMATION, { words: "Add to automation", path: "M12 5v14M5 12h14" }],
  [ASK.REMOVE_FROM_AUTOMATION, { words: "Remove from automation", path: "M5 12h14" }],
  [ASK.SEND_CAMPAIGN, { words: "Send campaign", path: MAIL }],
]);

export const askOf = (value) => ASKS.get(value) ?? { words: "Request", path: MAIL };

const STATES = new Map([
  [STATE.ASKED, { badge: "Waiting", words: "Waiting for ac365 to pick it up.", tone: "busy" }],
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
