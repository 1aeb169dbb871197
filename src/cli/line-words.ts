/** What every line has in common. */

export const UNKNOWN = '?';
export const NOT_THERE = '-';
export const OPEN = 'open…';
export const ARROW = ' → ';
