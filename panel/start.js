// Begins when the form says which record this is, and begins anew when it says another.
import { Asking } from "./ask.js";
import { Automations } from "./automations.js";
import { Dataverse } from "./dataverse.js";
import { byId, show } from "./dom.js";
import { OFFER, USER_ROLE } from "./names.js";
import { tell, tellTrouble } from "./notice.js";
import { readPerson, showPerson } from "./person.js";
import { foundXrm, guid, placeOf } from "./place.js";
import { Requests } from "./requests.js";
import { wearTheme } from "./theme.js";
import { Timeline } from "./timeline.js";

const PATIENCE_MS = 5000;
const NO_ASKING = `You may look, but not ask for anything. Your Dynamics administrator gives the role ${USER_ROLE} for that.`;
const NOBODY_SAID = "The form has not said it. Its administrator finds the setup in the documentation of ac365.";
let current = null;

// The form calls this on load and whenever a tab opens; the same record again changes nothing.
function setClientApiContext(xrm, formContext) {
  wearTheme();
  const place = placeOf(formContext, location.search);
  if (!place) return tell("No lead or contact", "This panel works on the forms of leads and contacts.");
  const key = `${place.table} ${place.id}`;
  if (current?.key === key) return null;
  leave();
  if (!place.id) {
    current = { key };
    return tell("Save this record first", "Activities and actions appear once it is saved.");
  }
  const me = guid(xrm.Utility?.getGlobalContext?.().userSettings?.userId);
  return open({ key, place, me, data: new Dataverse(xrm), gone: false, mayAsk: true, person: null, requests: null });
}

function leave() {
  if (current) current.gone = true;
  current?.requests?.stop();
  if (byId("dialog").open) byId("dialog").close();
}

async function open(visit) {
  current = visit;
  for (const id of ["notice", "content"]) show(byId(id), false);
  show(byId("loading"));
  const timeline = new Timeline(visit);
  const automations = new Automations(visit, (stay) => asking.remove(stay));
  const done = () => { timeline.refresh(); automations.refresh(); };
  const requests = new Requests(visit, (rows) => automations.render(rows), done);
  const asking = new Asking(visit, (key) => automations.isIn(key), () => { requests.follow(); requests.look(); });
  visit.requests = requests;
  try {
    const all = [readPerson(visit), timeline.load(), automations.load(), mayAsk(visit, requests)];
    [visit.person] = await Promise.all(all);
  } catch (error) {
    requests.stop();
    if (!visit.gone) tellTrouble(error, () => open({ ...visit, mayAsk: true }));
    return;
  }
  if (!visit.gone) reveal(visit, { timeline, automations, requests, asking });
}

// Whoever may not read own requests may not make any either; what else is missing Dataverse says when it is asked.
async function mayAsk(visit, requests) {
  try {
    await requests.load();
  } catch (error) {
    if (error.kind !== "forbidden") throw error;
    visit.mayAsk = false;
  }
}

function reveal(visit, { timeline, automations, requests, asking }) {
  showPerson(visit.person);
  timeline.render();
  requests.render();
  automations.render(requests.rows);
  byId("refresh").onclick = () => { timeline.refresh(); automations.refresh(); };
  byId("add").onclick = () => asking.pick(OFFER.AUTOMATION);
  byId("send").onclick = () => asking.pick(OFFER.CAMPAIGN);
  // ac365 would refuse both; being removed from an automation stays possible.
  byId("add").disabled = byId("send").disabled = visit.person.hint !== "";
  show(byId("buttons"), visit.mayAsk);
  byId("no-asking").textContent = visit.mayAsk ? "" : NO_ASKING;
  show(byId("loading"), false);
  show(byId("content"));
  requests.follow();
}

window.setClientApiContext = setClientApiContext;
// A form without the library: its Xrm is looked for, and the record is the one in the address.
window.addEventListener("load", () => {
  const xrm = foundXrm();
  if (!current && xrm && placeOf(null, location.search)) setClientApiContext(xrm, null);
  setTimeout(() => {
    if (!current) tell("Which record is this?", NOBODY_SAID);
  }, PATIENCE_MS);
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", wearTheme);
wearTheme();
