// Which activities the timeline shows: a chip for each kind that this person has, and a switch for machines.
import { button, byId, el, show } from "./dom.js";
import { ACTIVITY, PERSON } from "./names.js";
import { kindOf } from "./words.js";

const { kind: KIND_COLUMN, machine: MACHINE_COLUMN } = ACTIVITY.columns;
const COUNTED = 5000;

export const filterOf = (place) => `${PERSON[place.table].value} eq ${place.id}`;

export class Filters {
  // changed: called whenever something else is to be shown.
  constructor(visit, changed) {
    this.visit = visit;
    this.changed = changed;
    this.kind = null;
    this.machines = true;
    this.counted = { rows: [], complete: true };
    const box = byId("machines");
    box.checked = false;
    box.onchange = () => this.#pick(this.kind, !box.checked);
  }

  // The condition on rows, as Dataverse understands it.
  get text() {
    const parts = [filterOf(this.visit.place)];
    if (this.kind !== null) parts.push(`${KIND_COLUMN} eq ${this.kind}`);
    if (!this.machines) parts.push(`(${MACHINE_COLUMN} eq false or ${MACHINE_COLUMN} eq null)`);
    return parts.join(" and ");
  }

  async count() {
    const columns = [KIND_COLUMN, MACHINE_COLUMN];
    this.counted = await this.visit.data.bare(ACTIVITY, columns, filterOf(this.visit.place), COUNTED);
  }

  render() {
    const rows = this.counted.rows.filter((row) => this.machines || !row.machine);
    const kinds = [...new Map(this.counted.rows.map((row) => [row.kind, row])).values()];
    kinds.sort((one, other) => one.kind - other.kind);
    const chips = kinds.map(({ kind, ...row }) =>
      this.#chip(chipOf({ kind, ...row }), kind, rows.filter((other) => other.kind === kind)));
    const focused = document.activeElement?.dataset?.kind;
    byId("chips").replaceChildren(this.#chip("All", null, rows), ...chips);
    if (focused !== undefined) byId("chips").querySelector(`[data-kind="${focused}"]`)?.focus();
    show(byId("filters"), this.counted.rows.length > 0);
    show(byId("machine-switch"), this.counted.rows.some((row) => row.machine));
  }

  #chip(words, kind, rows) {
    const number = rows.length.toLocaleString() + (this.counted.complete ? "" : "+");
    const chip = button(words, () => this.#pick(kind, this.machines), "chip");
    chip.append(" ", el("span", { className: "number" }, number));
    chip.setAttribute("aria-pressed", String(this.kind === kind));
    chip.dataset.kind = String(kind);
    return chip;
  }

  #pick(kind, machines) {
    [this.kind, this.machines] = [kind, machines];
    this.render();
    this.changed();
  }
}

function chipOf(row) {
  const words = kindOf(row.kind).chip;
  return words === "Other" ? row.kindName || words : words;
}
