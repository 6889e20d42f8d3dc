/** DuckDB macros that give TDengine's meaning to conversions and functions. Each becomes `CREATE OR REPLACE MACRO name(parameters) AS body`. */
const MACROS: readonly (readonly [string, string])[] = [
  // C's conversions. Integers wrap; a float outside the range becomes the smallest integer, as x86 does.
  ['td_i8(x)', `CAST(xor(x & 255, 128) - 128 AS TINYINT)`],
  ['td_i16(x)', `CAST(xor(x & 65535, 32768) - 32768 AS SMALLINT)`],
  ['td_i32(x)', `CAST(xor(x & 4294967295, 2147483648) - 2147483648 AS INTEGER)`],
  ['td_u8(x)', `CAST(x & 255 AS UTINYINT)`],
  ['td_u16(x)', `CAST(x & 65535 AS USMALLINT)`],
  ['td_u32(x)', `CAST(x & 4294967295 AS UINTEGER)`],
  ['td_u64(x)', `CASE WHEN x < 0 THEN CAST(CAST(x AS HUGEINT) + 18446744073709551616 AS UBIGINT) ELSE CAST(x AS UBIGINT) END`],
  [
    'td_s64(x)',
    `CASE WHEN x > 9223372036854775807 THEN CAST(CAST(x AS HUGEINT) - 18446744073709551616 AS BIGINT) ELSE CAST(x AS BIGINT) END`,
  ],
  [
    'td_d2i64(x)',
    `CASE WHEN x >= -9223372036854775808.0::DOUBLE AND x < 9223372036854775808.0::DOUBLE THEN CAST(trunc(x) AS BIGINT) WHEN x IS NOT NULL THEN -9223372036854775808 END`,
  ],
  [
    'td_d2i32(x)',
    `CASE WHEN x > -2147483649.0::DOUBLE AND x < 2147483648.0::DOUBLE THEN CAST(trunc(x) AS INTEGER) WHEN x IS NOT NULL THEN CAST(-2147483648 AS INTEGER) END`,
  ],
  [
    'td_d2u64(x)',
    `CASE WHEN x < 9223372036854775808.0::DOUBLE THEN td_u64(td_d2i64(x)) WHEN x < 18446744073709551616.0::DOUBLE THEN CAST(trunc(x) AS UBIGINT) WHEN x IS NOT NULL THEN CAST(0 AS UBIGINT) END`,
  ],
  // Sums of integers wrap at 64 bits.
  ['td_h2u64(x)', `CAST(((x % 18446744073709551616) + 18446744073709551616) % 18446744073709551616 AS UBIGINT)`],
  [
    'td_h2i64(x)',
    `CASE WHEN x BETWEEN -9223372036854775808 AND 9223372036854775807 THEN CAST(x AS BIGINT) WHEN x IS NOT NULL THEN td_s64(td_h2u64(x)) END`,
  ],
  [
    'td_f32(x)',
    `CASE WHEN abs(x) > 3.4028235677973366e38::DOUBLE THEN CASE WHEN x > 0 THEN 'inf'::FLOAT ELSE '-inf'::FLOAT END ELSE CAST(x AS FLOAT) END`,
  ],
  // strtol, strtoul, strtod: the longest numeric beginning, 0 when there is none.
  [
    'td_strtol(s)',
    String.raw`CASE WHEN s IS NOT NULL THEN CAST(greatest(least(coalesce(try_cast(regexp_extract(s, '^\s*([+-]?[0-9]+)', 1) AS HUGEINT), 0::HUGEINT), 9223372036854775807::HUGEINT), (-9223372036854775808)::HUGEINT) AS BIGINT) END`,
  ],
  [
    'td_strtoul(s)',
    String.raw`CASE WHEN s IS NOT NULL THEN td_h2u64(greatest(least(coalesce(try_cast(regexp_extract(s, '^\s*([+-]?[0-9]+)', 1) AS HUGEINT), 0::HUGEINT), 18446744073709551615::HUGEINT), (-18446744073709551615)::HUGEINT)) END`,
  ],
  [
    'td_strtod(s)',
    String.raw`CASE WHEN s IS NOT NULL THEN coalesce(try_cast(regexp_extract(s, '^\s*([+-]?(?:[0-9]+\.?[0-9]*(?:[eE][+-]?[0-9]+)?|\.[0-9]+(?:[eE][+-]?[0-9]+)?|(?i:inf(?:inity)?|nan)))', 1) AS DOUBLE), 0::DOUBLE) END`,
  ],
  // Text of numbers: C's %.15g and %.6g.
  ['td_f64_text(x)', `printf('%.15g', x)`],
  ['td_f32_text(x)', `printf('%.6g', CAST(x AS DOUBLE))`],
  // Zero loses its scale in text.
  ['td_decimal_text(x)', `CASE WHEN x = 0 THEN '0' ELSE CAST(x AS VARCHAR) END`],
  ['td_trunc_to(x, n)', `trunc(x * CAST(pow(10, n) AS DOUBLE)) / CAST(pow(10, n) AS DOUBLE)`],
  ['td_json_text(j)', `CASE WHEN json_type(j) = 'VARCHAR' THEN json_extract_string(j, '$') ELSE nullif(j, 'null') END`],
  // Bytes read as text; where they are none, with escapes.
  // (TRY takes nothing that changes from call to call, such as RAND() or an error: here it sees a lambda's parameter.)
  ['td_bytes_text(b)', 'list_transform([b], lambda x: coalesce(try(decode(x)), CAST(x AS VARCHAR)))[1]'],
  // Whether a character begins at a byte of text, and the text of its first bytes.
  ['td_begins(s, n)', "hex(array_slice(encode(s), n, n)) NOT BETWEEN '80' AND 'BF'"],
  ['td_first(s, n)', 'decode(array_slice(encode(s), 1, n))'],
  // The first bytes of text that make whole characters.
  [
    'td_cut(s, n)',
    `CASE WHEN strlen(s) <= n THEN s WHEN td_begins(s, n + 1) THEN td_first(s, n) WHEN td_begins(s, n) THEN td_first(s, n - 1) WHEN td_begins(s, n - 1) THEN td_first(s, n - 2) ELSE td_first(s, n - 3) END`,
  ],
  [
    'td_to_nchar(s, n)',
    `CASE WHEN strlen(s) <= n OR s IS NULL THEN s WHEN td_begins(s, n + 1) THEN td_first(s, n) ELSE error('taosts:12880:Cannot convert to specific type') END`,
  ],
  // The first four bytes of a stored GEOMETRY (its 16-bit length and two bytes of WKB) read as an integer: what its cast to text shows.
  [
    'td_head(g)',
    `(octet_length(g) + CAST('0x' || substr(hex(g), 1, 2) AS INTEGER) * 65536 + CAST('0x' || substr(hex(g), 3, 2) AS INTEGER) * 16777216)`,
  ],
  // The exact mean of DECIMALs: the digits of the sum as an integer, divided half away from zero, with `k` digits after the point.
  ['td_digits(x)', `CAST(replace(CAST(x AS VARCHAR), '.', '') AS HUGEINT)`],
  [
    'td_scaled(n, k)',
    `CASE WHEN n IS NOT NULL THEN concat(CASE WHEN n < 0 THEN '-' ELSE '' END, abs(n) // CAST(concat('1', repeat('0', k)) AS HUGEINT), '.', lpad(CAST(abs(n) % CAST(concat('1', repeat('0', k)) AS HUGEINT) AS VARCHAR), k, '0')) END`,
  ],
  ['td_half_away(n, d)', `CASE WHEN n < 0 THEN -((2 * -n + d) // (2 * d)) ELSE (2 * n + d) // (2 * d) END`],
  [
    'td_decimal_avg(s, c, k, r)',
    `td_scaled(td_half_away(td_digits(s) * CAST(concat('1', repeat('0', r - k)) AS HUGEINT), CAST(c AS HUGEINT)), r)`,
  ],
  // Mathematics: NULL wherever C gives no finite number.
  ['td_finite(x)', 'CASE WHEN isfinite(x) THEN x END'],
  ['td_abs64(x)', 'CASE WHEN x = -9223372036854775808 THEN x ELSE abs(x) END'],
  ['td_sqrt(x)', 'CASE WHEN x >= 0 THEN sqrt(x) END'],
  ['td_ln(x)', 'CASE WHEN x > 0 THEN td_finite(ln(x)) END'],
  ['td_log(x, b)', 'CASE WHEN x > 0 AND b > 0 AND b <> 1 THEN td_finite(ln(x) / ln(b)) END'],
  ['td_acos(x)', 'CASE WHEN x BETWEEN -1 AND 1 THEN acos(x) END'],
  ['td_asin(x)', 'CASE WHEN x BETWEEN -1 AND 1 THEN asin(x) END'],
  ['td_mod(x, y)', 'CASE WHEN y <> 0 AND isfinite(x) THEN x % y END'],
  // Digits beyond what a DOUBLE can hold change nothing; those before it leave nothing.
  ['td_scale(n)', 'pow(10::DOUBLE, CASE WHEN n > 308 THEN 308 ELSE n END)'],
  [
    'td_round(x, n)',
    'CASE WHEN n < -308 THEN x * 0 WHEN n < 0 THEN round(x / td_scale(-n)) * td_scale(-n) WHEN isfinite(x * td_scale(n)) THEN round(x * td_scale(n)) / td_scale(n) WHEN n IS NOT NULL THEN x END',
  ],
  [
    'td_truncate(x, n)',
    'CASE WHEN n < -308 THEN x * 0 WHEN n < 0 THEN trunc(x / td_scale(-n)) * td_scale(-n) WHEN isfinite(x * td_scale(n)) THEN trunc(x * td_scale(n)) / td_scale(n) WHEN n IS NOT NULL THEN x END',
  ],
  // Text: positions count characters.
  [
    'td_substr(s, p, n)',
    'CASE WHEN p IS NULL OR n IS NULL THEN NULL WHEN n <= 0 OR p = 0 OR p < -length(s) THEN left(s, 0) WHEN p > 0 THEN substring(s, least(p, 2147483647), least(n, 2147483647)) ELSE substring(s, length(s) + p + 1, least(n, 2147483647)) END',
  ],
  ['td_position(a, s)', "CASE WHEN a = '' THEN CASE WHEN s IS NOT NULL THEN 1 END ELSE instr(s, a) END"],
  [
    'td_substring_index(s, d, n)',
    "CASE WHEN n = 0 OR d = '' THEN CASE WHEN s IS NOT NULL AND d IS NOT NULL AND n IS NOT NULL THEN '' END WHEN n > 0 THEN array_to_string(string_split(s, d)[1:n], d) ELSE array_to_string(string_split(s, d)[n:], d) END",
  ],
  ['td_trim_leading(s, c)', "CASE WHEN c = '' THEN s ELSE regexp_replace(s, concat('^(?:', regexp_escape(c), ')+'), '') END"],
  ['td_trim_trailing(s, c)', "CASE WHEN c = '' THEN s ELSE regexp_replace(s, concat('(?:', regexp_escape(c), ')+$'), '') END"],
  ['td_trim_both(s, c)', 'td_trim_trailing(td_trim_leading(s, c), c)'],
  ['td_times(n)', 'CASE WHEN n < 0 THEN 0 WHEN n > 65517 THEN 65517 ELSE n END'],
  [
    'td_ascii(s)',
    "CASE WHEN ascii(s) < 128 THEN CAST(ascii(s) AS UTINYINT) ELSE CAST(CAST('0x' || substr(hex(left(s, 1)), 1, 2) AS INTEGER) AS UTINYINT) END",
  ],
  ['td_hex(x)', "printf('%x', x & 4294967295)"],
  ['td_char_hex(x)', "CASE WHEN x IS NULL THEN '' WHEN length(td_hex(x)) % 2 = 1 THEN concat('0', td_hex(x)) ELSE td_hex(x) END"],
  // Times.
  ['td_floor_div(x, d)', '(x // d - CASE WHEN x % d < 0 THEN 1 ELSE 0 END)'],
  // What wraps in C must not fail in DuckDB.
  [
    'td_plus(a, b)',
    'CASE WHEN CAST(a AS HUGEINT) + b BETWEEN -9223372036854775808 AND 9223372036854775807 THEN CAST(CAST(a AS HUGEINT) + b AS BIGINT) ELSE a END',
  ],
  ['td_minus(a, b)', 'td_h2i64(CAST(a AS HUGEINT) - b)'],
  ['td_floor_mod(x, d)', '(x % d + d) % d'],
  // Aggregates over lists: `l` holds what the group's rows give, NULL for none.
  ['td_mode_row(l, m)', '(list_filter(l, lambda e: e.x = m))[-1].c'],
  [
    'td_irate(v, t, ticks)',
    'CASE WHEN t[1] > t[2] THEN (CASE WHEN v[1] < v[2] THEN v[1] ELSE v[1] - v[2] END) * ticks / (t[1] - t[2]) ELSE 0::DOUBLE END',
  ],
  // The area under a straight line. Where it crosses zero TDengine takes two triangles, whose corner is not exact in floating point.
  [
    'td_area(v, t, w, u)',
    'CASE WHEN v >= 0 AND w >= 0 OR v <= 0 AND w <= 0 THEN (v + w) * (u - t) / 2 ELSE (v * ((t::DOUBLE * w - u::DOUBLE * v) / (w - v) - t::DOUBLE) + w * (u::DOUBLE - (t::DOUBLE * w - u::DOUBLE * v) / (w - v))) / 2 END',
  ],
  [
    'td_twa(l)',
    'CASE WHEN l[-1].t = l[1].t THEN l[1].v ELSE list_sum(list_transform(list_zip(l[:-2], l[2:]), lambda e: td_area(e[1].v, e[1].t, e[2].v, e[2].t))) / (l[-1].t - l[1].t) END',
  ],
  [
    'td_first_of_time(l)',
    'list_transform(list_filter(list_zip(l, list_prepend(NULL, l[:-2])), lambda e: e[2] IS NULL OR e[2].t <> e[1].t), lambda e: e[1])',
  ],
  ['td_sum_index(l)', 'list_sum(list_transform(l, lambda y, i: y * (i - 1)))'],
  ['td_line(slope, y, x)', "concat('{slop:', printf('%.6f', slope), ', intercept:', printf('%.6f', y - slope * x), '}')"],
  // Over x = start + step * i: slope and intercept of the straight line through the values in order.
  [
    'td_least_squares(l, start, step)',
    'CASE WHEN len(l) > 1 AND step <> 0 THEN td_line((len(l) * td_sum_index(l) - (len(l) * (len(l) - 1) / 2) * list_sum(l)) / (len(l)::DOUBLE * len(l) * (len(l)::DOUBLE * len(l) - 1) / 12) / step, list_avg(l), start + step * (len(l) - 1) / 2.0) END',
  ],
  // TDengine's histogram of distinct values and their counts: between two of them the count grows along a straight line. Beyond a few thousand values any bins do.
  [
    'td_ap_value(low, high, n, m, d)',
    'CASE WHEN high IS NULL OR abs(d) < 1e-7 THEN low WHEN m = n THEN low + (high - low) * d / n ELSE low + (high - low) * (-2 * n + sqrt(4 * n * n + 8 * (m - n) * d)) / (2 * (m - n)) END',
  ],
  // `l` sorted: positions of the first and last element that equals x.
  ['td_first_at(l, x)', 'list_position(l, x)'],
  ['td_last_at(l, x)', '(len(l) + 1 - list_position(list_reverse(l), x))'],
  // The last position of the largest value whose elements all lie within the first k.
  [
    'td_ap_end(l, k)',
    'CASE WHEN floor(k) >= len(l) OR l[CAST(floor(k) AS INTEGER)] < l[CAST(floor(k) AS INTEGER) + 1] THEN CAST(floor(k) AS INTEGER) ELSE td_first_at(l, l[CAST(floor(k) AS INTEGER)]) - 1 END',
  ],
  ['td_ap_at(l, k, e)', 'td_ap_value(l[e], l[e + 1], e - td_first_at(l, l[e]) + 1, td_last_at(l, l[e + 1]) - e, k - e)'],
  ['td_ap_find(l, k)', 'CASE WHEN k <= td_last_at(l, l[1]) THEN l[1] ELSE td_ap_at(l, k, td_ap_end(l, k)) END'],
  [
    'td_apercentile(l, p)',
    "CASE WHEN len(l) > 5000 THEN list_aggregate(l, 'quantile_cont', p) WHEN len(l) > 0 THEN td_ap_find(list_sort(l), len(l) * p) END",
  ],
]

/** The statements that create the macros which functions and casts rely on; run them once a database is open, before any query. */
export function macroStatements(): string[] {
  return MACROS.map(([head, body]) => `CREATE OR REPLACE MACRO ${head} AS (${body})`)
}
