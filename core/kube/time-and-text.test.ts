// Owns the examples and properties of Go's times, JSON and numbers, and of schedules.
import fc from 'fast-check'
import { quickly } from '@tiphys/test/kit'
import { describe, expect, it } from 'vitest'
import {
  GO_STRING_LAYOUT, RFC3339, RFC3339_NANO, civilFromSeconds, compactJson, compareText, formatDuration, formatGoFloat, formatGoTime, formatQuantity, fnv1a32,
  goJson, goTimeFromMs, isZone, jsonElements, jsonMembers, jsonProblem, parseCron, parseDuration, parseGoDuration, parseGoTime, parseQuantity, secondsFromCivil, truncateUtf8, utf8Length,
  zoneOffsetSeconds,
} from './index.ts'

function reformat(text: string, from: string, to: string): string {
  const time = parseGoTime(text, from)
  return time.ok ? formatGoTime(time.value, to) : 'error'
}

describe('Go times', () => {
  it('print by example', () => {
    const time = { seconds: 1_136_239_445, nanos: 120_000_000, offsetSeconds: -25_200, zone: 'MST' }
    const layouts = [
      'Mon Jan _2 15:04:05 2006', '3:04PM', RFC3339, RFC3339_NANO, '2006-01-02T15:04:05.000', '__2 002', '06-1-2 03:4:5 pm', 'Monday, January 2', GO_STRING_LAYOUT, '.999 _2006 Z07 -07:00:00',
    ]
    expect(layouts.map((layout) => formatGoTime(time, layout))).toEqual([
      'Mon Jan  2 15:04:05 2006', '3:04PM', '2006-01-02T15:04:05-07:00', '2006-01-02T15:04:05.12-07:00', '2006-01-02T15:04:05.120', '  2 002', '06-1-2 03:4:5 pm',
      'Monday, January 2', '2006-01-02 15:04:05.12 -0700 MST', '.12 _2006 -07 -07:00:00',
    ])
  })

  it('read by example', () => {
    expect(reformat('2024-02-29T10:20:30.5+02:00', RFC3339, RFC3339_NANO)).toBe('2024-02-29T10:20:30.5+02:00')
    expect(reformat('2023-02-29', '2006-01-02', RFC3339)).toBe('error')
    expect(reformat('11:59PM', '3:04PM', '15:04')).toBe('23:59')
    expect(reformat('Tue Nov 10 23:00:00 PST 2009', 'Mon Jan _2 15:04:05 MST 2006', '2006-01-02 15:04 MST -0700')).toBe('2009-11-10 23:00 PST +0000')
    expect(reformat('2024-060', '2006-002', '2006-01-02')).toBe('2024-02-29')
    // The clock is read as UTC's and then shown three hours later.
    expect(reformat('10 GMT+3', '15 MST', '15 MST -0700')).toBe('13 GMT+3 +0300')
    expect(reformat('2024-01-15T10:20:30Z tail', RFC3339, RFC3339)).toBe('error')
  })

  it.each([
    ['2024-01-01', RFC3339, 'parsing time "2024-01-01" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "T"'],
    ['yesterday', RFC3339, 'parsing time "yesterday" as "2006-01-02T15:04:05Z07:00": cannot parse "yesterday" as "2006"'],
    ['2024-13-01T00:00:00Z', RFC3339, 'parsing time "2024-13-01T00:00:00Z": month out of range'],
    ['2024-02-30T00:00:00Z', RFC3339, 'parsing time "2024-02-30T00:00:00Z": day out of range'],
    ['2024-01-01T00:00:00+99:00', RFC3339, 'parsing time "2024-01-01T00:00:00+99:00": time zone offset hour out of range'],
    ['2024-01-01T00:00:00Zx', RFC3339, 'parsing time "2024-01-01T00:00:00Zx": extra text: "x"'],
    ['\u00fc"', RFC3339, 'parsing time "\\xc3\\xbc\\"" as "2006-01-02T15:04:05Z07:00": cannot parse "\\xc3\\xbc\\"" as "2006"'],
    ['Wed, 1 Jan 2020', 'Mon, 02 Jan 2006', 'parsing time "Wed, 1 Jan 2020" as "Mon, 02 Jan 2006": cannot parse "1 Jan 2020" as "02"'],
    ['2024-366', '2006-002', 'error: none'], ['2023-366', '2006-002', 'parsing time "2023-366": day-of-year out of range'],
  ])('%s by %s: what cannot be read is told', (text, layout, message) => {
    const read = parseGoTime(text, layout)
    expect(read.ok ? 'error: none' : read.problem.message).toBe(message)
  })

  it('what is printed reads back, and nothing throws', () => {
    const layouts = fc.constantFrom(RFC3339_NANO, 'Mon, 02 Jan 2006 15:04:05.000000000 -0700', '2006-01-02 15:04:05.999999999 Z07:00')
    fc.assert(
      fc.property(fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_000 }), layouts, (ms, layout) => {
        const time = goTimeFromMs(ms)
        expect(parseGoTime(formatGoTime(time, layout), layout)).toMatchObject({ ok: true, value: { seconds: time.seconds, nanos: time.nanos } })
      }),
    )
    fc.assert(fc.property(fc.string({ unit: 'binary' }), fc.string(), (text, layout) => { parseGoTime(text, layout) }))
  })

  it('the calendar agrees with the platform', () => {
    fc.assert(
      fc.property(fc.integer({ min: -8.64e12, max: 8.64e12 }), (seconds) => {
        const civil = civilFromSeconds(seconds)
        const date = new Date(seconds * 1000)
        expect([civil.year, civil.month, civil.day, civil.hour, civil.minute, civil.second]).toEqual([
          date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate(), date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds(),
        ])
        expect(secondsFromCivil(civil)).toBe(seconds)
      }),
    )
  })
})

