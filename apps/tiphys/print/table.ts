// Owns the layout of tables: columns as wide as their widest cell among neighbouring rows that have them.

export type Row = readonly string[]

/**
 * Lays rows out in columns, `padding` blanks apart. The last cell of a row never widens a column, and a row with fewer
 * cells ends the columns that it lacks: rows below it are measured anew. Widths are counted in characters, escape codes included.
 * A line break within a cell begins a new row, a tab a new cell.
 */
export function layTable(table: readonly Row[], padding: number): string {
  const rows = table.flatMap(splitRow)
  const widths = rows.map((row) => new Array<number>(Math.max(0, row.length - 1)).fill(0))
  const columns = Math.max(0, ...widths.map((row) => row.length))
  for (let column = 0; column < columns; column++) measureColumn(rows, widths, { column, padding })
  return rows.map((row, index) => layRow(row, widths[index] ?? [])).join('')
}

function splitRow(row: Row): readonly Row[] {
  const text = row.join('\t')
  return text.includes('\n') || row.some((cell) => cell.includes('\t')) ? text.split('\n').map((line) => line.split('\t')) : [row]
}

function measureColumn(rows: readonly Row[], widths: readonly number[][], { column, padding }: { column: number; padding: number }): void {
  let start = 0
  while (start < rows.length) {
    let end = start
    let width = 0
    for (let row = rows[end]; row !== undefined && row.length - 1 > column; row = rows[++end]) {
      width = Math.max(width, characters(row[column] ?? '') + padding)
    }
    for (const row of widths.slice(start, end)) row[column] = width
    start = end + 1
  }
}

function layRow(row: Row, widths: readonly number[]): string {
  let line = ''
  row.forEach((cell, column) => {
    const width = widths[column]
    line += width === undefined ? cell : cell + ' '.repeat(Math.max(0, width - characters(cell)))
  })
  return `${line}\n`
}

function characters(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}
