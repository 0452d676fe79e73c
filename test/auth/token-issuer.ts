/** An identity provider on this machine: keys at an address, and tokens that they sign. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
  exportJWK,
  exportSPKI,
  generateKeyPair,
  SignJWT,
  type CryptoKey,
  type JWTPayload,
} from "jose";

export const ISSUER = "https://login.example/tenant/v2.0";

export const AUDIENCE = "api://rerank";

/** Over those of a right token; undefined leaves one out. */
export type Claims = { [Name in keyof JWTPayload]: JWTPayload[Name] | undefined };

export interface TokenIssuer {
  /** Where its public keys are. */
  jwksUrl: string;
  /** Of the key it signs with: its id, and the public half as PEM. */
  publicKey(): { kid: string; pem: string };
  /** A token that is right but for these claims. */
  token(claims?: Claims, header?: { kid?: string }): Promise<string>;
  /** Makes another key, publishes it beside the others, and signs with it. */
  rotate(): Promise<void>;
  /** How often its keys were asked for. */
  asked(): number;
  /** What it answers instead of its keys; undefined: its keys. `hang`: nothing. */
  misbehave(answer: { status: number; body: string } | "hang" | undefined): void;
  close(): void;
}

/** @param nowMs - When its tokens are made; they are good for five minutes. */
export async function startTokenIssuer(nowMs = Date.now()): Promise<TokenIssuer> {
  const published: object[] = [];
  let signing: { key: CryptoKey; kid: string; pem: string };
  let asked = 0;
  let instead: Parameters<TokenIssuer["misbehave"]>[0];
  const rotate = async (): Promise<void> => {
    const { publicKey, privateKey } = await generateKeyPair("RS256", { extractable: true });
    const kid = `key-${published.length}`;
    published.push({ ...(await exportJWK(publicKey)), kid, alg: "RS256", use: "sig" });
    signing = { key: privateKey, kid, pem: await exportSPKI(publicKey) };
  };
  await rotate();
  const server = createServer((_, response) => {
    asked++;
    if (instead === "hang") return;
    response.statusCode = instead?.status ?? 200;
    response.end(instead?.body ?? JSON.stringify({ keys: published }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    jwksUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`,
    publicKey: () => signing,
    token(claims = {}, { kid = signing.kid } = {}) {
      const issued = Math.floor(nowMs / 1_000);
      const payload = { iss: ISSUER, aud: AUDIENCE, sub: "user-1", iat: issued, exp: issued + 300 };
      const present = Object.entries({ ...payload, ...claims }).filter(
        ([, value]) => value !== undefined,
      );
      return new SignJWT(Object.fromEntries(present))
        .setProtectedHeader({ alg: "RS256", kid })
        .sign(signing.key);
    },
    rotate,
    asked: () => asked,
    misbehave: (answer) => void (instead = answer),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
