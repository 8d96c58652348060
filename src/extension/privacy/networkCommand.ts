import * as vscode from 'vscode';
import { plainText } from '../../policy/visibleText';
import { allowList, type SignIn } from '../../privacy/network/allowList';
import {
  checkNetwork,
  type NetworkAccess,
  readProxy,
  type ProxySettings,
} from '../../privacy/network/checkNetwork';
import { networkText } from '../../privacy/network/networkText';
import type { VirtualTexts } from '../virtualTexts';
import { showReport } from './showReport';

/** A part of a host name; nothing else may become one. */
const NAME_PART = /^[a-z0-9][a-z0-9-]{0,62}$/i;

/** "Check Firewall and Proxy": asks, tries the vendor's allow-list, and shows a table. */
export async function checkFirewall(texts: VirtualTexts, access: NetworkAccess): Promise<void> {
  const settings = editorProxy();
  const details = await askDetails(sayHow(settings));
  if (!details) return;
  const rows = allowList(details.signIn).filter(
    ({ purpose }) => details.vpcEndpoints || purpose !== 'vpcEndpoint',
  );
  const results = await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Checking firewall and proxy'),
      cancellable: true,
    },
    (progress, token) => {
      const ending = new AbortController();
      token.onCancellationRequested(() => ending.abort());
      return checkNetwork(rows, settings, access, {
        signal: ending.signal,
        onRow: message => progress.report({ message, increment: 100 / rows.length }),
      });
    },
  );
  await showReport(texts, 'Firewall and proxy', networkText(results, sayHow(settings), new Date()));
}

/** What only the person knows of how an organisation reaches Kiro. */
interface Details {
  readonly signIn: SignIn;
  /** Their names are resolved on this machine, whatever the proxy. */
  readonly vpcEndpoints: boolean;
}

/** Asks before anything is sent; undefined when the person does not want it. */
async function askDetails(how: string): Promise<Details | undefined> {
  const check = vscode.l10n.t('Check');
  const withDetails = vscode.l10n.t('Check with Details…');
  const detail = vscode.l10n.t(
    'Each address of the vendor’s allow-list is resolved, and a TLS handshake is made with it, {0}. Nothing else is sent. An organisation’s sign-in and VPC endpoints are checked with details.',
    how,
  );
  const picked = await vscode.window.showWarningMessage(
    vscode.l10n.t('Connect to the addresses that Kiro needs?'),
    { modal: true, detail: plainText(detail) },
    check,
    withDetails,
  );
  if (picked === check) return { signIn: {}, vpcEndpoints: false };
  if (picked !== withDetails) return undefined;
  const signIn = await askSignIn();
  const vpcEndpoints = signIn && (await askVpcEndpoints());
  return signIn && vpcEndpoints !== undefined ? { signIn, vpcEndpoints } : undefined;
}

async function askVpcEndpoints(): Promise<boolean | undefined> {
  const yes = vscode.l10n.t('Check their names');
  const picked = await vscode.window.showQuickPick([vscode.l10n.t('Leave them out'), yes], {
    placeHolder: vscode.l10n.t('VPC endpoints of your organisation'),
    ignoreFocusOut: true,
  });
  return picked === undefined ? undefined : picked === yes;
}

/** Each part may be left out; undefined when the person gives up. */
async function askSignIn(): Promise<SignIn | undefined> {
  const ssoRegion = await askPart(
    vscode.l10n.t('Region of IAM Identity Center, such as eu-central-1; empty to leave it out'),
  );
  if (ssoRegion === undefined) return undefined;
  const directory = await askPart(
    vscode.l10n.t('Id or alias of its directory (before .awsapps.com); empty to leave it out'),
  );
  if (directory === undefined) return undefined;
  return { ...(ssoRegion !== '' && { ssoRegion }), ...(directory !== '' && { directory }) };
}

function askPart(prompt: string): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    prompt,
    ignoreFocusOut: true,
    validateInput: text =>
      text === '' || NAME_PART.test(text)
        ? undefined
        : vscode.l10n.t('Letters, digits and hyphens only'),
  });
}

/**
 * The proxy as the editor has it, else the environment. A workspace has no say: it could send the
 * check, and a login with it, to a machine of its own.
 */
function editorProxy(): ProxySettings {
  const http = vscode.workspace.getConfiguration('http');
  const own = (key: string): unknown => {
    const found = http.inspect(key);
    return found?.globalValue ?? found?.defaultValue;
  };
  const [proxySetting, listed, authorization] = ['proxy', 'noProxy', 'proxyAuthorization'].map(own);
  if (own('proxySupport') === 'off') return {};
  const { env } = process;
  const set = typeof proxySetting === 'string' ? proxySetting : '';
  const proxy = set === '' ? (env['HTTPS_PROXY'] ?? env['https_proxy']) : set;
  const ownHosts = (Array.isArray(listed) ? listed : []).filter(host => typeof host === 'string');
  const fromEnvironment = (env['NO_PROXY'] ?? env['no_proxy'] ?? '').split(',');
  const noProxy = ownHosts.length > 0 ? ownHosts : fromEnvironment;
  // What would break out of a header is no login.
  const isLogin =
    typeof authorization === 'string' && /^[\x21-\x7e][\x20-\x7e]*$/.test(authorization);
  return { proxy, noProxy, ...(isLogin && set !== '' && { authorization }) };
}

function sayHow({ proxy }: ProxySettings): string {
  const read = readProxy(proxy);
  if (read === undefined) return vscode.l10n.t('without a proxy');
  if (read === 'unusable') return vscode.l10n.t('but the proxy setting cannot be used');
  return vscode.l10n.t('through the proxy {0}', `${read.host}:${read.port}`);
}
