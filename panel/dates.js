// Dates in the format and zone of who looks at them, as the browser knows them.

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const day = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long", year: "numeric" });

const isSame = (one, other) => one.toDateString() === other.toDateString();

export function dayOf(date, now = new Date()) {
  const before = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
  if (isSame(date, now)) return "Today";
  return isSame(date, before) ? "Yesterday" : day.format(date);
}

function element(date, text) {
  const made = document.createElement("time");
  made.dateTime = date.toISOString();
  made.title = moment.format(date);
  made.textContent = text;
  return made;
}

export const timeOf = (date) => element(date, clock.format(date));

export function momentOf(date) {
  const now = dayOf(date);
  return element(date, now === "Today" || now === "Yesterday" ? `${now}, ${clock.format(date)}` : moment.format(date));
}
