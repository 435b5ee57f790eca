/** Time that this process has worked, its threads included: what a bound on work is taken in, since machines are shared. */

/** Milliseconds of processor time since some moment; meaningful as a difference. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
