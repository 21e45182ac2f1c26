import { useEffect, useRef, useSyncExternalStore } from "react"
import uPlot from "uplot"
import "uplot/dist/uPlot.min.css"

export interface Series {
  name: string
  /** One for each of `times`. */
  values: number[]
  /** A custom property of tokens.css. */
  color: string
  /** Told apart without colours too. */
  dash?: number[]
  isArea?: boolean
}

const HEIGHT = 220
const dark = matchMedia("(prefers-color-scheme: dark)")
const onScheme = (listener: () => void): (() => void) => {
  dark.addEventListener("change", listener)
  return () => dark.removeEventListener("change", listener)
}

/** Counts over time, drawn; `label` says in a sentence what the drawing shows. `times`: seconds since 1970. */
export const Chart = ({ label, times, series }: { label: string; times: number[]; series: Series[] }) => {
  const box = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | null>(null)
  const isDark = useSyncExternalStore(onScheme, () => dark.matches)
  const data: uPlot.AlignedData = [times, ...series.map(({ values }) => values)]
  const look = JSON.stringify(series.map(({ name, color, dash, isArea }) => ({ name, color, dash, isArea })))

  useEffect(() => {
    const element = box.current
    if (element === null) return
    const drawn = new uPlot(optionsOf(element, JSON.parse(look) as Look[]), [[]], element)
    plot.current = drawn
    const resized = new ResizeObserver(() => drawn.setSize({ width: element.clientWidth, height: HEIGHT }))
    resized.observe(element)
    return () => {
      resized.disconnect()
      drawn.destroy()
      plot.current = null
    }
    // Colours are read when it is drawn, so another scheme draws it anew.
  }, [look, isDark])

  // Behind the effect above, so that what was just drawn anew gets its figures too.
  useEffect(() => plot.current?.setData(data))
  return <div className="chart" ref={box} role="img" aria-label={label} />
}

type Look = Omit<Series, "values">

const optionsOf = (element: HTMLElement, looks: Look[]): uPlot.Options => {
  const style = getComputedStyle(element)
  const colorOf = (name: string): string => style.getPropertyValue(name).trim()
  const axis = { stroke: colorOf("--muted"), grid: { stroke: colorOf("--line"), width: 1 }, ticks: { show: false } }
  const steps = uPlot.paths.stepped?.({ align: 1 })
  return {
    width: element.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    scales: { y: { range: (_plot, _min, max) => [0, Math.max(4, Math.ceil(max * 1.1))] } },
    axes: [
      { ...axis, size: 28, values: (_plot, splits) => splits.map((at) => minute.format(at * 1_000)) },
      { ...axis, size: 44, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 5_000, 10_000, 100_000] },
    ],
    series: [
      {},
      ...looks.map(({ name, color, dash, isArea }) => ({
        label: name,
        stroke: colorOf(color),
        width: 2,
        points: { show: false },
        ...(steps !== undefined && { paths: steps }),
        ...(dash !== undefined && { dash }),
        ...(isArea === true && { fill: `${colorOf(color)}33` }),
      })),
    ],
  }
}

const minute = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" })
