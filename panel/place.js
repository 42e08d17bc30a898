// Which record the panel stands on. What the address says is anybody's word, so it is looked at closely.
import { PERSON } from "./names.js";

const GUID = /^\{?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\}?$/i;

export function guid(text) {
  const found = GUID.exec(text ?? "");
  return found ? found[1].toLowerCase() : "";
}

// The table and id of the record; an empty id where it is not saved yet; null where nobody says which it is.
export function placeOf(formContext, query) {
  return formContext?.data?.entity ? fromForm(formContext.data.entity) : fromAddress(new URLSearchParams(query));
}

function fromForm(entity) {
  const table = entity.getEntityName();
  return Object.hasOwn(PERSON, table) ? { table, id: guid(entity.getId()) } : null;
}

// A form passes the table and id of its record where its web resource is set up so; before the first save, no id.
function fromAddress(asked) {
  const table = asked.get("typename") ?? "";
  const id = asked.get("id") ?? "";
  if (!Object.hasOwn(PERSON, table) || (id && !guid(id))) return null;
  return { table, id: guid(id) };
}

// The Xrm of the form around the panel, where nobody handed it over.
export function foundXrm() {
  try {
    return window.parent.Xrm ?? null;
  } catch {
    return null;
  }
}
