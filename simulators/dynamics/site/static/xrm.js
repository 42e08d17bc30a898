// The global object Xrm, as far as a web resource on a form needs it: Xrm.Utility, Xrm.Navigation, Xrm.WebApi.
// Source: Microsoft Learn, "Client API reference for model-driven apps". There is no way to ask for the colours of the page.

import { page, webApi } from "./web_api.js";

function globalContext() {
  const userSettings = {
    userId: page.user.id,
    userName: page.user.name,
    languageId: page.organization.language,
    isRTL: false,
    isHighContrastEnabled: false,
  };
  const organizationSettings = {
    organizationId: page.organization.id,
    uniqueName: page.organization.name,
    languageId: page.organization.language,
  };
  return {
    userSettings,
    organizationSettings,
    client: { getClient: () => "Web", getFormFactor: () => 1, getClientState: () => "Online", isOffline: () => false },
    getClientUrl: () => page.url,
    getVersion: () => page.version,
    getCurrentAppUrl: () => `${page.url}/main.aspx`,
    getWebResourceUrl: (name) => `${page.url}/WebResources/${name}`,
  };
}

// A dialog with these words and buttons; resolves to the value of the one that closed it, "" when it was escaped.
function dialog(title, text, buttons) {
  const box = document.createElement("dialog");
  const head = document.createElement("h2");
  const words = document.createElement("p");
  const form = document.createElement("form");
  head.textContent = title || "";
  words.textContent = text || "";
  form.method = "dialog";
  for (const [value, label] of buttons) {
    const button = document.createElement("button");
    button.value = value;
    button.textContent = label;
    form.append(button);
  }
  box.append(head, words, form);
  document.body.append(box);
  return new Promise((resolve) => {
    box.addEventListener("close", () => {
      box.remove();
      resolve(box.returnValue);
    });
    box.showModal();
  });
}

function navigation() {
  return {
    async openAlertDialog(strings) {
      await dialog(strings.title, strings.text, [["ok", strings.confirmButtonLabel || "OK"]]);
    },
    async openConfirmDialog(strings) {
      const yes = ["ok", strings.confirmButtonLabel || "OK"];
      const no = ["cancel", strings.cancelButtonLabel || "Cancel"];
      return { confirmed: (await dialog(strings.title, strings.text, [yes, no])) === "ok" };
    },
    async openErrorDialog(options) {
      await dialog("Error", options.message || `${options.errorCode}`, [["ok", "OK"]]);
    },
  };
}

window.Xrm = {
  WebApi: webApi(),
  Navigation: navigation(),
  Utility: {
    getGlobalContext: globalContext,
    getPageContext: () => ({
      input: { pageType: "entityrecord", entityName: page.table, entityId: page.id, formId: page.form },
    }),
  },
};
