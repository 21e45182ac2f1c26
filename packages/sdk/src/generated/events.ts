export interface EventBase { id: string }
