/** Where the service is, and what clients send that cannot do without a key. */
export const SERVICE_URL = process.env["SERVICE_URL"] ?? "http://localhost:8787";
export const API_KEY = "no-key-needed";
