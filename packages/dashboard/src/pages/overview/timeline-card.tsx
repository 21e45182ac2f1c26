import type { Stats } from "../../api/resources.ts"
import { Chart, type Series } from "../../components/chart.tsx"
import { Card } from "../../components/page.tsx"
import { type Counted, timelineOf } from "./timeline.ts"

const lines: { name: Counted; word: string; color: string; dash?: number[]; isArea?: boolean }[] = [
  { name: "seen", word: "messages seen", color: "--brass", isArea: true },
  { name: "succeeded", word: "delivered", color: "--good" },
  { name: "failed", word: "failed attempts", color: "--bad", dash: [6, 4] },
  { name: "held", word: "held", color: "--info", dash: [2, 3] },
]

export const TimelineCard = ({ stats }: { stats: Stats }) => {
  const { times, values, totals } = timelineOf(stats)
  const series: Series[] = lines.map(({ name, word, ...look }) => ({ name: word, values: values[name], ...look }))
  const label = `The last hour, minute by minute: ${lines.map(({ name, word }) => `${totals[name]} ${word}`).join(", ")}.`
  return (
    <Card title="The last hour">
      <ul className="totals">
        {lines.map(({ name, word }) => (
          <li key={name} className={`total total-${name}`}>
            <strong>{totals[name].toLocaleString()}</strong> {word}
          </li>
        ))}
      </ul>
      <Chart label={label} times={times} series={series} />
    </Card>
  )
}
