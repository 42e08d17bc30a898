// Asking for something: pick, read what will happen, confirm. One dialog, one request.
import { confirmation } from "./confirm.js";
import { button, buttons, byId, el } from "./dom.js";
import { ASK, OFFER, PERSON, REQUEST, STATE } from "./names.js";
import { wordsOf } from "./notice.js";
import { nothingOffered, picker, readOffers } from "./picker.js";

const NAME_LENGTH = 400;
const TITLES = new Map([[OFFER.AUTOMATION, "Add to automation"], [OFFER.CAMPAIGN, "Send campaign"]]);
const ASKS = new Map([[OFFER.AUTOMATION, ASK.ADD_TO_AUTOMATION], [OFFER.CAMPAIGN, ASK.SEND_CAMPAIGN]]);

export class Asking {
  // isIn: whether this person is in the automation of this key; asked: called when a request was made.
  constructor(visit, isIn, asked) {
    [this.visit, this.isIn, this.asked] = [visit, isIn, asked];
    [this.turn, this.sending, this.ids] = [0, false, new Map()];
    // Whoever presses Escape while it is being asked would not learn what became of it.
    byId("dialog").oncancel = (event) => { if (this.sending) event.preventDefault(); };
  }

  async pick(offer) {
    const turn = ++this.turn;
    this.#open(el("p", { role: "status" }, "Looking for what is offered …"));
    byId("dialog").setAttribute("aria-label", TITLES.get(offer));
    try {
      const offers = await readOffers(this.visit, offer);
      if (this.#isCurrent(turn)) this.#offer(offer, offers);
    } catch (error) {
      if (!this.#isCurrent(turn)) return;
      const again = button("Try again", () => this.pick(offer), "first");
      this.#fill(el("p", { role: "alert" }, wordsOf(error)), buttons(button("Close", close), again));
    }
  }

  // An answer that comes late belongs to a dialog, and perhaps to a person, that is no longer there.
  #isCurrent(turn) {
    return turn === this.turn && !this.visit.gone && byId("dialog").open;
  }

  #offer(offer, offers) {
    const title = el("h2", { id: "dialog-title" }, TITLES.get(offer));
    if (!offers.length) return this.#fill(title, nothingOffered(), buttons(button("Close", close)));
    const again = () => this.#offer(offer, offers);
    const picked = (choice) => this.#confirm(
      { kind: ASKS.get(offer), name: choice.name, target: choice.key, choice }, { words: "Back", press: again },
    );
    this.#fill(title, picker(offers, { offer, isIn: this.isIn, cancel: close, picked }));
    byId("search").focus();
    return null;
  }

  remove(stay) {
    this.turn += 1;
    this.#open();
    const asked = { kind: ASK.REMOVE_FROM_AUTOMATION, name: stay.name, target: `automation:${stay.sourceId}` };
    this.#confirm(asked, { words: "Cancel", press: close });
  }

  // A request has its id before it is sent, and keeps it until it is known to be there: one whose answer was lost is made
  // again as the same one, also by somebody who went back and chose it anew.
  #confirm(asked, back) {
    const what = `${asked.kind} ${asked.target}`;
    if (!this.ids.has(what)) this.ids.set(what, crypto.randomUUID());
    const row = this.#row(asked, this.ids.get(what));
    this.#fill(...confirmation(asked, this.visit.person, { back, send: () => this.#send(row, what) }));
    byId("dialog-title").focus();
  }

  // Answers with the trouble, or with nothing when the request is there.
  async #send(row, what) {
    this.sending = true;
    try {
      await this.visit.data.create(REQUEST.table, row);
    } catch (error) {
      if (error.kind === "forbidden" || !(await this.#isThere(row))) return error;
    } finally {
      this.sending = false;
    }
    this.ids.delete(what);
    if (this.visit.gone) return null;
    close();
    this.asked();
    return null;
  }

  async #isThere(row) {
    try {
      const filter = `${REQUEST.id} eq ${row[REQUEST.id]}`;
      const found = await this.visit.data.page(REQUEST, { filter, order: REQUEST.id, size: 1 });
      return found.rows.length > 0;
    } catch {
      return false;
    }
  }

  #row(asked, id) {
    const { table, id: record } = this.visit.place;
    const { set, bound } = PERSON[table];
    const { name, kind, target, state } = REQUEST.columns;
    return {
      [REQUEST.id]: id,
      [name]: asked.name.slice(0, NAME_LENGTH),
      [kind]: asked.kind,
      [target]: asked.target,
      [state]: STATE.ASKED,
      [`${bound}@odata.bind`]: `/${set}(${record})`,
    };
  }

  #open(...content) {
    this.#fill(...content);
    if (!byId("dialog").open) byId("dialog").showModal();
  }

  #fill(...content) {
    byId("dialog").removeAttribute("aria-label");
    byId("dialog").replaceChildren(...content);
  }
}

function close() {
  byId("dialog").close();
}
