// Dates in the format and zone of who looks at them, as the browser knows them.

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const date = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });
const day = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long", year: "numeric" });

const isRecent = (words) => words === "Today" || words === "Yesterday";
const isSame = (one, other) => one.toDateString() === other.toDateString();

export function dayOf(moment, now = new Date()) {
  const before = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
  if (isSame(moment, now)) return "Today";
  return isSame(moment, before) ? "Yesterday" : day.format(moment);
}

function element(moment, text) {
  const made = document.createElement("time");
  made.dateTime = moment.toISOString();
  made.title = full.format(moment);
  made.textContent = text;
  return made;
}

export const timeOf = (moment) => element(moment, clock.format(moment));

export function momentOf(moment) {
  const words = dayOf(moment);
  return element(moment, isRecent(words) ? `${words.toLowerCase()}, ${clock.format(moment)}` : full.format(moment));
}

// Without the time, which one sees on pointing at it.
export function dateOf(moment) {
  const words = dayOf(moment);
  return element(moment, isRecent(words) ? words.toLowerCase() : date.format(moment));
}
