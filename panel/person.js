// Who the record is about, and whether mail is allowed.
import { byId, el, icon, show } from "./dom.js";
import { momentOf } from "./dates.js";

const COLUMNS = ["fullname", "emailaddress1", "donotbulkemail", "donotemail"];
const OPTED_OUT = "Opted out of e-mail: nothing can be sent";
const NO_ADDRESS = "No e-mail address: nothing can be sent";

export async function readPerson(visit) {
  const row = await visit.data.record(visit.place.table, visit.place.id, COLUMNS);
  const address = row.emailaddress1 ?? "";
  const optedOut = Boolean(row.donotbulkemail || row.donotemail);
  return { name: row.fullname || address || "No name", address, hint: hintOf(optedOut, address) };
}

const hintOf = (optedOut, address) => (optedOut ? OPTED_OUT : address ? "" : NO_ADDRESS);

export function showPerson(person) {
  byId("name").textContent = person.name;
  byId("address").textContent = person.address;
  byId("hint").replaceChildren(icon("M12 4l9 16H3zM12 10v4M12 17v.5"), el("span", {}, person.hint));
  show(byId("hint"), person.hint !== "");
}

// newest: the activity that happened last, or none.
export function showLast(newest) {
  const when = newest?.at ? ["Last activity: ", momentOf(new Date(newest.at))] : ["No activity yet"];
  byId("last").replaceChildren(...when);
}