describe('JSON as Go writes and reads it', () => {
  it('sorts keys, escapes for HTML and drops what is undefined', () => {
    const value = { b: 1.5, a: '<&>\u2028\u0001"\ud800', '\ud83d\ude00': null, '\uffff': [1e21, -0, 12n], gone: undefined }
    expect(goJson(value)).toBe('{"a":"\\u003c\\u0026\\u003e\\u2028\\u0001\\"\\ufffd","b":1.5,"\uffff":[1e+21,-0,12],"\ud83d\ude00":null}')
  })

  it('agrees with the platform on what is valid', () => {
    const broken = fc.tuple(fc.json(), fc.nat(), fc.constantFrom('', ',', '"', '\\', '{', ']', '0', '-', 'e', ' ')).map(([text, at, junk]) => text.slice(0, at % (text.length + 1)) + junk + text.slice(at % (text.length + 1)))
    fc.assert(
      fc.property(broken, (text) => {
        let valid = true
        try {
          JSON.parse(text)
        } catch {
          valid = false
        }
        expect(jsonProblem(text) === undefined).toBe(valid)
        if (valid) expect(JSON.parse(compactJson(text))).toEqual(JSON.parse(text))
      }),
      { numRuns: 2_000 },
    )
  })

  it('keeps the spelling of pieces', () => {
    expect(jsonElements(' [ 1.50 , {"a": [1e3]} , "x\\u0041" ] ')).toEqual(['1.50', '{"a": [1e3]}', '"x\\u0041"'])
    expect([...jsonMembers('{"a": 1.0, "b\\u0041" : [ ], "a":2e0}')]).toEqual([['a', '2e0'], ['bA', '[ ]']])
    expect(jsonProblem('['.repeat(10_001))).toBe('exceeded max depth')
    expect(jsonProblem('[\u00e9')).toBe("invalid character 'Ã' looking for beginning of value")
  })
})

