// Owns the proleptic Gregorian calendar, for any year and without the host's clock or zone.

export type CivilDate = {
  readonly year: number
  /** 1 to 12. */
  readonly month: number
  /** 1 to 31. */
  readonly day: number
}

export type CivilTime = CivilDate & {
  readonly hour: number
  readonly minute: number
  readonly second: number
}

const DAYS_BEFORE_MONTH: readonly number[] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]

export function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
}

/** The number of days in a month, 1 to 12. */
export function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

/** Days since 1970-01-01; days and months beyond their range carry over. */
export function daysFromCivil(year: number, month: number, day: number): number {
  const monthIndex = month - 1
  const y = year + Math.floor(monthIndex / 12)
  const m = ((monthIndex % 12) + 12) % 12
  const leapDays = Math.floor((y - 1) / 4) - Math.floor((y - 1) / 100) + Math.floor((y - 1) / 400)
  const leapOffset = m > 1 && isLeapYear(y) ? 1 : 0
  return (y - 1) * 365 + leapDays + (DAYS_BEFORE_MONTH[m] ?? 0) + leapOffset + day - 719_163
}

/** The date of a day counted from 1970-01-01. */
export function civilFromDays(days: number): CivilDate {
  // Eras of 400 years that start on 1 March make leap days fall at the end.
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.floor((dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365)
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153)
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  return { year, month, day: dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1 }
}

/** Seconds since the epoch of a moment in UTC; parts beyond their range carry over. */
export function secondsFromCivil(time: CivilTime): number {
  return daysFromCivil(time.year, time.month, time.day) * 86_400 + time.hour * 3600 + time.minute * 60 + time.second
}

/** The calendar's view of a moment given in seconds since the epoch. */
export function civilFromSeconds(seconds: number): CivilTime {
  const days = Math.floor(seconds / 86_400)
  const rest = seconds - days * 86_400
  return { ...civilFromDays(days), hour: Math.floor(rest / 3600), minute: Math.floor(rest / 60) % 60, second: rest % 60 }
}

/** 0 for Sunday to 6 for Saturday, of a day counted from 1970-01-01. */
export function weekday(days: number): number {
  return (((days + 4) % 7) + 7) % 7
}

/** 1 to 366. */
export function dayOfYear(date: CivilDate): number {
  return daysFromCivil(date.year, date.month, date.day) - daysFromCivil(date.year, 1, 1) + 1
}

export const MONTH_NAMES: readonly string[] = [
  'January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December',
]

export const DAY_NAMES: readonly string[] = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
