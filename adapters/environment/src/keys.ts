/** Every configuration key: what it means, its unit, its default, and how its text is read. */
import { z } from 'zod';
import type { Key } from './key.ts';
import { operatorKeys, operatorShape } from './operator-keys.ts';

const port = z.coerce
  .number('has to be a port, 0 to 65535')
  .int('has to be a port, 0 to 65535')
  .min(0, 'has to be a port, 0 to 65535')
  .max(65_535, 'has to be a port, 0 to 65535');
const optionalText = z.string().min(1).optional();

const url = (...protocols: readonly string[]) =>
  z
    .string()
    .refine((text) => protocols.some((protocol) => text.startsWith(protocol)), {
      error: `has to begin with ${protocols.join(' or ')}`,
    })
    .optional();

const shape = {
  dataDir: z.string().min(1).default('.sluice'),
  bind: z.string().min(1).default('127.0.0.1'),
  hostname: z
    .string()
    .regex(/^[A-Za-z0-9.-]{1,253}$/, 'has to be a host name')
    .default('localhost'),
  edgeName: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9.-]{0,62}$/, 'has to be letters, digits, dots and dashes')
    .optional(),
  smtpPort: port.default(2525),
  panelPort: port.default(3000),
  apiPort: port.default(4000),
  inboxPort: port.default(2526),
  inboxHttpPort: port.default(3001),
  intakePort: port.default(0),
  eventstorePort: port.default(0),
  healthPort: port.default(0),
  eventstoreBind: z.string().min(1).default('127.0.0.1'),
  eventstorePassword: z.string().min(12, 'has to be at least 12 characters').optional(),
  eventstoreTlsCert: optionalText,
  eventstoreTlsKey: optionalText,
  eventstoreUrl: url('esdb://', 'esdb+discover://', 'kurrentdb://', 'kurrentdb+discover://'),
  postgresUrl: url('postgres://', 'postgresql://'),
  redisUrl: url('redis://', 'rediss://'),
  meiliUrl: url('http://', 'https://'),
  meiliKey: optionalText,
  archiveUrl: url('file:', 's3:'),
  clamdUrl: url('tcp://', 'clamd://', 'unix:'),
  engineUrl: url('http://', 'https://', 'spamd://'),
  dns: z
    .string()
    .regex(/^(\[[0-9a-fA-F:]+\]|[0-9.]+)(:\d{1,5})?$/, 'has to be an address with a port, like 127.0.0.1:53')
    .optional(),
  tlsCert: optionalText,
  tlsKey: optionalText,
  publicUrl: url('http://', 'https://'),
  secret: z.string().min(32, 'has to be at least 32 characters').optional(),
  vaultKey: z
    .string()
    .regex(/^[A-Za-z0-9+/]{43}=$/, 'has to be 32 bytes in base64')
    .optional(),
  rootsKey: z
    .string()
    .regex(/^[A-Za-z0-9+/]{43}=$/, 'has to be 32 bytes in base64')
    .optional(),
  rootsWebhook: url('http://', 'https://'),
  rootsMailto: z.email('has to be a mail address').optional(),
  intakeUrl: url('http://', 'https://'),
  intakeToken: optionalText,
  edgeHealthUrl: url('http://', 'https://'),
  apiUrl: url('http://', 'https://'),
  panelHealthUrl: url('http://', 'https://'),
  operatorToken: z.string().min(16, 'has to be at least 16 characters').optional(),
  checks: optionalText,
  maxMessageBytes: z.coerce.number().int().min(1_024).max(1_073_741_824).default(52_428_800),
  ...operatorShape,
  logLevel: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
  logFormat: z.enum(['pretty', 'json']).default('pretty'),
  demo: z.stringbool().default(true),
};

export const configSchema = z.object(shape);

/** The configuration of one process: parsed once, frozen. */
export type Config = Readonly<z.infer<typeof configSchema>>;

export type ConfigName = keyof Config;

