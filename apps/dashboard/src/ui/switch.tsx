'use client';

import { Switch as BaseSwitch } from '@base-ui/react/switch';

interface SwitchProps {
  readonly label: string;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
  readonly isDisabled?: boolean;
}

/** Takes effect at once; a choice that waits for "Save" is a checkbox. */
export function Switch({ label, isOn, onChange, isDisabled = false }: SwitchProps) {
  return (
    <BaseSwitch.Root
      aria-label={label}
      checked={isOn}
      onCheckedChange={onChange}
      disabled={isDisabled}
      className="relative inline-flex h-[1.125rem] w-8 shrink-0 rounded-full bg-line-control p-0.5 transition-colors duration-(--duration-base) data-checked:bg-accent data-disabled:opacity-50"
    >
      <BaseSwitch.Thumb className="size-3.5 rounded-full bg-surface shadow-xs transition-transform duration-(--duration-base) ease-settle data-checked:translate-x-3.5" />
    </BaseSwitch.Root>
  );
}
