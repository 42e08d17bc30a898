// Xrm.WebApi of the Client API. Arguments are logical names of tables; a failure is {errorCode, message}, the code as a
// positive number. Source: Microsoft Learn, "Xrm.WebApi (Client API reference)".

export const page = JSON.parse(document.getElementById("page").textContent);

export function webApi() {
  const root = `${page.url}/api/data/v9.2/`;

  function failure(code, message) {
    return { errorCode: code, message };
  }

  function setOf(table) {
    const known = page.tables[table];
    if (!known) throw failure(0x80041102, `The entity with a name = '${table}' was not found in the MetadataCache.`);
    return known[0];
  }

  function bare(id) {
    return String(id).replace(/[{}]/g, "").toLowerCase();
  }

  async function send(method, address, body, headers) {
    const common = { Accept: "application/json", "OData-Version": "4.0", "OData-MaxVersion": "4.0" };
    if (body !== undefined) common["Content-Type"] = "application/json";
    let answer;
    try {
      answer = await fetch(address, {
        method,
        headers: { ...common, ...headers },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
    } catch (error) {
      throw failure(0, String(error.message || error));
    }
    if (answer.ok) return answer;
    const told = await answer.json().catch(() => ({}));
    const error = told.error || {};
    throw failure(parseInt(error.code || "0", 16), error.message || `${answer.status} ${answer.statusText}`);
  }

  async function retrieveRecord(table, id, options) {
    const address = `${root}${setOf(table)}(${bare(id)})${options || ""}`;
    return (await send("GET", address, undefined, { Prefer: 'odata.include-annotations="*"' })).json();
  }

  async function retrieveMultipleRecords(table, options, maxPageSize) {
    if (/[?&]fetchXml=/i.test(options || "")) throw failure(0x80040203, "FetchXML is not simulated.");
    const prefer = [`odata.maxpagesize=${maxPageSize || 5000}`, 'odata.include-annotations="*"'];
    const answer = await send("GET", `${root}${setOf(table)}${options || ""}`, undefined, { Prefer: prefer.join(",") });
    const found = await answer.json();
    return { entities: found.value, nextLink: found["@odata.nextLink"] || "" };
  }

  async function createRecord(table, data) {
    const answer = await send("POST", `${root}${setOf(table)}`, data);
    const where = answer.headers.get("OData-EntityId");
    return { entityType: table, id: where.slice(where.lastIndexOf("(") + 1, -1) };
  }

  async function updateRecord(table, id, data) {
    await send("PATCH", `${root}${setOf(table)}(${bare(id)})`, data, { "If-Match": "*" });
    return { entityType: table, id: bare(id) };
  }

  async function deleteRecord(table, id) {
    await send("DELETE", `${root}${setOf(table)}(${bare(id)})`);
    return { entityType: table, id: bare(id), name: "" };
  }

  const known = { retrieveRecord, retrieveMultipleRecords, createRecord, updateRecord, deleteRecord };
  return { ...known, online: known, isAvailableOffline: () => false };
}
