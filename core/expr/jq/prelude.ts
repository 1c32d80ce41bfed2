// Owns the built-in functions that are written in jq itself, by name and number of parameters.

const DEFINITIONS: readonly string[] = [
  'def not: if . then false else true end;',
  'def select(f): if f then . else empty end;',
  'def map(f): [.[] | f];',
  'def map_values(f): .[] |= f;',
  'def add(f): [f] | add;',
  'def in(xs): . as $key | xs | has($key);',
  'def values: select(. != null);',
  'def nulls: select(. == null);',
  'def booleans: select(type == "boolean");',
  'def numbers: select(type == "number");',
  'def strings: select(type == "string");',
  'def arrays: select(type == "array");',
  'def objects: select(type == "object");',
  'def iterables: select(type == "array" or type == "object");',
  'def scalars: select(type != "array" and type != "object");',
  'def finites: select(isfinite);',
  'def normals: select(isnormal);',

  'def recurse: def down: ., (.[]? | down); down;',
  'def recurse(f): def down: ., (f | down); down;',
  'def recurse(f; cond): def down: ., (f | if cond then down else empty end); down;',
  'def range($end): _range(0; $end; 1);',
  'def range($start; $end): _range($start; $end; 1);',
  'def range($start; $end; $by): _range($start; $end; $by);',
  'def while(cond; next): def loop: if cond then ., (next | loop) else empty end; loop;',
  'def until(cond; next): def loop: if cond then . else next | loop end; loop;',
  'def repeat(f): def loop: f, loop; loop;',

  'def first: .[0];',
  'def last: .[-1];',
  'def nth($n): .[$n];',
  'def first(f): label $done | (f | ., break $done);',
  'def last(f): reduce f as $x ([]; [$x]) | .[];',
  'def isempty(f): first((f | false), true);',
  `def limit($n; f):
    if $n < 0 then error("limit doesn't support negative count")
    elif $n == 0 then empty
    else label $done | foreach f as $x (0; . + 1; $x, if . >= $n then break $done else empty end)
    end;`,
  `def skip($n; f):
    if $n < 0 then error("skip doesn't support negative count")
    elif $n == 0 then f
    else foreach f as $x (0; . + 1; if . > $n then $x else empty end)
    end;`,
  `def nth($n; f): if $n < 0 then error("nth doesn't support negative index") else first(skip($n; f)) end;`,
  'def all: all(.);',
  'def any: any(.);',
  'def all(cond): all(.[]; cond);',
  'def any(cond): any(.[]; cond);',
  'def all(f; cond): isempty(first(f | cond | if . then empty else false end));',
  'def any(f; cond): isempty(first(f | cond | if . then true else empty end)) | not;',

  'def to_entries: [keys[] as $key | {key: $key, value: .[$key]}];',
  'def with_entries(f): to_entries | map(f) | from_entries;',
  'def from_entries: [.[] | {(_entry_key): _entry_value}] | add // {};',
  'def _entry_key: .key // .Key // .name // .Name;',
  'def _entry_value: if has("value") then .value else .Value end;',
  'def walk(f): def step: (if type == "array" then map(step) elif type == "object" then map_values(step) else . end) | f; step;',
  'def min_by(f): _min_by(map([f]));',
  'def max_by(f): _max_by(map([f]));',
  'def sort_by(f): _sort_by(map([f]));',
  'def group_by(f): _group_by(map([f]));',
  'def unique_by(f): _unique_by(map([f]));',
  'def combinations: if length == 0 then [] else .[0][] as $head | [$head] + (.[1:] | combinations) end;',
  'def combinations($n): [limit($n; repeat(.))] | combinations;',

  'def del(f): delpaths([path(f)]);',
  'def paths: path(..) | select(length > 0);',
  'def paths(f): path(.. | select(f)) | select(length > 0);',
  'def pick(f): . as $whole | reduce path(f) as $path (null; setpath($path; $whole | getpath($path)));',
  'def tostream: path(def down: (.[]? | down), .; down) as $path | getpath($path) | reduce path(.[]?) as $inner ([$path, .]; [$path + $inner]);',
  `def fromstream(f): foreach f as $event ({};
    (if .done then {} else . end) | $event as [$path, $leaf] |
    if ($event | length) == 2 then setpath(["value"] + $path; $leaf) | .done = ($path | length == 0)
    else .done = ($path | length == 1) end;
    if .done then .value else empty end);`,
  'def truncate_stream(f): . as $depth | null | f | if (.[0] | length) > $depth then .[0] |= .[$depth:] else empty end;',
  'def INDEX(key): INDEX(.[]; key);',
  'def INDEX(f; key): [f | {(key | tostring): .}] | add // {};',
  'def JOIN($index; key): [.[] | [., $index[key]]];',
  'def JOIN($index; f; key): f | [., $index[key]];',
  'def JOIN($index; f; key; join): f | [., $index[key]] | join;',
  'def IN(f): . as $x | any(f; . == $x);',
  'def IN(f; g): any(f; IN(g));',

  'def match($re): match($re; null);',
  'def match($re; $flags): _match($re; $flags)[];',
  'def test($re): test($re; null);',
  'def capture($re): capture($re; null);',
  'def capture($re; $flags): match($re; $flags) | .captures | _captures;',
  'def scan($re): scan($re; null);',
  'def scan($re; $flags): match($re; $flags + "g") | if .captures == [] then .string else [.captures[].string] end;',
  'def splits($re): splits($re; null);',
  'def splits($re; $flags): split($re; $flags)[];',
  'def sub($re; to): sub($re; to; null);',
  `def sub($re; to; $flags): . as $text |
    reduce match($re; $flags) as $found ({made: [], at: 0};
      .at as $at | [$found.captures | _captures | to] as $new |
      reduce range($new | length) as $i (.; .made[$i] += $text[$at:$found.offset] + $new[$i]) |
      .at = $found.offset + $found.length) |
    .made[] + $text[.at:] // $text;`,
  'def gsub($re; to): sub($re; to; "g");',
  'def gsub($re; to; $flags): sub($re; to; $flags + "g");',

  'def todate: todateiso8601;',
  'def fromdate: fromdateiso8601;',
  'def date: todate;',
  'def todateiso8601: strftime("%Y-%m-%dT%H:%M:%SZ");',
  'def fromdateiso8601: strptime("%Y-%m-%dT%H:%M:%S%z") | mktime;',
]

export const PRELUDE: ReadonlyMap<string, string> = new Map(DEFINITIONS.map((text) => [keyOf(text), `${text} .`]))

function keyOf(definition: string): string {
  const [, name = '', params] = /^def ([A-Za-z0-9_]+)(?:\(([^)]*)\))?:/.exec(definition) ?? []
  return `${name}/${params === undefined ? 0 : params.split(';').length}`
}
