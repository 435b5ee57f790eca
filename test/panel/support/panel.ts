/** A whole Sluice and a browser for the tests of a file, and pages of it as its people see them, who need not sign in each time. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { removeDataDir, startInstance, type TestInstance } from '../../e2e/support/instance.ts';
import {
  complaintsOf,
  launch,
  openContext,
  type Person,
  signIn,
  type View,
  views,
  visit,
} from './browser.ts';
import { addPerson, type NewPerson } from './people.ts';

export interface Panel {
  readonly instance: TestInstance;
  readonly browser: Browser;
  /** Without a path. */
  readonly url: string;
  /** A page in a window of its own, which is closed with the test; what is pressed in it is heard. */
  open(path: string, seen?: Seen): Promise<Opened>;
}

interface Seen {
  /** Default: the first one. */
  readonly person?: Person;
  /** Default: wide and light. */
  readonly view?: View;
  /** False: the browser runs none. */
  readonly script?: boolean;
}

interface Opened {
  readonly page: Page;
  /** Grows while the page is open. */
  readonly complaints: readonly string[];
}

type Cookies = Awaited<ReturnType<BrowserContext['cookies']>>;

/** Starts before the tests and stops after them. */
export function usePanel(
  people: readonly [NewPerson, ...NewPerson[]],
  environment: Readonly<Record<string, string>> = {},
): Panel {
  let instance: TestInstance | undefined;
  let browser: Browser | undefined;
  beforeAll(async () => {
    [instance, browser] = await Promise.all([startInstance({ environment }), launch()]);
    for (const person of people) await addPerson(instance, person);
  });
  afterAll(async () => {
    await browser?.close();
    await instance?.stop();
    if (instance !== undefined) await removeDataDir(instance.dataDir);
  });

  /** Undefined between tests: what a hook opens stays open for them all. */
  let ofTest: BrowserContext[] | undefined;
  beforeEach(() => {
    ofTest = [];
  });
  afterEach(async () => {
    await Promise.all((ofTest ?? []).map((context) => context.close()));
    ofTest = undefined;
  });

  const panel = {
    get instance() {
      return started(instance);
    },
    get browser() {
      return started(browser);
    },
    get url() {
      return `http://localhost:${started(instance).ports.panel}`;
    },
  };
  /** Signing in is limited by address: once is enough for all pages of a person. */
  const signedIn = new Map<string, Promise<Cookies>>();
  const cookiesOf = (person: Person): Promise<Cookies> => {
    const cookies = signedIn.get(person.email) ?? cookiesAfterSignIn(panel, person);
    signedIn.set(person.email, cookies);
    return cookies;
  };
  return Object.assign(panel, {
    async open(path: string, { person = people[0], view = views[0]!, script = true }: Seen = {}) {
      const context = await openContext(panel.browser, view, { javaScriptEnabled: script });
      ofTest?.push(context);
      await context.addCookies(await cookiesOf(person));
      const page = await context.newPage();
      const complaints = complaintsOf(page);
      await (script ? visit(page, panel.url + path) : page.goto(panel.url + path));
      return { page, complaints };
    },
  });
}

function started<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the panel runs only inside of tests and hooks');
  return value;
}

async function cookiesAfterSignIn(
  { browser, url }: Pick<Panel, 'browser' | 'url'>,
  person: Person,
): Promise<Cookies> {
  const context = await browser.newContext();
  await signIn(await context.newPage(), url, person);
  const cookies = await context.cookies();
  await context.close();
  return cookies;
}
