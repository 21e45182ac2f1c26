import type { Person } from "./model.ts"
import { organisation, person } from "./person.ts"

/** Everybody here is invented, and so are the places they work at. */
const invented = (name: string, headline: string | null, picture: string | null = null): Person =>
  person(name, { headline, distance: "DISTANCE_1", ...(picture === null ? {} : { picture }) })

export const OWNERS: readonly Person[] = [
  invented("Juniper Example", "Founder at Example Lantern Works | Light for small harbours"),
  invented("Caspian Sample", "Partnerships at Sample Kite Company"),
  invented("Odalys Placeholder", "Growth at Placeholder Clockworks"),
]

export const CAST: readonly Person[] = [
  invented("Tilda Brightwater", "Head of Tides at Example Harbour"),
  invented("Pip Thimblewick", "Chief Button Officer, Thimblewick & Daughters"),
  invented("Rosalind Marmalade", "Breakfast strategist | Toast, but at scale"),
  invented("Basil Quillfeather", "Poet in residence at the Department of Forms"),
  invented("Wren Copperkettle", "Operations at Copperkettle Teas ☕"),
  invented("Hugo Snowdrop-Sample", null),
  invented("Marguerite Nightjar", "Night train conductor turned product manager"),
  invented("Orson Pebble", "Quarry to cloud: 20 years of moving heavy things"),
  invented("Clementine Fogg", "VP of Weather, Example Forecasts"),
  invented("Ambrose Tinderbox", "Procurement, Sample Fireworks (we are hiring, carefully)"),
  invented("Ines Lanternjaw", "Lighthouse keeper and part-time data engineer"),
  invented("Leopold Umbrage", "Legal counsel. Mostly umbrellas."),
  invented("Saffron Inkwell", "Editor at The Placeholder Gazette"),
  invented("Dashiell Moss", "Gardener of legacy systems"),
  invented("Beatrix Windlass", "COO at Windlass Example Ferries"),
  invented("Florian Spoke", "Founder, bicycles for hills that are not there yet"),
]

/** Writes sponsored messages, and has no profile (upstream trap 27). */
export const SPONSOR: Person = organisation("Example Conference of Examples")
