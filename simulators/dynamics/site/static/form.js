// Opens the form: its first tab, then the functions of the form's libraries, in order.

import { executionContext, tabs } from "./form_context.js";
import { page } from "./web_api.js";

function functionNamed(path) {
  return path.split(".").reduce((found, name) => found?.[name], window);
}

function run(handler) {
  const called = functionNamed(handler.function);
  if (typeof called !== "function") {
    console.error(`Web resource method does not exist: ${handler.function}`);
    return;
  }
  const more = handler.parameters.trim() ? JSON.parse(`[${handler.parameters.replaceAll("'", '"')}]`) : [];
  called(...(handler.context ? [executionContext()] : []), ...more);
}

for (const button of document.querySelectorAll("[role=tab]")) {
  button.addEventListener("click", () => tabs.open(button.dataset.tab));
}
const first = document.querySelector("[role=tabpanel]");
if (first) tabs.open(first.dataset.tab);
page.handlers.forEach(run);
