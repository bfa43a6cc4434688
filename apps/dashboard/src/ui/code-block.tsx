import { CopyButton } from './copy-button.tsx';
import { cx } from './cx.ts';
import { highlight, type Language, type TokenKind } from './highlight.ts';

const colours: Record<TokenKind, string> = {
  plain: '',
  string: 'text-accent-text',
  comment: 'text-subtle italic',
  keyword: 'text-info',
  number: 'text-warning',
};

interface CodeBlockProps {
  readonly code: string;
  readonly language: Language;
  /** What it is, for the copy button and for screen readers. */
  readonly label: string;
  readonly className?: string;
}

/** Code that can be copied as it stands. Scrolls sideways instead of breaking lines, and is focusable so that keys can scroll it. */
export function CodeBlock({ code, language, label, className }: CodeBlockProps) {
  return (
    <div className={cx('relative', className)}>
      {/* What scrolls must be reachable without a mouse. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <section tabIndex={0} aria-label={label} className="overflow-x-auto focus-visible:outline-offset-[-2px]">
        <pre className="w-max min-w-full px-4 py-3.5 font-mono text-xs leading-[1.65]">
          <code>
            {highlight(code, language).map((token, index) => (
              // oxlint-disable-next-line react/no-array-index-key -- the pieces of one text have no other identity.
              <span key={index} className={colours[token.kind]}>
                {token.text}
              </span>
            ))}
          </code>
        </pre>
      </section>
      <CopyButton text={code} what={label} className="absolute top-2 right-2 bg-surface/80" />
    </div>
  );
}
