/**
 * What a model of this protocol accepts, by its name, because the protocol changed with its models and one field can
 * be required by one and refused by the next. Closed lists of the past: a name that is newer than we are has the
 * newest traits. https://docs.anthropic.com/en/docs/build-with-claude/extended-thinking
 */
export interface ModelTraits {
  /** How the model is asked to think. */
  readonly thinking: 'none' | 'budget' | 'adaptive';
  /** `output_config.format` is understood; otherwise a schema is asked for by a forced tool. */
  readonly takesSchema: boolean;
  /** Temperature, top_p and top_k are understood. */
  readonly takesSampling: boolean;
}

/** Generation 3 (before 3.7) and older. */
const withoutThinking = /claude-(?:instant|v?1|2|3-(?!7)|3\.5)/;
/** From 3.7 up to 4.5: a budget of tokens. */
const withBudget = /claude-(?:3-7|3\.7|(?:opus|sonnet|haiku)-4(?:-[015](?!\d)|[.][015](?!\d)|-20\d{6}|@|$|-v\d))/;
/** Before 4.5 (4.1 for the largest) a schema is refused: "does not support output format". */
const withoutSchema = /claude-(?:instant|v?1|2|3|(?:opus|sonnet)-4(?:-0(?!\d)|-20\d{6}|@|$|-v\d))/;
/** From 4.7 on for the largest, and from generation 5 on for all. */
const withoutSampling =
  /claude-(?:opus-4-(?:[7-9]|\d\d)(?!\d)|(?:opus|sonnet|haiku)-(?:[5-9]|\d\d)(?!\d)|(?!opus|sonnet|haiku|instant|v?[123])[a-z]+-)/;

/** The traits of a model's name. */
export function traitsOf(model: string): ModelTraits {
  return {
    thinking: withoutThinking.test(model) ? 'none' : withBudget.test(model) ? 'budget' : 'adaptive',
    takesSchema: !withoutSchema.test(model),
    takesSampling: !withoutSampling.test(model),
  };
}
