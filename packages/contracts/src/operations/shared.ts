/** An operation without parameters, query and body; each overrides what it has. */
export const none = { params: null, query: null, body: null } as const;

export const isPublic = { type: 'public' } as const;

export const noContent = { description: 'Done.', schema: null } as const;

/** The address of an organization; everything it owns lives below. */
export const organizationPath = '/api/organizations/{organizationId}';
