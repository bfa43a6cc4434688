import type { ReactNode } from 'react';
import { Card } from '#ui/card.tsx';
import { EmptyState } from '#ui/empty-state.tsx';

interface NotAllowedProps {
  readonly icon: ReactNode;
  /** What the page shows: "keys". */
  readonly what: string;
  readonly role: string;
}

/** A page that the role may not open, and who can change that. */
export function NotAllowed({ icon, what, role }: NotAllowedProps) {
  return (
    <Card>
      <EmptyState kind="not-allowed" icon={icon} title={`Your role does not include ${what}`}>
        You are a {role} of this organization. An owner or an admin can give you another role.
      </EmptyState>
    </Card>
  );
}
