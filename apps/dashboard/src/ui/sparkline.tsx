interface SparklineProps {
  readonly values: readonly number[];
  /** What it shows, in words: "214 requests in the last 24 hours". */
  readonly label: string;
}

const width = 84;
const height = 20;
const gap = 1;

/** The shape of a day in a table cell. Bars from zero, because a line would claim values between them. */
export function Sparkline({ values, label }: SparklineProps) {
  const most = Math.max(...values, 1);
  const step = width / Math.max(values.length, 1);
  return (
    <svg
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
      role="img"
      aria-label={label}
      className="block"
    >
      <title>{label}</title>
      {values.map((value, index) => {
        const bar = value === 0 ? 1 : Math.max(2, (value / most) * height);
        return (
          <rect
            // oxlint-disable-next-line react/no-array-index-key -- a bar is its place.
            key={index}
            x={index * step}
            y={height - bar}
            width={Math.max(step - gap, 1)}
            height={bar}
            rx="0.75"
            className={value === 0 ? 'fill-line-strong' : 'fill-accent'}
          />
        );
      })}
    </svg>
  );
}
