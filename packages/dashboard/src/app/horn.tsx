/** The sign of the house. */
export const Horn = () => (
  <svg className="horn" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
    <rect width="32" height="32" rx="7" />
    <g>
      <circle cx="14" cy="17.5" r="6" />
      <path d="M5 10h11c4.500 0 7-1.500 10.500-4.500v13C24 15.500 22 14 18.500 13.500" />
      <path d="M14 11.500V10M5 8v4" />
    </g>
  </svg>
)
