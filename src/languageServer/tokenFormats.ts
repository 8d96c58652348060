/**
 * Forms that issuers of tokens publish so that tokens can be found. Each expression names its issuer by
 * a fixed beginning, has no nested repeats, and so takes time in proportion to the text.
 */
export const TOKEN_FORMATS: readonly (readonly [string, RegExp])[] = [
  ['a private key', /-----BEGIN (?:[A-Z]{2,10} ){0,2}PRIVATE KEY(?: BLOCK)?-----/g],
  ['a GitHub token', /\b(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_\w{50,255})\b/g],
  ['a GitLab token', /\bgl(?:pat|dt|rt|ptt|cbt|soat|imt|agent|ffct)-[\w.-]{20,300}/g],
  ['an AWS access key', /\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b/g],
  ['a Slack token', /\bxox[abceoprs]-[\w-]{10,250}|\bxapp-\d-[\w-]{10,250}/g],
  ['a Slack webhook', /hooks\.slack\.com\/(?:services|workflows)\/T\w{6,15}\/[\w/]{10,80}/g],
  ['a Stripe key', /\b(?:[sr]k_(?:live|test)_[A-Za-z0-9]{16,250}|whsec_[A-Za-z0-9]{32,64})\b/g],
  ['an Anthropic key', /\bsk-ant-(?:api|admin)\d{2}-[\w-]{40,200}/g],
  [
    'an OpenAI key',
    /\bsk-(?:(?:proj|svcacct|admin)-[\w-]{20,250}|[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20})/g,
  ],
  ['a Google key', /\b(?:AIza[\w-]{35}|GOCSPX-[\w-]{28}|ya29\.[\w-]{30,250})/g],
  ['an npm token', /\bnpm_[A-Za-z0-9]{36}\b/g],
  ['a PyPI token', /\bpypi-AgEIcHlwaS5vcmc[\w-]{50,250}/g],
  ['a RubyGems key', /\brubygems_[a-f0-9]{48}\b/g],
  ['a Docker Hub token', /\bdckr_(?:pat|oat)_[\w-]{27,64}/g],
  ['a Hugging Face token', /\bhf_[A-Za-z]{34}\b/g],
  ['a Groq key', /\bgsk_[A-Za-z0-9]{52}\b/g],
  ['a Replicate token', /\br8_[A-Za-z0-9]{37}\b/g],
  ['an xAI key', /\bxai-[A-Za-z0-9]{80}\b/g],
  ['a Perplexity key', /\bpplx-[A-Za-z0-9]{48}\b/g],
  ['a SendGrid key', /\bSG\.[\w-]{22}\.[\w-]{43}/g],
  ['a Twilio key', /\bSK[0-9a-f]{32}\b/g],
  ['a Telegram token', /\b\d{8,10}:AA[\w-]{33}/g],
  ['a DigitalOcean token', /\bdo[opr]_v1_[a-f0-9]{64}\b/g],
  ['a Heroku key', /\bHRKU-AA[\w-]{58}/g],
  ['a Terraform Cloud token', /\b[A-Za-z0-9]{14}\.atlasv1\.[\w-]{60,70}/g],
  ['a Vault token', /\bhv[sb]\.[\w-]{24,250}/g],
  ['a Doppler token', /\bdp\.(?:pt|st|ct|sa|scim|audit)\.[\w.]{40,80}/g],
  ['a 1Password token', /\bops_eyJ[\w+/=-]{100,2000}/g],
  ['a Databricks token', /\bdapi[a-f0-9]{32}(?:-\d)?\b/g],
  ['a Supabase token', /\bsbp_[a-f0-9]{40}\b/g],
  ['a Grafana token', /\bgl(?:sa_[A-Za-z0-9]{32}_[a-f0-9]{8}|c_[\w+/=]{32,400})/g],
  ['a Sentry token', /\bsntry[su]_[\w+/=-]{40,300}/g],
  ['a New Relic key', /\bNRAK-[A-Z0-9]{27}\b/g],
  ['a Postman key', /\bPMAK-[a-f0-9]{24}-[a-f0-9]{34}\b/g],
  ['a Shopify token', /\bshp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}\b/g],
  ['a Linear key', /\blin_(?:api|oauth)_[A-Za-z0-9]{40,64}\b/g],
  ['a Notion token', /\bntn_[A-Za-z0-9]{40,50}\b/g],
  ['a Figma token', /\bfigd_[\w-]{40}/g],
  ['an Atlassian token', /\bATATT3[\w=-]{150,300}/g],
  ['an Azure storage key', /\bAccountKey=[A-Za-z0-9+/]{86}==/g],
  ['a web token', /(?<![\w-])eyJ[\w-]{10,2000}\.eyJ[\w-]{10,4000}\.[\w-]{10,1000}/g],
  [
    'a password in an address',
    /\b[a-z][a-z+]{1,12}:\/\/[^\s"'@/:$]{1,80}:[^\s"'@/$%{}<>]{4,120}@[\w.-]{2,120}/g,
  ],
];

/** Longer texts are cut before they are searched: nobody is shown what lies behind. */
const MAX_SHOWN = 2_000;
/** Values that only their name tells: `--token x`, `PASSWORD=x`, `Authorization: Bearer x`. */
const NAME =
  '(?:token|secret|passw(?:or)?d|passphrase|api[-_]?key|access[-_]?key|private[-_]?key|credential)';
const NAMED = new RegExp(
  `((?:--?[\\w-]{0,40}${NAME}\\s{1,4}|${NAME}["']?[=:]\\s{0,4}|\\b(?:bearer|basic)\\s{1,4})["']?)([^\\s"'$<{*][^\\s"']{3,500})`,
  'gi',
);

/** A text as people may see it: whatever has the form of a secret is three stars. */
export function withoutSecrets(text: string): string {
  const named = text.slice(0, MAX_SHOWN).replace(NAMED, '$1***');
  return TOKEN_FORMATS.reduce((shown, [, form]) => shown.replace(form, '***'), named);
}
