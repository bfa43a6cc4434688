export type Language = 'shell' | 'python' | 'javascript' | 'json';

export type TokenKind = 'plain' | 'string' | 'comment' | 'keyword' | 'number';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

const words: Readonly<Record<Language, string>> = {
  shell: 'curl|export|npm|pip|npx|claude',
  python: 'from|import|for|in|if|print|with|as|def|return|None|True|False',
  javascript: 'import|from|const|let|await|new|for|of|async|function|return|export|default|null|true|false',
  json: 'true|false|null',
};

const comments: Readonly<Record<Language, string>> = {
  shell: '#[^\\n]*',
  python: '#[^\\n]*',
  javascript: '\\/\\/[^\\n]*',
  json: '(?!)',
};

/**
 * Splits a snippet of ours into coloured pieces. It knows strings, comments, a few keywords and numbers, which is
 * what a reader looks for; a real grammar would cost a hundred kilobytes. The pieces always join to the input.
 */
export function highlight(code: string, language: Language): readonly Token[] {
  const pattern = new RegExp(
    `(?<comment>${comments[language]})|(?<string>"(?:\\\\.|[^"\\\\])*"|'(?:\\\\.|[^'\\\\])*'|\`[^\`]*\`)|(?<keyword>\\b(?:${words[language]})\\b)|(?<number>\\b\\d+(?:\\.\\d+)?\\b)`,
    'g',
  );
  const tokens: Token[] = [];
  let end = 0;
  for (const match of code.matchAll(pattern)) {
    if (match.index > end) {
      tokens.push({ kind: 'plain', text: code.slice(end, match.index) });
    }
    tokens.push({ kind: kindOf(match.groups ?? {}), text: match[0] });
    end = match.index + match[0].length;
  }
  if (end < code.length) {
    tokens.push({ kind: 'plain', text: code.slice(end) });
  }
  return tokens;
}

function kindOf(groups: Readonly<Record<string, string | undefined>>): TokenKind {
  const kinds: readonly TokenKind[] = ['comment', 'string', 'keyword', 'number'];
  return kinds.find((kind) => groups[kind] !== undefined) ?? 'plain';
}
