/** Port: the signing key of the installation, for daily roots and exports. Ed25519 (RFC 8032). */

/** A public key and what it signed. */
export interface Signature {
  /** Public key: 32 bytes, 64 lower-case hex digits. */
  readonly key: string;
  /** 64 bytes, 128 lower-case hex digits. */
  readonly signature: string;
}

export interface RootSigner {
  readonly publicKey: string;
  sign(text: string): Signature;
}

/** True if the signature is of this text by this key; false for anything else, malformed keys included. Pure. */
export type VerifySignature = (text: string, signature: Signature) => boolean;
