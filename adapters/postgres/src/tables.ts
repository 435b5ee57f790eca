/** The rows of every table, as the driver gives and takes them: bigint as text, timestamps as Date. */
import type { ColumnType, Generated } from 'kysely';

type Json = ColumnType<unknown, string, string>;
type Moment = ColumnType<Date, Date | string, Date | string>;
type GeneratedMoment = ColumnType<Date, Date | string | undefined, Date | string>;
/** A 64-bit number; text, because a position never goes through arithmetic. */
type Bigint = ColumnType<string, string | number, string | number>;
type GeneratedBigint = ColumnType<string, string | number | undefined, string | number>;

export interface DataKeyRow {
  key_id: string;
  wrapped: string | null;
  created_at: GeneratedMoment;
  destroyed_at: Moment | null;
}

export interface CheckpointRow {
  projection: string;
  position: Bigint | null;
  updated_at: GeneratedMoment;
}

export interface ParkedEventRow {
  projection: string;
  event_id: string;
  stream: string;
  position: Bigint;
  type: string;
  reason: string;
  parked_at: GeneratedMoment;
}

export interface ProjectionCommandRow {
  id: Generated<string>;
  projection: string;
  state: ColumnType<CommandState, CommandState | undefined, CommandState>;
  events: GeneratedBigint;
  position: Bigint | null;
  message: ColumnType<string, string | undefined, string>;
  requested_at: GeneratedMoment;
  updated_at: GeneratedMoment;
}

export type CommandState = 'requested' | 'running' | 'done' | 'failed';

export interface AccountRow {
  account_id: string;
  /** Always null: an account is of no domain. */
  domain_id: string | null;
  name: string;
  status: string;
  state: Json;
  revision: number;
  position: Bigint;
}

export interface UserRow {
  user_id: string;
  email: string;
  name: string;
  status: string;
  revision: number;
  position: Bigint;
}

export interface MemberRow {
  account_id: string;
  /** Always null: a membership is of no domain. */
  domain_id: string | null;
  user_id: string;
  role: string;
  domain_ids: string[] | null;
}

export interface DomainRow {
  domain_id: string;
  account_id: string;
  name: string;
  status: string;
  proven: boolean;
  removed_at: Moment | null;
  state: Json;
  revision: number;
  position: Bigint;
}

export interface MailRow {
  mail_id: string;
  account_id: string;
  domain_id: string;
  edge: string;
  received_at: Moment;
  position: Bigint;
  revision: number;
  verdict: string;
  reason: string;
  score: number;
  sender: string;
  recipients: string[];
  subject: string;
  from_header: string;
  size: Bigint;
  sha256: string;
  kept: boolean;
  pack: string | null;
  frame: number | null;
  body_offset: Bigint | null;
  body_length: Bigint | null;
  policy_revision: number;
  delivery: string;
  deliveries: Json;
  updated_at: Moment;
  expired_at: Moment | null;
}

export interface TimelineRow {
  event_id: string;
  subject: string;
  subject_id: string;
  account_id: string | null;
  domain_id: string | null;
  position: Bigint;
  type: string;
  at: Moment;
  actor: string;
  summary: Json;
}

export interface StatisticsRow {
  hour: Moment;
  domain_id: string;
  account_id: string;
  verdict: string;
  reason: string;
  check_name: string;
  count: Bigint;
}

export interface OwedDeliveryRow {
  mail_id: string;
  release_id: string;
  recipient: string;
  domain_id: string;
  position: Bigint;
}

export interface UndoOrderRow {
  undo_id: string;
  account_id: string;
  domain_id: string;
  position: Bigint;
  incident: Json;
  since: Moment;
  until: Moment;
  mails: number;
  rate: number;
  ordered_at: Moment;
  ordered_by: string;
  finished_at: Moment | null;
}

export interface UndoMailRow {
  undo_id: string;
  place: number;
  mail_id: string;
  recipients: number[] | null;
  outcome: string | null;
}

export interface ServiceListsRow {
  /** Of the one stream there is. */
  stream: string;
  lists: Json;
  revision: number;
  position: Bigint;
}

export interface EdgeRow {
  edge: string;
  position: Bigint;
  seen_at: GeneratedMoment;
}

export interface Tables {
  data_keys: DataKeyRow;
  checkpoints: CheckpointRow;
  parked_events: ParkedEventRow;
  projection_commands: ProjectionCommandRow;
  accounts: AccountRow;
  users: UserRow;
  members: MemberRow;
  domains: DomainRow;
  mails: MailRow;
  timeline: TimelineRow;
  statistics: StatisticsRow;
  owed_deliveries: OwedDeliveryRow;
  undo_orders: UndoOrderRow;
  undo_mails: UndoMailRow;
  edges: EdgeRow;
  service_lists: ServiceListsRow;
}
