// Draws the OpenAPI document as a page. Text is only ever set as text, so nothing in the document can become markup.
"use strict";

function element(name, text, attributes) {
  const node = document.createElement(name);
  if (text !== undefined) node.textContent = text;
  for (const [key, value] of Object.entries(attributes || {})) node.setAttribute(key, value);
  return node;
}

function table(heads, rows) {
  const node = element("table");
  const head = node.createTHead().insertRow();
  for (const text of heads) head.append(element("th", text, { scope: "col" }));
  const body = node.createTBody();
  for (const row of rows) {
    const line = body.insertRow();
    for (const text of row) line.insertCell().textContent = text;
  }
  return node;
}

// A schema with its references put in place, each name once on the way down.
function resolved(schema, definitions, seen) {
  if (Array.isArray(schema)) return schema.map((part) => resolved(part, definitions, seen));
  if (schema === null || typeof schema !== "object") return schema;
  if (schema.$ref) {
    const name = schema.$ref.split("/").pop();
    if (seen.includes(name)) return { "→": name };
    return resolved(definitions[name], definitions, seen.concat(name));
  }
  return Object.fromEntries(Object.entries(schema).filter(([key]) => key !== "title")
    .map(([key, value]) => [key, resolved(value, definitions, seen)]));
}

function schemaBlock(title, schema, definitions) {
  const block = element("details");
  block.append(element("summary", title));
  block.addEventListener("toggle", () => {
    if (block.open && !block.querySelector("pre"))
      block.append(element("pre", JSON.stringify(resolved(schema, definitions, []), null, 2)));
  });
  return block;
}

function operationBlock(method, path, operation, definitions) {
  const block = element("details", undefined, { id: operation.operationId });
  const summary = element("summary");
  summary.append(element("span", method.toUpperCase(), { class: "method" }), element("span", path, { class: "path" }),
    document.createTextNode(" — " + operation.summary));
  block.append(summary, element("p", operation.description));
  if (operation.parameters.length)
    block.append(table(["参数 Parameter", "位置 In", "必填 Required", "说明 Description"],
      operation.parameters.map((one) => [one.name, one.in, one.required ? "是 yes" : "否 no", one.description || ""])));
  for (const [type, content] of Object.entries((operation.requestBody || { content: {} }).content)) {
    if (content.example) block.append(element("p", "示例 Example"), element("pre", JSON.stringify(content.example, null, 2)));
    block.append(schemaBlock("请求 Request: " + type, content.schema, definitions));
  }
  for (const [status, response] of Object.entries(operation.responses)) {
    const content = Object.entries(response.content || {})[0];
    if (content && status < 300) block.append(schemaBlock("应答 Response " + status + ": " + content[0], content[1].schema, definitions));
    else block.append(element("p", status + " " + response.description));
  }
  return block;
}

async function draw() {
  const answer = await fetch("/api/openapi.json");
  const api = await answer.json();
  document.getElementById("about").textContent = api.info.description;
  const main = document.getElementById("operations");
  main.replaceChildren();
  for (const tag of api.tags) {
    const section = element("section");
    section.append(element("h2", tag.description));
    for (const [path, methods] of Object.entries(api.paths))
      for (const [method, operation] of Object.entries(methods))
        if (operation.tags[0] === tag.name) section.append(operationBlock(method, path, operation, api.components.schemas));
    main.append(section);
  }
  document.getElementById("find").addEventListener("input", (event) => {
    const wanted = event.target.value.toLowerCase();
    for (const block of main.querySelectorAll("section > details"))
      block.hidden = !block.textContent.toLowerCase().includes(wanted);
  });
}

draw();
