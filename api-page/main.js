// Nothing leaves this service: no proxy, no fonts or assistants of Scalar's own servers, no telemetry.
globalThis.Scalar.createApiReference("#api", {
  url: "/openapi.json",
  withDefaultFonts: false,
  telemetry: false,
  proxyUrl: "",
  hideClientButton: true,
  showDeveloperTools: "never",
  agent: { disabled: true },
  mcp: { disabled: true },
});
