import { Page } from "../../components/page.tsx"

export const EventPage = () => <Page title="Event">{null}</Page>
