/** Changes of a domain by what they are about. */
import type { Inputs } from '#lib/outputs.ts';

type Type = NonNullable<Inputs['domains']['changes']['types']>[number];

interface Kind {
  readonly name: string;
  readonly text: string;
  readonly types: readonly Type[];
}

const everything: Kind = { name: 'all', text: 'All', types: [] };

export const kinds: readonly Kind[] = [
  everything,
  { name: 'checks', text: 'Checks', types: ['CheckConfigured'] },
  {
    name: 'presets',
    text: 'Presets and thresholds',
    types: [
      'PresetChosen',
      'EditionTaken',
      'ThresholdsSet',
      'MailboxThresholdsSet',
      'MailboxThresholdsRemoved',
    ],
  },
  { name: 'lists', text: 'Lists', types: ['ListEntryAdded', 'ListEntryRemoved'] },
  { name: 'route', text: 'Route', types: ['RouteSet'] },
  { name: 'undone', text: 'Incidents', types: ['IncidentUndone'] },
  {
    name: 'status',
    text: 'Status',
    types: [
      'VerdictHeaderSet',
      'DomainAdded',
      'DomainProven',
      'DomainSuspended',
      'DomainResumed',
      'DomainRemoved',
    ],
  },
];

export const kindOf = (name: string | null): Kind => kinds.find((kind) => kind.name === name) ?? everything;
