/** The time of day that pages show: the server's at first, then ticking, in the viewer's zone. */
import { getContext, setContext } from 'svelte';
import { asZone, zoneCookie } from './clock.ts';
import { remember } from './theme.ts';

const key = Symbol('clock');
const tickMs = 30_000;

export class Clock {
  now: Date = $state.raw(new Date());
  zone: string = $state('UTC');

  constructor(now: string, zone: string) {
    this.now = new Date(now);
    this.zone = zone;
  }

  /** In the browser: its own zone, remembered for the next page, and the time going on. Returns how to stop it. */
  run(): () => void {
    const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
    this.zone = asZone(timeZone);
    remember(zoneCookie, this.zone);
    const tick = (): void => {
      this.now = new Date();
    };
    tick();
    const timer = setInterval(tick, tickMs);
    return () => clearInterval(timer);
  }
}

export const setClock = (clock: Clock): Clock => setContext(key, clock);

export const getClock = (): Clock => getContext<Clock>(key);
