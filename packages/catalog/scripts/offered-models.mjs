// Which models the catalogue lists, and what no price list says about them. Kept by hand from the vendors' model pages
// (https://platform.openai.com/docs/models, https://platform.claude.com/docs/en/about-claude/models/overview,
// https://console.groq.com/docs/models); prices and context windows come from @pydantic/genai-prices by the model's name.
//
// `snapshots` are dated ids of a model that has exactly one: they are other names of it. A model with several snapshots
// lists each as a model of its own, because who names a snapshot must get that one.
export { anthropic } from './offered-models/anthropic.mjs';
export { groq } from './offered-models/groq.mjs';
export { openai } from './offered-models/openai.mjs';
export { sandbox } from './offered-models/sandbox.mjs';
