/** The look of every single-line control; selects share it. */
export const controlClass =
  'h-9 w-full min-w-0 rounded-md border border-line-control/70 bg-surface px-2.5 text-sm text-text shadow-xs transition-[border-color,box-shadow] duration-(--duration-fast) placeholder:text-subtle hover:border-line-control focus:border-ring focus:outline-2 focus:outline-offset-0 focus:outline-ring/25 data-disabled:cursor-not-allowed data-disabled:bg-sunken data-disabled:text-subtle data-invalid:border-danger-solid data-invalid:focus:outline-danger-solid/25 max-sm:h-10 max-sm:text-[1rem]';
