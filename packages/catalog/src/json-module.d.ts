/** Data from outside the source folder: `unknown` until it is parsed. */
declare module '*.json' {
  const value: unknown;
  export default value;
}
