import { expect, test } from "vitest";
import { looksLikeProduction, refuseProductionVariables } from "./environment.ts";

const LIVE = ["sk", "live", "aZ3kQ9wB7xLm2Vt5Rn8YaZ3k"].join("_");

test.each([
  ["PROD_DATABASE_URL"],
  ["DATABASE_URL_PRODUCTION"],
  ["STRIPE_LIVE_KEY"],
  ["ProdToken"],
  ["PRD_PASSWORD"],
  ["MYSQL_LIVE_HOST"],
])("%s is a way into production by its name", (name) => {
  expect(looksLikeProduction(name)).toBe(true);
});

test.each([
  ["PAYMENT_KEY", LIVE],
  ["DATABASE_URL", "postgres://app:pw@db.prod.internal/app"],
  ["DATABASE_URL", "postgres://app:pw@db.internal/app_production"],
  ["API_URL", "https://api-prod.internal"],
  ["REDIS_HOST", "cache-production-1"],
])("%s is one by what it holds", (name, value) => {
  expect(looksLikeProduction(name, value)).toBe(true);
});

test.each([
  ["DELIVERY_URL", "https://api.internal"],
  ["PRODUCT_TOKEN", "x"],
  ["LIVE_RELOAD", "1"],
  ["NODE_ENV", "production"],
  ["REPRODUCTION_SEED", "12"],
  ["DOCS_URL", "https://products.example.com/reproduction"],
  ["EDITOR", "vim"],
])("%s is none", (name, value) => {
  expect(looksLikeProduction(name, value)).toBe(false);
});

test("every name that agents.env hands on is refused, patterns too, and no value is shown", () => {
  const inherited = { AWS_PROD_KEY: "hidden-1", AWS_REGION: "eu", PAYMENT_KEY: LIVE, PROD_X: "y" };
  const refuse = (): void => refuseProductionVariables(["AWS_*", "PAYMENT_KEY"], inherited);
  expect(refuse).toThrow(/PAYMENT_KEY, AWS_PROD_KEY/);
  expect(refuse).not.toThrow(/hidden-1|sk_live|PROD_X/);
  expect(() => refuseProductionVariables(["AWS_REGION"], inherited)).not.toThrow();
});
