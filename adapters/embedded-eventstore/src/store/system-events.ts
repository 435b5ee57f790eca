/** The events that a new store begins with, of the kinds that a new EventStoreDB has. */

export const systemEvents = [
  { stream: '$$$stats', type: '$metadata', data: { $maxAge: 86_400 } },
  { stream: '$user-admin', type: '$UserCreated', data: { loginName: 'admin', groups: ['$admins'] } },
  { stream: '$user-ops', type: '$UserCreated', data: { loginName: 'ops', groups: ['$ops'] } },
] as const;
