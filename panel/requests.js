// What was asked for on this record, and what became of it.
import { momentOf } from "./dates.js";
import { button, byId, el, icon, say, show } from "./dom.js";
import { filterOf } from "./filters.js";
import { REQUEST, STATE } from "./names.js";
import { askOf, isOpen, stateOf } from "./words.js";

const SIZE = 20;
const SHOWN = 3;
const LATE_MS = 60_000;
const LATE = "This takes longer than usual. It stays asked for; you need not ask again.";
// Seconds from one look to the next, as long as something is open; the last one repeats.
const WAITS = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 3, 3, 5, 5, 10, 10, 15];

export class Requests {
  // changed: called with all rows after each reading; done: when something was done since the last.
  constructor(visit, changed, done) {
    [this.visit, this.changed, this.done] = [visit, changed, done];
    [this.rows, this.looks, this.timer, this.all, this.lost] = [null, 0, null, false, false];
    this.seen = () => { if (!document.hidden) this.look(); };
    document.addEventListener("visibilitychange", this.seen);
  }

  // Reads the newest requests and answers with those that moved on since the last reading. Raises Trouble: "forbidden"
  // where this person may not ask.
  async load() {
    const { visit } = this;
    const mine = visit.me ? ` and _createdby_value eq ${visit.me}` : "";
    const order = "createdon desc";
    const filter = filterOf(visit.place) + mine;
    const { rows } = await visit.data.page(REQUEST, { filter, order, size: SIZE, more: ["createdon"] });
    const before = this.rows && new Map(this.rows.map((one) => [one.id, one.state]));
    this.rows = rows;
    const isNew = (one) => isOpen(one) && !before.has(one.id);
    return before ? rows.filter((one) => before.get(one.id) !== one.state && !isNew(one)) : [];
  }

  // Follows what is open from now on, at first closely.
  follow() {
    this.looks = 0;
    this.#later();
  }

  // Looks now, and again later while something is open.
  async look() {
    clearTimeout(this.timer);
    if (this.visit.gone) return;
    try {
      const moved = await this.load();
      this.lost = false;
      if (!this.visit.gone) this.#tell(moved);
    } catch {
      this.lost = true;
      if (!this.visit.gone) this.render();
    }
    this.#later();
  }

  stop() {
    clearTimeout(this.timer);
    document.removeEventListener("visibilitychange", this.seen);
  }

  render() {
    this.rows ??= [];
    const rows = this.all ? this.rows : this.rows.slice(0, SHOWN);
    const more = button(`Show all ${this.rows.length}`, () => this.#more(), "small");
    show(byId("asked"), this.rows.length > 0);
    byId("asked-list").replaceChildren(
      ...(this.lost ? [el("p", { className: "quiet" }, "Dynamics can't be reached; looking again soon.")] : []),
      el("ol", { className: "plain" }, rows.map(lineOfRequest)),
      ...(rows.length < this.rows.length ? [more] : []),
    );
  }

  #more() {
    this.all = true;
    this.render();
    byId("asked-list").focus();
  }

  #tell(moved) {
    this.render();
    this.changed(this.rows);
    for (const one of moved) say(`${one.name}: ${stateOf(one.state).badge}. ${one.answer ?? ""}`);
    if (moved.some((one) => one.state === STATE.DONE)) this.done();
  }

  #later() {
    clearTimeout(this.timer);
    if (this.visit.gone || document.hidden || !this.rows.some(isOpen)) return;
    const wait = WAITS[Math.min(this.looks++, WAITS.length - 1)];
    this.timer = setTimeout(() => this.look(), wait * 1000);
  }
}

function lineOfRequest(request) {
  const [ask, state] = [askOf(request.kind), stateOf(request.state)];
  const asked = new Date(request.createdOn);
  const late = isOpen(request) && Date.now() - asked > LATE_MS;
  const words = late ? LATE : request.answer || state.words;
  return el(
    "li", { className: "line" },
    el("span", { className: `sign ${state.tone}` }, icon(ask.path)),
    el(
      "div", { className: "body" },
      el("p", { className: "what" }, request.name),
      el("p", { className: "facts" }, el("span", {}, ask.words), el("span", {}, momentOf(asked))),
      el("p", { className: "answer" }, words),
    ),
    el("span", { className: `badge ${state.tone}` }, state.badge),
  );
}
