// What must never be shown, each in the words it is usually met in.
import { joined, made } from "./made.ts";

export interface SecretCase {
  readonly name: string;
  readonly text: string;
  /** The part of the text that must be gone. */
  readonly secret: string;
  /** The rule it must be told under. */
  readonly rule: string;
}

function sample(rule: string, name: string, secret: string, around = "found {} there"): SecretCase {
  return { name, rule, secret, text: around.replace("{}", () => secret) };
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64url");
}

const KEY_BODY = joined(
  "MII",
  made("base64", 61, 90),
  "\n",
  made("base64", 64, 91),
  "\n",
  made("base64", 40, 92),
);

function pem(kind: string, body: string): string {
  return joined(
    "-----BEGIN ",
    kind,
    "PRIVATE KEY-----\n",
    body,
    "\n-----END ",
    kind,
    "PRIVATE KEY-----",
  );
}

function keyCase(name: string, kind: string, body: string): SecretCase {
  const [, secret = body] = body.split("\n");
  return { name, rule: "private-key", secret, text: `the file:\n${pem(kind, body)}\nends` };
}

export const SECRETS: readonly SecretCase[] = [
  sample(
    "github-token",
    "github classic",
    joined("gh", "p_", made("word", 36, 1)),
    "GH_TOKEN={} gh pr list",
  ),
  sample("github-token", "github oauth", joined("gh", "o_", made("word", 36, 2)), '"token": "{}"'),
  sample("github-token", "github user to server", joined("gh", "u_", made("word", 36, 3))),
  sample(
    "github-token",
    "github server",
    joined("gh", "s_", made("word", 36, 4)),
    "x-access-token:{}@github.com",
  ),
  sample("github-token", "github refresh", joined("gh", "r_", made("word", 76, 5))),
  sample(
    "github-token",
    "github fine-grained",
    joined("github", "_pat_", made("word", 22, 6), "_", made("word", 59, 7)),
  ),
  sample(
    "github-token",
    "github remote",
    joined("gh", "p_", made("word", 36, 8)),
    "origin\thttps://{}@github.com/a/b.git (fetch)",
  ),
  sample(
    "anthropic-key",
    "anthropic",
    joined("sk-", "ant-api03-", made("dash", 93, 9), "AA"),
    "ANTHROPIC_API_KEY={}",
  ),
  sample("anthropic-key", "anthropic oauth", joined("sk-", "ant-oat01-", made("dash", 86, 10))),
  sample(
    "openai-key",
    "openai legacy",
    joined("sk-", made("word", 20, 11), "T3Blbk", "FJ", made("word", 20, 12)),
    "Authorization: Bearer {}",
  ),
  sample(
    "openai-key",
    "openai project",
    joined("sk-", "proj-", made("dash", 74, 13), "T3Blbk", "FJ", made("dash", 74, 14)),
  ),
  sample(
    "openai-key",
    "openai service account",
    joined("sk-", "svcacct-", made("dash", 58, 15), "T3Blbk", "FJ", made("dash", 58, 16)),
  ),
  sample(
    "aws-access-key",
    "aws access key",
    joined("AK", "IA", made("upper", 16, 17)),
    "aws_access_key_id = {}",
  ),
  sample(
    "aws-access-key",
    "aws temporary key",
    joined("AS", "IA", made("upper", 16, 18)),
    "{} is used",
  ),
  sample(
    "aws-secret-key",
    "aws secret in a profile",
    made("base64", 40, 19),
    "aws_secret_access_key = {}",
  ),
  sample(
    "aws-secret-key",
    "aws secret in JSON",
    made("base64", 40, 20),
    '{"AWS_SECRET_ACCESS_KEY":"{}"}',
  ),
  sample(
    "slack-token",
    "slack bot",
    joined(
      "xo",
      "xb-",
      made("digits", 12, 21),
      "-",
      made("digits", 13, 22),
      "-",
      made("word", 24, 23),
    ),
  ),
  sample(
    "slack-token",
    "slack user",
    joined(
      "xo",
      "xp-",
      made("digits", 12, 24),
      "-",
      made("digits", 12, 25),
      "-",
      made("hex", 32, 26),
    ),
  ),
  sample(
    "slack-token",
    "slack app",
    joined(
      "xa",
      "pp-1-A",
      made("upper", 10, 27),
      "-",
      made("digits", 13, 28),
      "-",
      made("hex", 64, 29),
    ),
  ),
  sample(
    "slack-token",
    "slack webhook",
    joined(
      "https://hooks.",
      "slack.com/services/T",
      made("upper", 8, 30),
      "/B",
      made("upper", 10, 31),
      "/",
      made("word", 24, 32),
    ),
  ),
  sample("stripe-key", "stripe live", joined("sk_", "live_", made("word", 24, 33)), "Stripe({})"),
  sample("stripe-key", "stripe restricted", joined("rk_", "live_", made("word", 99, 34))),
  sample("stripe-key", "stripe test", joined("sk_", "test_", made("word", 32, 35))),
  sample("stripe-key", "stripe webhook", joined("wh", "sec_", made("word", 32, 36))),
  sample(
    "npm-token",
    "npm",
    joined("np", "m_", made("word", 36, 37)),
    "//packages.invalid/:_authToken={}",
  ),
  sample("pypi-token", "pypi", joined("py", "pi-AgE", made("dash", 150, 38)), "twine upload -p {}"),
  sample("rubygems-token", "rubygems", joined("ruby", "gems_", made("hex", 48, 39))),
  sample("gitlab-token", "gitlab personal", joined("gl", "pat-", made("dash", 20, 40))),
  sample("gitlab-token", "gitlab deploy", joined("gl", "dt-", made("dash", 20, 41))),
  sample("gitlab-token", "gitlab runner", joined("gl", "rt-", made("dash", 20, 42))),
  sample(
    "google-key",
    "google api",
    joined("AI", "za", made("dash", 35, 43)),
    "https://maps.googleapis.com/maps/api/js?key={}",
  ),
  sample("google-key", "google client secret", joined("GOC", "SPX-", made("dash", 28, 44))),
  sample("google-key", "google access", joined("ya", "29.", made("dash", 120, 45))),
  sample(
    "azure-key",
    "azure storage",
    joined(made("base64", 86, 46), "=="),
    "DefaultEndpointsProtocol=https;AccountName=mill;AccountKey={};EndpointSuffix=core.windows.net",
  ),
  sample(
    "azure-key",
    "azure service bus",
    joined(made("base64", 43, 47), "="),
    "SharedAccessKeyName=root;SharedAccessKey={}",
  ),
  sample(
    "azure-key",
    "azure client secret",
    joined(made("word", 3, 48), "8Q~", made("dash", 34, 49)),
  ),
  sample(
    "sendgrid-key",
    "sendgrid",
    joined("S", "G.", made("dash", 22, 50), ".", made("dash", 43, 51)),
  ),
  sample("twilio-key", "twilio", joined("S", "K", made("hex", 32, 52)), "new Twilio('{}')"),
  sample(
    "telegram-token",
    "telegram",
    joined(made("digits", 10, 53), ":A", "A", made("dash", 33, 54)),
    "https://api.telegram.org/bot{}/getMe",
  ),
  sample(
    "discord-webhook",
    "discord webhook",
    joined(
      "https://discord",
      ".com/api/webhooks/",
      made("digits", 18, 55),
      "/",
      made("dash", 68, 56),
    ),
  ),
  sample("mailgun-key", "mailgun", joined("ke", "y-", made("hex", 32, 57))),
  sample("mailchimp-key", "mailchimp", joined(made("hex", 32, 58), "-us", "14")),
  sample("digitalocean-token", "digitalocean", joined("do", "p_v1_", made("hex", 64, 59))),
  sample("huggingface-token", "hugging face", joined("h", "f_", made("letters", 34, 60))),
  sample("groq-token", "groq", joined("gs", "k_", made("word", 52, 61))),
  sample("shopify-token", "shopify", joined("shp", "at_", made("hex", 32, 62))),
  sample("linear-token", "linear", joined("lin", "_api_", made("word", 40, 63))),
  sample(
    "notion-token",
    "notion",
    joined("nt", "n_", made("digits", 11, 64), made("word", 35, 65)),
  ),
  sample("databricks-token", "databricks", joined("da", "pi", made("hex", 32, 66))),
  sample(
    "docker-token",
    "docker",
    joined("dckr", "_pat_", made("dash", 27, 67)),
    "docker login -u ada -p {}",
  ),
  sample("hashicorp-vault-token", "vault", joined("hv", "s.", made("dash", 95, 68))),
  sample(
    "grafana-token",
    "grafana",
    joined("gl", "sa_", made("word", 32, 69), "_", made("hex", 8, 70)),
  ),
  sample("figma-token", "figma", joined("fi", "gd_", made("dash", 43, 71))),
  sample(
    "tailscale-token",
    "tailscale",
    joined("ts", "key-auth-", made("word", 16, 72), "-", made("word", 32, 73)),
  ),
  sample("vercel-token", "vercel", joined("vc", "p_", made("word", 24, 74))),
  sample("age-key", "age", joined("AGE-SECRET", "-KEY-1", made("upper", 58, 75))),
  sample(
    "jwt",
    "a JSON Web Token",
    [
      base64('{"alg":"HS256","typ":"JWT"}'),
      base64('{"sub":"4711","name":"Ada"}'),
      made("dash", 43, 76),
    ].join("."),
    "Cookie: session={}",
  ),
  sample("password", "a password in YAML", "Tr0ub4dor&3!x", "password: {}"),
  sample("password", "a password in code", "n7Kq!fz2Lw", 'const options = { password: "{}" };'),
  sample(
    "password",
    "a password in a properties file",
    "Winter2026!!",
    "spring.datasource.password={}",
  ),
  sample("password", "a password in the environment", "kJ8s2ms9QQx", "PGPASSWORD={} psql"),
  sample("named-secret", "a client secret", made("word", 32, 77), '"client_secret": "{}"'),
  sample("named-secret", "an API key", made("hex", 40, 78), "api_key = '{}'"),
  sample("named-secret", "a token in a shell", made("word", 40, 79), "export DEPLOY_TOKEN={}"),
  sample("named-secret", "a signing key", made("base64", 44, 80), 'SIGNING_KEY: "{}"'),
  sample("named-secret", "a numbered secret", made("dash", 48, 81), "APP_SECRET_2={}"),
  sample("url-credentials", "a database", "s3sAme0pen", "postgres://app:{}@db.internal:5432/app"),
  sample(
    "url-credentials",
    "redis without a user",
    "k9Wq0zz31LpT",
    "redis://:{}@cache.internal:6379/0",
  ),
  sample(
    "url-credentials",
    "a message broker",
    "v7-Qm1xPpa",
    "amqp://mill:{}@broker.internal/main",
  ),
  sample(
    "url-credentials",
    "mongo",
    "Zq71kTTm9",
    "mongodb+srv://mill:{}@cluster0.abcde.mongodb.net/mill",
  ),
  sample(
    "url-credentials",
    "a registry",
    "qP82mmLz1",
    "https://ada:{}@registry.internal.net/simple",
  ),
  sample(
    "authorization",
    "a bearer",
    made("word", 40, 82),
    "curl -H 'Authorization: Bearer {}' https://api.internal",
  ),
  sample(
    "authorization",
    "basic",
    Buffer.from("ada:kJ8s2ms9QQ").toString("base64"),
    "Authorization: Basic {}",
  ),
  sample("authorization", "a login of curl", "kW82-mm1Lz", "curl -u ada:{} https://api.internal"),
  keyCase("an RSA key", "RSA ", KEY_BODY),
  keyCase("a PKCS#8 key", "", KEY_BODY),
  keyCase(
    "an OpenSSH key",
    "OPENSSH ",
    joined(
      "b3BlbnNzaC1rZXktdjE",
      made("base64", 51, 93),
      "\n",
      made("base64", 70, 94),
      "\n",
      made("base64", 70, 95),
    ),
  ),
  keyCase(
    "an encrypted key",
    "RSA ",
    joined("Proc-Type: 4,ENCRYPTED\n", made("base64", 64, 96), "\n", made("base64", 64, 97)),
  ),
];
