/** How a kind of secret is made worthless and replaced; capitals stand for what only its owner knows. */
interface Revocation {
  readonly revoke: readonly string[];
  readonly rotate: readonly string[];
}

function at(url: string): Revocation {
  return { revoke: [url], rotate: [`A new one is made there, too: ${url}`] };
}

const REVOCATIONS: Readonly<Record<string, Revocation>> = {
  "github-token": {
    revoke: [
      // As a variable: arguments are seen by whoever lists processes.
      `printf '{"credentials":["%s"]}' "$TOKEN" | curl -fsS -X POST --data @- https://api.github.com/credentials/revoke`,
      "Or: https://github.com/settings/tokens (an app's: its settings, Revoke all user tokens)",
    ],
    rotate: ["gh auth login", "Then in every place that used it: gh secret set NAME"],
  },
  "gitlab-token": {
    revoke: [
      `curl -X DELETE -H "PRIVATE-TOKEN: TOKEN" https://gitlab.com/api/v4/personal_access_tokens/self`,
    ],
    rotate: ["https://gitlab.com/-/user_settings/personal_access_tokens"],
  },
  "anthropic-key": at("https://console.anthropic.com/settings/keys"),
  "openai-key": at("https://platform.openai.com/api-keys"),
  "aws-access-key": aws(),
  "aws-secret-key": aws(),
  "slack-token": {
    revoke: ["curl -d token=TOKEN https://slack.com/api/auth.revoke"],
    rotate: ["https://api.slack.com/apps (Install App, Reinstall; a webhook: Incoming Webhooks)"],
  },
  "stripe-key": {
    revoke: ["https://dashboard.stripe.com/apikeys (Roll key, expire now)"],
    rotate: ["Rolling makes the new one."],
  },
  "npm-token": {
    revoke: ["npm token list", "npm token revoke ID"],
    rotate: ["npm token create"],
  },
  "pypi-token": at("https://pypi.org/manage/account/token/"),
  "rubygems-token": at("https://rubygems.org/profile/api_keys"),
  "crates-token": at("https://crates.io/settings/tokens"),
  "google-key": {
    revoke: ["gcloud services api-keys delete KEY_ID", "A login: gcloud auth revoke ACCOUNT"],
    rotate: ["gcloud services api-keys create --display-name=NAME"],
  },
  "azure-key": {
    revoke: ["az storage account keys renew --account-name NAME --key primary"],
    rotate: ["A client secret: az ad app credential reset --id APP_ID"],
  },
  "sendgrid-key": at("https://app.sendgrid.com/settings/api_keys"),
  "twilio-key": {
    revoke: ["twilio api:core:keys:remove --sid SID"],
    rotate: ["twilio api:core:keys:create"],
  },
  "telegram-token": {
    revoke: ["Write /revoke to @BotFather and choose the bot."],
    rotate: ["@BotFather answers with the new token."],
  },
  "discord-webhook": at("The channel's settings, Integrations, Webhooks"),
  "docker-token": at("https://app.docker.com/settings/personal-access-tokens"),
  "digitalocean-token": at("https://cloud.digitalocean.com/account/api/tokens"),
  "huggingface-token": at("https://huggingface.co/settings/tokens"),
  "heroku-key": {
    revoke: ["heroku authorizations:revoke ID"],
    rotate: ["heroku authorizations:create"],
  },
  "hashicorp-vault-token": {
    revoke: ["vault token revoke TOKEN"],
    rotate: ["vault token create"],
  },
  "private-key": {
    revoke: [
      "Take its public half out of every authorized_keys, deploy key and account that has it.",
      "A certificate's: have it revoked by whoever issued it.",
    ],
    rotate: ["ssh-keygen -t ed25519 (or a new certificate request)"],
  },
  unscanned: {
    revoke: ["Nothing, unless you find a secret in it: it is too large, and you have to look."],
    rotate: ["Only what you find. Where there is nothing, allow the finding."],
  },
  "url-credentials": password(),
  password: password(),
};

const OTHER: Revocation = {
  revoke: ["Revoke it where it was issued."],
  rotate: ["Make a new one there, and put it wherever the old one was used."],
};

/** What to do about a secret that got out, by the rule that found it. */
export function revocationOf(rule: string): Revocation {
  return Object.hasOwn(REVOCATIONS, rule) ? (REVOCATIONS[rule] ?? OTHER) : OTHER;
}

function aws(): Revocation {
  return {
    revoke: [
      "aws iam update-access-key --access-key-id ID --status Inactive",
      "aws iam delete-access-key --access-key-id ID",
    ],
    rotate: ["aws iam create-access-key"],
  };
}

function password(): Revocation {
  return {
    revoke: [
      "Change the password where it opens something (PostgreSQL: ALTER ROLE NAME PASSWORD …).",
    ],
    rotate: ["Put the new one wherever the old one was used."],
  };
}
