// The form context of the Client API: the record, the columns on the form, tabs, and web resources.
// A web resource exists while its tab is open, and is made anew each time: Microsoft Learn, "getContentWindow" and "Webpage
// (HTML) web resources" say that a form may destroy and reload it when somebody changes the tab.

import { page } from "./web_api.js";

function valueOf(column) {
  const { kind, wire } = page.columns[column];
  const value = page.values[wire];
  if (value === undefined || value === null) return null;
  if (["Lookup", "Customer", "Owner"].includes(kind)) {
    const entityType = page.values[`${wire}@Microsoft.Dynamics.CRM.lookuplogicalname`];
    const name = page.values[`${wire}@OData.Community.Display.V1.FormattedValue`];
    return [{ id: `{${value.toUpperCase()}}`, entityType, name }];
  }
  return kind === "DateTime" ? new Date(value) : value;
}

const frames = {
  // Shows the web resources of a part of the page, or takes them away.
  show(part, open) {
    for (const place of part.querySelectorAll(".frame")) {
      place.replaceChildren();
      if (open) place.append(frames.make(place));
    }
  },
  make(place) {
    const told = page.frames[place.dataset.control];
    const made = document.createElement("iframe");
    made.title = place.dataset.label;
    made.setAttribute("sandbox", told.sandbox);
    made.id = place.dataset.control;
    made.loaded = new Promise((resolve) => made.addEventListener("load", () => resolve(made.contentWindow)));
    made.src = told.url;
    return made;
  },
};

export const tabs = {
  listeners: {},
  part: (name) => [...document.querySelectorAll("[role=tabpanel]")].find((one) => one.dataset.tab === name),
  open(name) {
    for (const part of document.querySelectorAll("[role=tabpanel]")) {
      const open = part.dataset.tab === name;
      const before = !part.hidden;
      part.hidden = !open;
      document.getElementById(part.getAttribute("aria-labelledby")).setAttribute("aria-selected", String(open));
      if (before !== open) frames.show(part, open);
      if (before !== open) (tabs.listeners[part.dataset.tab] || []).forEach((listener) => listener(executionContext()));
    }
  },
  // As the collections of the Client API: all of them without a name.
  all: () => [...document.querySelectorAll("[role=tabpanel]")].map((part) => tabs.get(part.dataset.tab)),
  get(name) {
    if (name === undefined) return tabs.all();
    const part = tabs.part(name);
    if (!part) return null;
    return {
      getName: () => name,
      getDisplayState: () => (part.hidden ? "collapsed" : "expanded"),
      setDisplayState: (state) => state === "expanded" && tabs.open(name),
      setFocus: () => tabs.open(name),
      addTabStateChange: (listener) => (tabs.listeners[name] = [...(tabs.listeners[name] || []), listener]),
      removeTabStateChange: (gone) => (tabs.listeners[name] = (tabs.listeners[name] || []).filter((one) => one !== gone)),
    };
  },
};

function control(name) {
  if (page.frames[name]) {
    return {
      getName: () => name,
      getControlType: () => "webresource",
      getContentWindow: () => {
        const made = document.getElementById(name);
        return made ? made.loaded : Promise.reject(new Error(`The control ${name} is not loaded.`));
      },
    };
  }
  return page.columns[name] ? { getName: () => name, getControlType: () => "standard" } : null;
}

function notify(text, level, id) {
  const line = document.createElement("p");
  line.id = `notification-${id}`;
  line.dataset.level = level;
  line.textContent = text;
  document.getElementById("notifications").append(line);
  return true;
}

const formContext = {
  data: {
    entity: {
      getId: () => page.id,
      getEntityName: () => page.table,
      getEntityReference: () => ({ id: page.id, entityType: page.table, name: page.values[page.name] || "" }),
      getPrimaryAttributeValue: () => page.values[page.name] || "",
      getIsDirty: () => false,
    },
  },
  ui: {
    getFormType: () => (page.id ? 2 : 1),
    tabs: { get: tabs.get, getLength: () => tabs.all().length, forEach: (each) => tabs.all().forEach(each) },
    setFormNotification: notify,
    clearFormNotification: (id) => Boolean(document.getElementById(`notification-${id}`)?.remove() ?? true),
  },
  getControl: control,
  // A column that is not on the form has no attribute.
  getAttribute: (name) => (page.columns[name] ? { getName: () => name, getValue: () => valueOf(name) } : null),
};

export function executionContext() {
  return { getFormContext: () => formContext, getEventArgs: () => null, getDepth: () => 1 };
}
