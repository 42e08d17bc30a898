// The library of the forms of leads and contacts: hands the panel what it needs. Register ac365.onLoad for OnLoad, with
// the execution context as first parameter. Source: learn.microsoft.com, pages getContentWindow and addTabStateChange.
var ac365 = (function () {
  "use strict";

  const CONTROL = "WebResource_ac365_panel";
  const EVERY_MS = 250;
  const MOST = 40;

  const wait = () => new Promise((resolve) => { setTimeout(resolve, EVERY_MS); });

  // A panel on a hidden tab has no window yet; its turn comes when the tab opens. One that still loads is ready soon.
  async function hand(formContext) {
    for (let turn = 0; turn < MOST; turn += 1) {
      const page = await windowOf(formContext);
      if (!page) return;
      if (typeof page.setClientApiContext === "function") {
        page.setClientApiContext(Xrm, formContext);
        return;
      }
      await wait();
    }
  }

  async function windowOf(formContext) {
    try {
      return await formContext.getControl(CONTROL).getContentWindow();
    } catch {
      return null;
    }
  }

  function again(executionContext) {
    hand(executionContext.getFormContext());
  }

  // May be called any number of times. A record that was just saved has an id from then on.
  function onLoad(executionContext) {
    const formContext = executionContext.getFormContext();
    hand(formContext);
    formContext.ui.tabs.forEach((tab) => {
      tab.removeTabStateChange(again);
      tab.addTabStateChange(again);
    });
    formContext.data.entity.removeOnPostSave?.(again);
    formContext.data.entity.addOnPostSave?.(again);
  }

  return { onLoad };
})();
