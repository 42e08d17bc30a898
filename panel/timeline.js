// What happened, newest first, day by day.
import { lineOf } from "./activity.js";
import { dayOf } from "./dates.js";
import { byId, el, say, show } from "./dom.js";
import { Filters, filterOf } from "./filters.js";
import { ACTIVITY } from "./names.js";
import { tellInside, wordsOf } from "./notice.js";
import { showLast } from "./person.js";

const SIZE = 50;
const ORDER = `${ACTIVITY.columns.at} desc,${ACTIVITY.id} desc`;
const EMPTY = [
  "Nothing yet.",
  "What this person receives from ActiveCampaign and does with it appears here: mail that was sent, opened, clicked or "
    + "bounced, and automations.",
];

export class Timeline {
  constructor(visit) {
    this.visit = visit;
    this.filters = new Filters(visit, () => this.reload());
    this.turn = 0;
    [this.rows, this.next] = [[], ""];
    byId("older").onclick = () => this.#older();
  }

  // Reads the first page and the numbers. Raises Trouble, and shows nothing then.
  async load() {
    const [page] = await Promise.all([this.#first(), this.filters.count()]);
    this.#take(page);
    if (!this.visit.gone) showLast(await this.#newest(page));
  }

  // Reads what the filters ask for; what is shown stays until the answer is there.
  async reload() {
    const turn = ++this.turn;
    byId("days").setAttribute("aria-busy", "true");
    try {
      const page = await this.#first();
      if (turn !== this.turn || this.visit.gone) return;
      this.#take(page);
      this.render();
      say(`${this.rows.length} activities shown`);
    } catch (error) {
      if (turn === this.turn && !this.visit.gone) tellInside(byId("days"), error, () => this.reload());
    } finally {
      if (turn === this.turn) byId("days").removeAttribute("aria-busy");
    }
  }

  async refresh() {
    try {
      await this.load();
      if (!this.visit.gone) this.render();
    } catch (error) {
      if (!this.visit.gone) tellInside(byId("days"), error, () => this.refresh());
    }
  }

  render() {
    this.filters.render();
    byId("days").replaceChildren(...(this.rows.length ? this.#days() : [this.#nothing()]));
    byId("older").textContent = "Show older";
    show(byId("older"), this.next !== "");
  }

  #first() {
    return this.visit.data.page(ACTIVITY, { filter: this.filters.text, order: ORDER, size: SIZE });
  }

  #take(page) {
    [this.rows, this.next] = [page.rows, page.next];
  }

  async #newest(page) {
    const plain = this.filters.kind === null && this.filters.machines;
    if (plain) return page.rows[0];
    const filter = filterOf(this.visit.place);
    return (await this.visit.data.page(ACTIVITY, { filter, order: ORDER, size: 1 })).rows[0];
  }

  async #older() {
    const turn = ++this.turn;
    byId("older").disabled = true;
    try {
      const page = await this.visit.data.next(ACTIVITY, this.next, SIZE);
      if (turn !== this.turn || this.visit.gone) return;
      [this.rows, this.next] = [[...this.rows, ...page.rows], page.next];
      this.render();
      say(`${page.rows.length} older activities shown`);
      if (!this.next) byId("days").focus();
    } catch (error) {
      if (!this.visit.gone) this.#notOlder(error);
    } finally {
      byId("older").disabled = false;
    }
  }

  #notOlder(error) {
    const words = `${wordsOf(error)} Show older again`;
    byId("older").textContent = words;
    say(words);
  }

  #days() {
    const days = Map.groupBy(this.rows, (row) => dayOf(new Date(row.at)));
    return [...days].map(([day, rows]) =>
      el("section", { className: "day" }, el("h3", {}, day), el("ol", {}, rows.map(lineOf))));
  }

  #nothing() {
    const filtered = this.filters.counted.rows.length > 0;
    const lines = filtered ? ["Nothing of this kind."] : EMPTY;
    return el("div", { className: "empty" }, lines.map((line) => el("p", {}, line)));
  }
}
