/** The API's page, from the server's own OpenAPI description. */

import { h } from "./dom.js";

const place = document.getElementById("operations");

function typeWords(schema) {
  if (!schema) return "";
  if (schema.$ref) return schema.$ref.split("/").pop();
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.anyOf) return schema.anyOf.map(typeWords).join(" | ");
  if (schema.type === "array") return `[${typeWords(schema.items) || "..."}]`;
  return schema.format ?? schema.type ?? "any";
}

function schemaTable(schema) {
  return h("table", {}, h("tbody", {}, Object.entries(schema.properties ?? {}).map(([name, property]) => h("tr", {},
    h("th", { scope: "row" }, h("code", {}, name)), h("td", {}, h("code", {}, typeWords(property))),
    h("td", {}, property.description ?? "")))));
}

function operationCard(path, method, operation) {
  const body = Object.entries(operation.requestBody?.content ?? {});
  return h("section", { class: "card operation", tabindex: 0, "aria-label": `${method.toUpperCase()} ${path}` },
    h("h2", {}, h("span", { class: `method ${method}` }, method.toUpperCase()), " ", h("code", {}, path)),
    h("p", {}, operation.description ?? operation.summary),
    operation.parameters && h("table", {}, h("tbody", {}, operation.parameters.map((parameter) => h("tr", {},
      h("th", { scope: "row" }, h("code", {}, parameter.name)), h("td", {}, parameter.in),
      h("td", {}, h("code", {}, typeWords(parameter.schema))),
      h("td", {}, parameter.description ?? parameter.schema.description ?? ""))))),
    body.map(([type, { schema }]) => [h("h3", {}, "Body: ", h("code", {}, type)),
      schema.$ref ? h("p", {}, h("code", {}, typeWords(schema))) : schemaTable(schema)]),
    h("h3", {}, "Answers"),
    h("table", {}, h("tbody", {}, Object.entries(operation.responses).map(([status, response]) => h("tr", {},
      h("th", { scope: "row" }, status), h("td", {}, response.description),
      h("td", {}, h("code", {}, Object.entries(response.content ?? {})
        .map(([type, { schema }]) => (type === "application/json" ? typeWords(schema) : type)).join(", "))))))));
}

const description = await (await fetch("/openapi.json")).json();
for (const [path, methods] of Object.entries(description.paths)) {
  for (const [method, operation] of Object.entries(methods)) place.append(operationCard(path, method, operation));
}
place.append(h("h2", {}, "Shapes"));
for (const [name, schema] of Object.entries(description.components.schemas)) {
  place.append(h("section", { class: "card operation", tabindex: 0, "aria-label": name }, h("h3", {}, h("code", {}, name)),
    h("p", {}, schema.description ?? ""), schemaTable(schema)));
}
