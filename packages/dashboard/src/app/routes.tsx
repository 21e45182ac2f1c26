import { dashboardPaths, type DashboardPage } from "@posthorn/api/dashboard-paths"
import type { ComponentType } from "react"
import { Redirect, Route, Switch } from "wouter"

import { AccountPage } from "../pages/accounts/account.tsx"
import { AccountsPage } from "../pages/accounts/accounts.tsx"
import { DeliveriesPage } from "../pages/deliveries/deliveries.tsx"
import { DeliveryPage } from "../pages/deliveries/delivery.tsx"
import { EndpointPage } from "../pages/endpoints/endpoint.tsx"
import { EndpointsPage } from "../pages/endpoints/endpoints.tsx"
import { NewEndpointPage } from "../pages/endpoints/new-endpoint.tsx"
import { EventPage } from "../pages/events/event.tsx"
import { EventsPage } from "../pages/events/events.tsx"
import { KeysPage } from "../pages/keys/keys.tsx"
import { NotFoundPage } from "../pages/not-found.tsx"
import { OverviewPage } from "../pages/overview/overview.tsx"

/** In the order in which they are tried: `/endpoints/new` before `/endpoints/:id`. */
const pages: Record<DashboardPage, ComponentType> = {
  overview: OverviewPage,
  signIn: () => <Redirect to={dashboardPaths.overview} replace />,
  events: EventsPage,
  event: EventPage,
  endpoints: EndpointsPage,
  newEndpoint: NewEndpointPage,
  endpoint: EndpointPage,
  deliveries: DeliveriesPage,
  delivery: DeliveryPage,
  accounts: AccountsPage,
  account: AccountPage,
  keys: KeysPage,
}

export const Routes = () => (
  <Switch>
    {(Object.keys(dashboardPaths) as DashboardPage[]).map((name) => (
      <Route key={name} path={dashboardPaths[name]} component={pages[name]} />
    ))}
    <Route component={NotFoundPage} />
  </Switch>
)
