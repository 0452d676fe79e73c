/** Under which names of hosts the service answers: the setting ALLOWED_HOSTS. Pure. */

const IP_ADDRESS = /^(?:\d+\.\d+\.\d+\.\d+|\[.+\])$/;

/**
 * Whether the service may answer under the name that a request came to. Only a name can be made to lead somewhere else (DNS rebinding),
 * so an IP address always may, and so may `localhost`.
 * @param allowed - None: every name may.
 * @param hostname - As of a URL: in lower case, IPv6 in brackets.
 */
export function isAllowedHost(allowed: readonly string[], hostname: string): boolean {
  return (
    allowed.length === 0 ||
    allowed.includes(hostname) ||
    hostname === "localhost" ||
    hostname.endsWith(".localhost") ||
    IP_ADDRESS.test(hostname)
  );
}