export const keys: Readonly<Record<ConfigName, Key>> = {
  dataDir: { name: 'SLUICE_DATA_DIR', help: 'Folder for everything that is kept', fallback: '.sluice' },
  bind: { name: 'SLUICE_BIND', help: 'Address to listen on', fallback: '127.0.0.1' },
  hostname: {
    name: 'SLUICE_HOSTNAME',
    help: 'Name of this machine in SMTP and in headers',
    fallback: 'localhost',
  },
  edgeName: { name: 'SLUICE_EDGE_NAME', help: 'Name of this edge in decisions', fallback: 'the host name' },
  smtpPort: { name: 'SLUICE_SMTP_PORT', help: 'Port for incoming mail', fallback: '2525' },
  panelPort: { name: 'SLUICE_PANEL_PORT', help: 'Port of the panel', fallback: '3000' },
  apiPort: { name: 'SLUICE_API_PORT', help: 'Port of the api', fallback: '4000' },
  inboxPort: { name: 'SLUICE_INBOX_PORT', help: 'SMTP port of the demo inbox', fallback: '2526' },
  inboxHttpPort: {
    name: 'SLUICE_INBOX_HTTP_PORT',
    help: 'Port of the page of the demo inbox',
    fallback: '3001',
  },
  intakePort: { name: 'SLUICE_INTAKE_PORT', help: 'Port of the intake', fallback: '0 (any free one)' },
  eventstorePort: {
    name: 'SLUICE_EVENTSTORE_PORT',
    help: 'Port of the embedded event store',
    fallback: '0 (any free one)',
  },
  eventstoreBind: {
    name: 'SLUICE_EVENTSTORE_BIND',
    help: 'Address that the embedded event store listens on; beyond this machine it needs a password, certificate and key',
    fallback: '127.0.0.1',
  },
  eventstorePassword: {
    name: 'SLUICE_EVENTSTORE_PASSWORD',
    help: 'Password of the user admin of the embedded event store',
    fallback: 'made at first start; none for the role by itself',
    secret: true,
  },
  eventstoreTlsCert: {
    name: 'SLUICE_EVENTSTORE_TLS_CERT',
    help: 'Certificate file (PEM) of the embedded event store',
    fallback: 'no TLS',
  },
  eventstoreTlsKey: {
    name: 'SLUICE_EVENTSTORE_TLS_KEY',
    help: 'Key file (PEM) of the embedded event store',
    fallback: 'no TLS',
  },
  healthPort: {
    name: 'SLUICE_HEALTH_PORT',
    help: 'Port for health and metrics of a role without a server of its own',
    fallback: '0 (any free one)',
  },
  eventstoreUrl: {
    name: 'SLUICE_EVENTSTORE_URL',
    help: 'EventStoreDB or KurrentDB',
    fallback: 'the embedded event store',
    secret: true,
  },
  postgresUrl: {
    name: 'SLUICE_POSTGRES_URL',
    help: 'PostgreSQL',
    fallback: 'the embedded PostgreSQL',
    secret: true,
  },
  redisUrl: {
    name: 'SLUICE_REDIS_URL',
    help: 'Redis for queues and what edges share',
    fallback: 'queues in PostgreSQL',
    secret: true,
  },
  meiliUrl: { name: 'SLUICE_MEILI_URL', help: 'Meilisearch', fallback: 'the embedded index' },
  meiliKey: { name: 'SLUICE_MEILI_KEY', help: 'Key for Meilisearch', fallback: 'none', secret: true },
  archiveUrl: {
    name: 'SLUICE_ARCHIVE_URL',
    help: 'Where packs lie: file:/path or s3://bucket',
    fallback: 'a folder in the data folder',
  },
  clamdUrl: {
    name: 'SLUICE_CLAMD_URL',
    help: 'clamd: tcp://host:port or unix:/path',
    fallback: 'no virus scanner',
  },
  engineUrl: { name: 'SLUICE_ENGINE_URL', help: 'Rspamd (http://) or spamd (spamd://)', fallback: 'none' },
  dns: { name: 'SLUICE_DNS', help: 'DNS server as address:port', fallback: "the system's" },
  tlsCert: {
    name: 'SLUICE_TLS_CERT',
    help: 'Certificate file (PEM) for STARTTLS',
    fallback: 'a self-signed one',
  },
  tlsKey: { name: 'SLUICE_TLS_KEY', help: 'Key file (PEM) for STARTTLS', fallback: 'a self-signed one' },
  publicUrl: {
    name: 'SLUICE_PUBLIC_URL',
    help: 'URL under which people reach the panel',
    fallback: 'http://localhost:PORT',
  },
  secret: {
    name: 'SLUICE_SECRET',
    help: 'Secret for tokens, at least 32 characters',
    fallback: 'made at first start',
    secret: true,
  },
  vaultKey: {
    name: 'SLUICE_VAULT_KEY',
    help: 'Master key of the data keys, 32 bytes in base64',
    fallback: 'made at first start',
    secret: true,
  },
  rootsKey: {
    name: 'SLUICE_ROOTS_KEY',
    help: 'Key that signs the daily roots of decisions and exports, 32 bytes in base64',
    fallback: 'made at first start',
    secret: true,
  },
  rootsWebhook: {
    name: 'SLUICE_ROOTS_WEBHOOK',
    help: 'URL to which each signed daily root is posted, outside of this installation',
    fallback: 'roots are posted nowhere',
    secret: true,
  },
  rootsMailto: {
    name: 'SLUICE_ROOTS_MAILTO',
    help: 'Address to which each signed daily root is mailed, outside of this installation',
    fallback: 'roots are mailed to nobody',
  },
  intakeUrl: {
    name: 'SLUICE_INTAKE_URL',
    help: 'The intake, as an edge reaches it',
    fallback: 'the one on this machine',
  },
  intakeToken: {
    name: 'SLUICE_INTAKE_TOKEN',
    help: 'Token of this edge for the intake',
    fallback: 'made at start',
    secret: true,
  },
  edgeHealthUrl: {
    name: 'SLUICE_EDGE_HEALTH_URL',
    help: 'Health address of the edge, for the status of the whole',
    fallback: 'the one on this machine',
  },
  apiUrl: {
    name: 'SLUICE_API_URL',
    help: 'The api, as the panel reaches it',
    fallback: 'the one on this machine',
  },
  panelHealthUrl: {
    name: 'SLUICE_PANEL_HEALTH_URL',
    help: 'Health address of the panel, for the status of the whole',
    fallback: 'the one on this machine',
  },
  operatorToken: {
    name: 'SLUICE_OPERATOR_TOKEN',
    help: "The operator's token for the api",
    fallback: 'made at first start',
    secret: true,
  },
  maxMessageBytes: {
    name: 'SLUICE_MAX_MESSAGE_BYTES',
    help: 'Largest mail taken, in bytes',
    fallback: '52428800',
  },
  checks: { name: 'SLUICE_CHECKS', help: 'Own checks: modules, with commas (docs/plugin)', fallback: 'none' },
  ...operatorKeys,
  logLevel: { name: 'SLUICE_LOG_LEVEL', help: 'debug, info, warn or error', fallback: 'info' },
  logFormat: { name: 'SLUICE_LOG_FORMAT', help: 'pretty or json', fallback: 'pretty' },
  demo: {
    name: 'SLUICE_DEMO',
    help: 'Make a demo account and inbox at first start: true or false',
    fallback: 'true',
  },
};
