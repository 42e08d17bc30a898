// The one door to Dataverse: Xrm.WebApi, under the rights of who is signed in. Source of its shapes:
// learn.microsoft.com/power-apps/developer/model-driven-apps/clientapi/reference/xrm-webapi.

const FORMATTED = "@OData.Community.Display.V1.FormattedValue";
// Codes come as a number that may have lost its sign. Source: learn.microsoft.com, page "Web service error codes".
const FORBIDDEN = new Set([0x80040220, 0x80048306, 0x80040225]);
const MISSING_TABLE = 0x80041102;
const MISSING_WORDS = /not found for the segment|not found in the MetadataCache/i;
const ANSWERED = /^0x8|is missing prv|not found|0x8004/i;

// kind: "forbidden", "missing" (no such table), "network" (no answer) or "other".
export class Trouble extends Error {
  constructor(error) {
    super(error?.message ?? String(error));
    this.kind = kindOfTrouble(Number(error?.errorCode ?? 0) >>> 0, this.message);
  }
}

function kindOfTrouble(code, message) {
  if (FORBIDDEN.has(code) || /is missing prv\w+/.test(message)) return "forbidden";
  if (code === MISSING_TABLE || MISSING_WORDS.test(message)) return "missing";
  return code > 0 || ANSWERED.test(message) ? "other" : "network";
}

// A row in the panel's words, with its id and with how Dynamics calls its kind.
export function plain(row, known) {
  const read = Object.entries(known.columns).map(([word, column]) => [word, row[column] ?? null]);
  return {
    ...Object.fromEntries(read),
    id: row[known.id],
    kindName: row[known.columns.kind + FORMATTED] ?? "",
    createdOn: row.createdon ?? null,
  };
}

export class Dataverse {
  constructor(xrm) {
    this.api = xrm.WebApi;
  }

  async record(table, id, columns) {
    return this.#asked(() => this.api.retrieveRecord(table, id, `?$select=${columns.join(",")}`));
  }

  // Rows in the panel's words, and where the next page begins ("" for nowhere).
  async page(known, { filter, order, size, more = [] }) {
    const columns = [...Object.values(known.columns), ...more].join(",");
    const options = `?$select=${columns}&$filter=${encodeURIComponent(filter)}&$orderby=${order}`;
    return this.next(known, options, size);
  }

  // A next link is an address; what counts of it are its options.
  async next(known, options, size) {
    const found = await this.#asked(() => this.api.retrieveMultipleRecords(known.table, options, size));
    const rows = found.entities.map((row) => plain(row, known));
    return { rows, next: found.nextLink ? found.nextLink.slice(found.nextLink.indexOf("?")) : "" };
  }

  // Kinds alone, to be counted.
  async bare(known, columns, filter, size) {
    const options = `?$select=${columns.join(",")}&$filter=${encodeURIComponent(filter)}`;
    const found = await this.#asked(() => this.api.retrieveMultipleRecords(known.table, options, size));
    return { rows: found.entities.map((row) => plain(row, known)), complete: !found.nextLink };
  }

  async create(table, row) {
    return this.#asked(() => this.api.createRecord(table, row));
  }

  async #asked(question) {
    try {
      return await question();
    } catch (error) {
      throw new Trouble(error);
    }
  }
}
