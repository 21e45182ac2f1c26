/** Who says a line: the first or second of the others, or the owner of the account. */
export type Speaker = "them" | "other" | "owner"

export interface Line {
  by: Speaker
  text: string
  attachment?: "image" | "file" | "video"
  /** a second message in the very same millisecond (upstream trap 6) */
  tie?: string
}

const them = (text: string, more: Partial<Line> = {}): Line => ({ by: "them", text, ...more })
const other = (text: string, more: Partial<Line> = {}): Line => ({ by: "other", text, ...more })
const owner = (text: string, more: Partial<Line> = {}): Line => ({ by: "owner", text, ...more })

/** Conversations between two. The people of the demo say them line by line, and begin another when one ends. */
export const DIALOGUES: readonly (readonly Line[])[] = [
  [
    owner("Hi! I saw your talk about fog. Do you have ten minutes this week?"),
    them("Thank you! I do, Thursday after the tide is in."),
    owner("Thursday it is. 15:00?"),
    them("15:00 works. I will be the one with the wet boots 🌊"),
    them("Running five minutes late, the harbour cat is asleep on my keys."),
  ],
  [
    them("Quick question: does your lantern come in anything but yellow?"),
    owner("Amber, and a limited edition in “almost green”."),
    them("Almost green!! How many can you send by Friday?"),
    owner("Twelve by Friday, forty by the end of the month."),
    them("Twelve then. Here is the purchase order.", { attachment: "file" }),
  ],
  [
    them("Are you still looking for somebody who can read old tide tables?"),
    owner("We are! Is it you?"),
    them("It is my aunt, in fact. She is better at it than the sea."),
    them("Shall I introduce you?"),
    owner("Please do 🙏"),
  ],
  [
    them("Loved the newsletter. The paragraph about kites made me miss my stop."),
    owner("That is the nicest complaint we have had."),
    them("Where can I subscribe my whole team?"),
    owner("Send me their addresses and I will do it by hand."),
    them("There are 40 of them. Thank you in advance 😄"),
  ],
  [
    them("We compared three suppliers and yours was the only one that answered on a Sunday."),
    them("That said: is there room in the price?"),
    owner("A little. What did you have in mind?"),
    them("Ten percent, and I will bring a cake."),
    owner("What kind of cake?"),
    them("Lemon."),
    owner("Deal."),
  ],
  [
    them("Here is the sketch I promised", { attachment: "image", tie: "(the squiggle in the corner is a goose)" }),
    owner("I had hoped it was a goose."),
    them("Everybody says so. I will leave it in."),
  ],
  [
    owner("Following up on the ferry timetable: did you get a chance to look?"),
    them("I did. Row 14 leaves before it arrives."),
    owner("That is the express."),
    them("😂 Fixed it for you.", { attachment: "file" }),
    owner("You are a lifesaver, literally."),
  ],
  [
    them("Can you resend the contract? The first copy met my coffee."),
    owner("On its way, this time as a PDF.", { attachment: "file" }),
    them("Got it. Signed by lunchtime."),
    them("Signed! ✍️"),
  ],
  [
    them("Is your API down or is it just me?"),
    owner("It is just the hill you live on. Try the window?"),
    them("The window worked. I feel silly and grateful."),
  ],
  [
    them("Hello from the night train. Reception is thin, so in short: yes."),
    owner("Yes to which of the three proposals?"),
    them("All of them"),
    them(""),
    them("Sorry, tunnel. All of them, starting with the second."),
  ],
]

/** Conversations in a group. */
export const GROUP_DIALOGUES: readonly (readonly Line[])[] = [
  [
    them("Who has the key to the boathouse?"),
    other("I had it on Tuesday. Then Wren had it."),
    owner("It is on the hook behind the hook."),
    them("There is a second hook?!"),
    other("There has always been a second hook 🪝"),
  ],
  [
    other("Draft agenda for the kite fair is up", { attachment: "file" }),
    them("Could we move the wind to the morning?"),
    owner("I will ask it."),
    other("+1 for morning wind", { tie: "and +1 for pancakes" }),
    them("Seconded. Both."),
  ],
]

export const EDITS: readonly string[] = [" (edited for spelling)", " — sorry, wrong day before", " (typo fixed)"]
export const EMOJI: readonly string[] = ["👍", "❤️", "😂", "👏", "🎉"]

/** Sponsored, and with a subject, as an InMail has. */
export const SPONSORED = {
  subject: "Speak at the Conference of Examples?",
  text: "Seats are limited to the number of seats. Reply with a topic and a favourite weather.",
}
