/** Port: a virus scanner. */

export type ScanResult =
  | { readonly status: 'clean'; readonly engine: string }
  | { readonly status: 'infected'; readonly signature: string; readonly engine: string }
  | { readonly status: 'error'; readonly message: string };

export interface VirusScanner {
  /** Scans one raw mail. `engine` names the scanner and the version of its signatures. Never throws. */
  scan(raw: Uint8Array, deadlineMs: number): Promise<ScanResult>;
}
