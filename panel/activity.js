// One activity as a line of the timeline.
import { timeOf } from "./dates.js";
import { el, icon } from "./dom.js";
import { KIND } from "./names.js";
import { happened, kindOf } from "./words.js";

// A link that may be followed: http or https and nothing else, so that no row can carry a script.
export function safeLink(text) {
  try {
    const url = new URL(text);
    return url.protocol === "http:" || url.protocol === "https:" ? url : null;
  } catch {
    return null;
  }
}

function linkOf(text) {
  const url = safeLink(text);
  if (!url) return el("span", {}, text);
  const path = url.pathname === "/" ? "" : url.pathname;
  return el(
    "a",
    { href: url.href, target: "_blank", rel: "noopener noreferrer", title: url.href },
    el("b", {}, url.host), path + url.search, el("span", { className: "unseen" }, " (opens in a new tab)"),
  );
}

function detailOf(activity) {
  if (!activity.detail) return null;
  if (activity.kind === KIND.CLICKED) return el("p", { className: "detail" }, linkOf(activity.detail));
  const before = activity.kind === KIND.BOUNCED ? "Reason: " : "";
  return el("p", { className: "detail" }, before + activity.detail);
}

export function lineOf(activity) {
  const kind = kindOf(activity.kind);
  const what = happened(activity);
  const subject = activity.subject && !what.endsWith(activity.subject) ? activity.subject : null;
  const facts = [
    activity.machine && el("span", { className: "machine" }, "by a machine (privacy proxy)"),
    subject && el("span", {}, `Subject: ${subject}`),
  ].filter(Boolean);
  return el(
    "li", { className: activity.machine ? "line faint" : "line" },
    el("span", { className: `sign ${activity.machine ? "" : kind.tone}` }, icon(kind.path)),
    el(
      "div", { className: "body" },
      el("p", { className: "what" }, what),
      facts.length ? el("p", { className: "facts" }, facts) : null,
      detailOf(activity),
    ),
    el("span", { className: "when" }, timeOf(new Date(activity.at))),
  );
}
