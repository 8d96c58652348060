/** A form that issuers of tokens publish so that tokens can be found. */
export interface TokenFormat {
  /** What it is, with its article. */
  readonly kind: string;
  /** Texts of which every match holds one; looked for first. */
  readonly marks: readonly string[];
  /** Global. Every repeat is bounded, so that it takes time in proportion to the text. */
  readonly pattern: RegExp;
  /** The group that is the secret, where it is not the whole match. */
  readonly group?: number;
  /** Finds all of it to hide, where the pattern finds its beginning alone. */
  readonly whole?: RegExp;
}

function form(kind: string, marks: readonly string[], pattern: RegExp): TokenFormat {
  return { kind, marks, pattern };
}

/** One table for whatever finds tokens and whatever hides them. */
export const TOKEN_FORMATS: readonly TokenFormat[] = [
  {
    ...form(
      'a private key',
      ['PRIVATE KEY'],
      /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g,
    ),
    whole:
      /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[^-]{0,20000}(?:-----END [A-Z0-9 ]{0,40}-----)?/g,
  },
  form(
    'a GitHub token',
    ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'github_pat_'],
    /\b(?:gh[pousr]_[A-Za-z0-9]{20,255}|github_pat_\w{20,255})/g,
  ),
  form('a GitLab token', ['gl'], /\bgl(?:pat|dt|rt|ptt|cbt|soat|imt|agent|ffct)-[\w.-]{20,300}/g),
  form(
    'an AWS access key',
    ['AKIA', 'ASIA', 'ABIA', 'ACCA'],
    /\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b/g,
  ),
  form('a Slack token', ['xox', 'xapp-'], /\bxox[abceoprs]-[\w-]{10,255}|\bxapp-\d-[\w-]{10,255}/g),
  form(
    'a Slack webhook',
    ['hooks.slack.com'],
    /hooks\.slack\.com\/(?:services|workflows)\/T\w{6,15}\/[\w/]{10,80}/g,
  ),
  form(
    'a Stripe key',
    ['k_live_', 'k_test_', 'whsec_'],
    /\b(?:[sr]k_(?:live|test)_[A-Za-z0-9]{16,255}|whsec_[A-Za-z0-9]{32,64})/g,
  ),
  form('an Anthropic key', ['sk-ant-'], /\bsk-ant-(?:api|admin)\d{2}-[\w-]{40,200}/g),
  form(
    'an OpenAI key',
    ['sk-'],
    /\bsk-(?:(?:proj|svcacct|admin)-[\w-]{20,250}|[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20})/g,
  ),
  form(
    'a Google key',
    ['AIza', 'GOCSPX-', 'ya29.'],
    /\b(?:AIza[\w-]{35}|GOCSPX-[\w-]{28}|ya29\.[\w-]{30,250})/g,
  ),
  form('an npm token', ['npm_'], /\bnpm_[A-Za-z0-9]{36,255}/g),
  form('a PyPI token', ['pypi-'], /\bpypi-AgEIcHlwaS5vcmc[\w-]{50,250}/g),
  form('a RubyGems key', ['rubygems_'], /\brubygems_[a-f0-9]{48}\b/g),
  form('a Docker Hub token', ['dckr_'], /\bdckr_(?:pat|oat)_[\w-]{27,64}/g),
  form('a Hugging Face token', ['hf_'], /\bhf_[A-Za-z]{34}\b/g),
  form('a Groq key', ['gsk_'], /\bgsk_[A-Za-z0-9]{52}\b/g),
  form('a Replicate token', ['r8_'], /\br8_[A-Za-z0-9]{37}\b/g),
  form('an xAI key', ['xai-'], /\bxai-[A-Za-z0-9]{80}\b/g),
  form('a Perplexity key', ['pplx-'], /\bpplx-[A-Za-z0-9]{48}\b/g),
  form('a SendGrid key', ['SG.'], /\bSG\.[\w-]{22}\.[\w-]{43}/g),
  form('a Twilio key', ['SK'], /\bSK[0-9a-f]{32}\b/g),
  form('a Telegram token', [':AA'], /\b\d{8,10}:AA[\w-]{33}/g),
  form('a DigitalOcean token', ['_v1_'], /\bdo[opr]_v1_[a-f0-9]{64}\b/g),
  form('a Heroku key', ['HRKU-AA'], /\bHRKU-AA[\w-]{58}/g),
  form('a Terraform Cloud token', ['.atlasv1.'], /\b[A-Za-z0-9]{14}\.atlasv1\.[\w-]{60,70}/g),
  form('a Vault token', ['hvs.', 'hvb.'], /\bhv[sb]\.[\w-]{24,250}/g),
  form('a Doppler token', ['dp.'], /\bdp\.(?:pt|st|ct|sa|scim|audit)\.[\w.]{40,80}/g),
  form('a 1Password token', ['ops_eyJ'], /\bops_eyJ[\w+/=-]{100,2000}/g),
  form('a Databricks token', ['dapi'], /\bdapi[a-f0-9]{32}(?:-\d)?\b/g),
  form('a Supabase token', ['sbp_'], /\bsbp_[a-f0-9]{40}\b/g),
  form(
    'a Grafana token',
    ['glsa_', 'glc_'],
    /\bgl(?:sa_[A-Za-z0-9]{32}_[a-f0-9]{8}|c_[\w+/=]{32,400})/g,
  ),
  form('a Sentry token', ['sntry'], /\bsntry[su]_[\w+/=-]{40,300}/g),
  form('a New Relic key', ['NRAK-'], /\bNRAK-[A-Z0-9]{27}\b/g),
  form('a Postman key', ['PMAK-'], /\bPMAK-[a-f0-9]{24}-[a-f0-9]{34}\b/g),
  form('a Shopify token', ['shp'], /\bshp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}\b/g),
  form('a Linear key', ['lin_'], /\blin_(?:api|oauth)_[A-Za-z0-9]{40,64}\b/g),
  form('a Notion token', ['ntn_'], /\bntn_[A-Za-z0-9]{40,50}\b/g),
  form('a Figma token', ['figd_'], /\bfigd_[\w-]{40}/g),
  form('an Atlassian token', ['ATATT3'], /\bATATT3[\w=-]{150,300}/g),
  form('an Azure storage key', ['AccountKey='], /\bAccountKey=[A-Za-z0-9+/]{86}==/g),
  // Begins once in a run of its characters: what lies behind cannot end otherwise.
  form(
    'a JSON web token',
    ['eyJ'],
    /(?<!\w)(?<!eyJ[\w-]{0,200}-)eyJ[\w-]{10,2000}\.[\w-]{10,4000}\.[\w-]{10,2000}/g,
  ),
  {
    ...form(
      'a password in an address',
      ['://'],
      /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@"']{1,100}:([^\s/@"']{3,200})@[\w.-]{0,120}/gi,
    ),
    group: 1,
  },
];
