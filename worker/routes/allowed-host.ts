import type { MiddlewareHandler } from "hono";
import { isAllowedHost } from "../allowed-hosts.ts";
import { SETTINGS } from "../deployed-settings.ts";
import { refuse, type AppEnvironment } from "./route.ts";

/** Refuses requests to a name that is not one of the setting ALLOWED_HOSTS. */
export const allowedHost: MiddlewareHandler<AppEnvironment> = async (c, next) => {
  const allowed = SETTINGS.ok ? SETTINGS.value.allowedHosts : [];
  return isAllowedHost(allowed, new URL(c.req.url).hostname)
    ? next()
    : refuse(c, { kind: "wrong_host" });
};