describe('numbers and text', () => {
  it('floats print as %v', () => {
    expect([0, -0, 1, 0.1, 1e-5, 0.0001, 100_000, 1e6, 1_705_276_800, 1e100, NaN, -Infinity].map(formatGoFloat)).toEqual([
      '0', '-0', '1', '0.1', '1e-05', '0.0001', '100000', '1e+06', '1.7052768e+09', '1e+100', 'NaN', '-Inf',
    ])
  })

  it('text is ordered, cut and hashed by its UTF-8 bytes', () => {
    const bytes = (text: string): Buffer => Buffer.from(text, 'utf8')
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }), (a, b) => {
        const wellFormed = bytes(b).toString('utf8')
        expect(Math.sign(compareText(a, wellFormed))).toBe(Math.sign(bytes(a).compare(bytes(wellFormed))))
        expect(utf8Length(b)).toBe(bytes(b).length)
        expect(bytes(truncateUtf8(a, 5)).length).toBeLessThanOrEqual(15)
        expect(fnv1a32(a)).toBeLessThan(2 ** 32)
      }),
    )
  })
})

describe('durations and quantities', () => {
  it('what is printed reads back the same', () => {
    fc.assert(fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (ns) => { expect(parseGoDuration(formatDuration(ns))).toEqual({ ok: true, value: ns }) }))
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.constantFrom('DecimalSI', 'BinarySI', 'DecimalExponent' as const), (nano, format) => {
        const printed = formatQuantity({ nano, format })
        expect(parseQuantity(printed)).toMatchObject({ ok: true, value: { nano } })
      }),
    )
  })

  it('no text throws or takes long', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom('1', '9', '.', 'e', '-', '+', 'E', 'K', 'i', 'm', 's', 'h') })), (text) => {
        quickly(() => {
          parseDuration(text)
          const quantity = parseQuantity(text)
          if (quantity.ok) formatQuantity(quantity.value)
        })
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('zones and schedules', () => {
  it('zones are spelled as in the database', () => {
    expect(['UTC', 'Europe/Berlin', 'America/Port-au-Prince', 'Africa/Dar_es_Salaam', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5', 'EST', 'US/Eastern', 'Antarctica/McMurdo', 'America/Indiana/Knox'].filter((name) => !isZone(name))).toEqual([])
    expect(['utc', 'europe/berlin', 'EUROPE/BERLIN', 'Europe/berlin', '+05:00', 'PST', '', '../UTC', 'Nope/Zone'].filter(isZone)).toEqual([])
    expect(zoneOffsetSeconds('Asia/Kolkata', 0)).toBe(19_800)
  })

  it('schedules fire after the given time, in order, on whole minutes', () => {
    const field = (min: number, max: number): fc.Arbitrary<string> => fc.oneof(fc.constant('*'), fc.integer({ min, max }).map(String), fc.integer({ min: 1, max: 9 }).map((step) => `*/${step}`))
    const schedule = fc.tuple(field(0, 59), field(0, 23), field(1, 28), field(1, 12), field(0, 6)).map((fields) => fields.join(' '))
    const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Beirut')
    fc.assert(
      fc.property(schedule, zone, fc.integer({ min: 1.5e12, max: 1.9e12 }), (text, name, after) => {
        const cron = parseCron(text, name)
        const next = cron.ok ? cron.value.next(after) : undefined
        if (next === undefined) return
        expect(next).toBeGreaterThan(after)
        expect(next % 60_000).toBe(0)
      }),
      { numRuns: 200 },
    )
  })

  it('of the two fields for days one may be nothing but commas', () => {
    const next = (text: string): number | undefined => {
      const cron = parseCron(text)
      return cron.ok ? cron.value.next(Date.UTC(2024, 4, 4)) : undefined
    }
    expect(next('0 2 , * 1-5')).toBe(Date.UTC(2024, 4, 6, 2))
    expect(next('0 2 1,, * ,')).toBe(Date.UTC(2024, 5, 1, 2))
    expect([next('0 2 , * *'), next('0 2 , * ,')]).toEqual([undefined, undefined])
  })

  it('a schedule that never fires says so quickly', () => {
    for (const text of [', * * * *', '0 0 30 2 *', '0 0 31 2,4,6,9,11 *']) {
      const cron = parseCron(text, 'Europe/Berlin')
      quickly(() => {
        expect(cron.ok && cron.value.next(1.7e12)).toBeUndefined()
      })
    }
  })

  it('no text throws', () => {
    fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom('*', '/', '-', ',', ' ', '1', '5', '@', '=', 'CRON_TZ=') })), (text) => { const cron = parseCron(text); if (cron.ok) cron.value.next(0) }))
  })
})
