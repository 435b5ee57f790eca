/** A real browser for tests of the panel: signed in, in the sizes and faces that people have. */
import { existsSync } from 'node:fs';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core';

const executablePath = '/usr/bin/chromium';

export const hasBrowser: boolean = existsSync(executablePath);

export const launch = (): Promise<Browser> =>
  chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'] });

export const sizes = {
  wide: { width: 1440, height: 900 },
  phone: { width: 390, height: 844 },
} as const;

export interface View {
  readonly size: keyof typeof sizes;
  readonly theme: 'light' | 'dark';
}

/** What people see. */
export const everyView: readonly View[] = [
  { size: 'wide', theme: 'light' },
  { size: 'wide', theme: 'dark' },
  { size: 'phone', theme: 'light' },
  { size: 'phone', theme: 'dark' },
];

/** For tests, each size and each face once: what is too wide depends on the size alone, what has too little contrast on the face. */
export const views: readonly View[] = [
  { size: 'wide', theme: 'light' },
  { size: 'phone', theme: 'dark' },
];

export const openContext = (
  browser: Browser,
  { size, theme }: View,
  more: Pick<BrowserContextOptions, 'javaScriptEnabled'> = {},
): Promise<BrowserContext> =>
  browser.newContext({
    ...more,
    viewport: sizes[size],
    colorScheme: theme,
    isMobile: size === 'phone',
    hasTouch: size === 'phone',
    timezoneId: 'Europe/Berlin',
    reducedMotion: 'reduce',
  });

export interface Person {
  readonly email: string;
  readonly password: string;
}

/** By the form, as people do. */
export async function signIn(page: Page, url: string, { email, password }: Person): Promise<void> {
  await page.goto(`${url}/sign-in`);
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL((at) => !at.pathname.startsWith('/sign-in'));
}

/** Pages come from the server ready to be read; when this resolves, what is pressed is heard. */
async function awake(page: Page): Promise<void> {
  await page.locator('html[data-awake]').waitFor({ state: 'attached' });
}

/** Opens a page; what is pressed afterwards is heard. */
export async function visit(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await awake(page);
}

/** What a page complains of while it is open: errors of scripts, lines of the console, requests that failed. */
export function complaintsOf(page: Page): readonly string[] {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(`script: ${error.message}`));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(`console: ${message.text()}`);
  });
  page.on('requestfailed', (request) => {
    const why = request.failure()?.errorText ?? '';
    if (why !== 'net::ERR_ABORTED') complaints.push(`request: ${request.url()} ${why}`);
  });
  return complaints;
}
