'use client';

import type { Permission } from '@turnpike/core/access/roles';
import type { MembershipView, ProjectView } from '@turnpike/contracts/organizations';
import type { UserView } from '@turnpike/contracts/auth';
import { usePathname } from 'next/navigation';
import { createContext, use, type ReactNode } from 'react';
import { projectOfPath } from '#lib/routes.ts';

interface ScopeFacts {
  readonly user: UserView;
  readonly membership: MembershipView;
  /** Every organization of the user, the current one included. */
  readonly memberships: readonly MembershipView[];
  readonly projects: readonly ProjectView[];
  /** The gateway as callers reach it: stands in snippets. */
  readonly gatewayUrl: string;
}

export interface Scope extends ScopeFacts {
  readonly organizationId: string;
  /** The project of the page; on pages of the organization, its default project, where links lead. */
  readonly project: ProjectView | undefined;
  /** Whether the page hides what needs this; the API decides for itself. */
  readonly may: (permission: Permission) => boolean;
}

const ScopeContext = createContext<ScopeFacts | undefined>(undefined);

export function ScopeProvider({ children, ...facts }: ScopeFacts & { readonly children: ReactNode }) {
  return <ScopeContext value={facts}>{children}</ScopeContext>;
}

/** Who is looking, at which organization and project. Throws outside of the pages of an organization. */
export function useScope(): Scope {
  const facts = use(ScopeContext);
  const projectId = projectOfPath(usePathname());
  if (facts === undefined) {
    throw new Error('useScope needs a ScopeProvider around it.');
  }
  const { membership, projects } = facts;
  return {
    ...facts,
    organizationId: membership.organization.id,
    project:
      projects.find((project) => project.id === projectId) ??
      projects.find((project) => project.isDefault) ??
      projects[0],
    may: (permission) => membership.permissions.includes(permission),
  };
}
