// Asking for something: pick, read what will happen, confirm. One dialog, one request.
import { confirmation } from "./confirm.js";
import { button, byId, el } from "./dom.js";
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
  }

  async pick(offer) {
    this.#open(el("p", { role: "status" }, "Looking for what is offered …"));
    byId("dialog").setAttribute("aria-label", TITLES.get(offer));
    try {
      const offers = await readOffers(this.visit, offer);
      this.#offer(offer, offers);
    } catch (error) {
      const buttons = el("div", { className: "buttons" }, button("Close", close), button("Try again", () => this.pick(offer), "first"));
      this.#fill(el("p", { role: "alert" }, wordsOf(error)), buttons);
    }
  }

  #offer(offer, offers) {
    const title = el("h2", { id: "dialog-title" }, TITLES.get(offer));
    if (!offers.length) return this.#fill(title, nothingOffered(), el("div", { className: "buttons" }, button("Close", close)));
    const again = () => this.#offer(offer, offers);
    const picked = (choice) => this.#confirm(
      { kind: ASKS.get(offer), name: choice.name, target: choice.key, choice }, { words: "Back", press: again },
    );
    this.#fill(title, picker(offers, { offer, isIn: this.isIn, cancel: close, picked }));
    byId("search").focus();
    return null;
  }

  remove(stay) {
    this.#open();
    const asked = { kind: ASK.REMOVE_FROM_AUTOMATION, name: stay.name, target: `automation:${stay.sourceId}` };
    this.#confirm(asked, { words: "Cancel", press: close });
  }

  // The request gets its id here, so that one whose answer was lost is made again as the same one.
  #confirm(asked, back) {
    const row = this.#row(asked, crypto.randomUUID());
    this.#fill(...confirmation(asked, this.visit.person, { back, send: () => this.#send(row) }));
    byId("dialog-title").focus();
  }

  // Answers with the trouble, or with nothing when the request is there.
  async #send(row) {
    try {
      await this.visit.data.create(REQUEST.table, row);
    } catch (error) {
      if (error.kind === "forbidden" || !(await this.#isThere(row))) return error;
    }
    close();
    this.asked();
    return null;
  }

  async #isThere(row) {
    try {
      const found = await this.visit.data.page(REQUEST, { filter: `${REQUEST.id} eq ${row[REQUEST.id]}`, order: REQUEST.id, size: 1 });
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
