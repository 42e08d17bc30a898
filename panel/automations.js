// In which automations this person is, and was.
import { dateOf } from "./dates.js";
import { button, byId, el, icon } from "./dom.js";
import { filterOf } from "./filters.js";
import { ACTIVITY, ASK, KIND, STATE } from "./names.js";
import { tellInside } from "./notice.js";
import { isOpen, kindOf } from "./words.js";

const SIZE = 500;
const PAST_SHOWN = 5;
const ENDS = new Map([["Completed", KIND.AUTOMATION_COMPLETED], ["Removed", KIND.UNSUBSCRIBED]]);

// Stays from entering to completing, oldest first. Both ends bear the id of the enrolment; where none is known the
// automation itself stands for it.
export function staysOf(activities) {
  const stays = new Map();
  for (const one of [...activities].reverse()) {
    const key = one.enrolment || `automation ${one.sourceId}`;
    const stay = stays.get(key) ?? { name: one.source || one.name, sourceId: one.sourceId, entered: null, ended: null };
    if (one.kind === KIND.AUTOMATION_ENTERED) Object.assign(stay, { entered: one.at, ended: null, how: "" });
    else Object.assign(stay, { ended: one.at, how: "Completed" });
    stays.set(key, stay);
  }
  return [...stays.values()];
}

const targetOf = (stay) => `automation:${stay.sourceId}`;
const isRemoval = (request, stay) => request.kind === ASK.REMOVE_FROM_AUTOMATION && request.target === targetOf(stay);

const isAfter = (request, stay) => request.state === STATE.DONE && request.answeredOn > stay.entered;

// Whoever was taken out on request completes nothing, so that the request tells of the end.
function withRemovals(stays, requests) {
  return stays.map((stay) => {
    const done = requests.find((one) => isRemoval(one, stay) && isAfter(one, stay));
    return stay.ended || !done ? stay : { ...stay, ended: done.answeredOn, how: "Removed" };
  });
}

export class Automations {
  // remove: called with the stay to be ended.
  constructor(visit, remove) {
    [this.visit, this.remove] = [visit, remove];
    [this.activities, this.requests] = [[], []];
  }

  async load() {
    const { kind, at } = ACTIVITY.columns;
    const ends = `(${kind} eq ${KIND.AUTOMATION_ENTERED} or ${kind} eq ${KIND.AUTOMATION_COMPLETED})`;
    const filter = `${filterOf(this.visit.place)} and ${ends}`;
    this.activities = (await this.visit.data.page(ACTIVITY, { filter, order: `${at} desc`, size: SIZE })).rows;
  }

  async refresh() {
    try {
      await this.load();
      if (!this.visit.gone) this.render();
    } catch (error) {
      if (!this.visit.gone) tellInside(byId("stays"), error, () => this.refresh());
    }
  }

  get stays() {
    return withRemovals(staysOf(this.activities), this.requests).reverse();
  }

  isIn(target) {
    return this.stays.some((stay) => !stay.ended && targetOf(stay) === target);
  }

  render(requests = this.requests) {
    this.requests = requests;
    const running = this.stays.filter((stay) => !stay.ended);
    const past = this.stays.filter((stay) => stay.ended).slice(0, PAST_SHOWN);
    const nothing = el("p", { className: "quiet" }, "Not in any automation, as far as known here.");
    byId("stays").replaceChildren(...(running.length + past.length
      ? [el("ul", { className: "plain" }, running.map((stay) => this.#running(stay)), past.map(ended))]
      : [nothing]));
  }

  #running(stay) {
    const asked = this.requests.some((one) => isRemoval(one, stay) && isOpen(one));
    const press = button("Remove", () => this.remove(stay), "small");
    press.disabled = asked;
    press.setAttribute("aria-label", `Remove from ${stay.name}`);
    const action = this.visit.mayAsk && stay.sourceId ? press : null;
    return row(stay, "good", ["Running since ", dateOf(new Date(stay.entered))], action);
  }
}

const ended = (stay) => row(stay, "", [`${stay.how} `, dateOf(new Date(stay.ended))], null);

function row(stay, tone, when, action) {
  const kind = kindOf(stay.ended ? ENDS.get(stay.how) : KIND.AUTOMATION_ENTERED);
  const name = el("p", { className: "what" }, stay.name);
  const body = el("div", { className: "body" }, name, el("p", { className: "facts" }, when));
  return el("li", { className: "line" }, el("span", { className: `sign ${tone}` }, icon(kind.path)), body, action);
}
