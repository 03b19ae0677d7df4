/* utf8.h - UTF-8 as RFC 3629 has it: no overlong forms, no surrogates,
 * nothing above U+10FFFF. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/buf.h"

/* Offset of the first byte that is not UTF-8, or s.len. */
size_t utf8_check(struct str s);
/* Append one code point (a valid scalar value). */
void utf8_put(struct buf *out, uint32_t code_point);
/* s with each byte that is not UTF-8 as U+FFFD, for showing to people. */
void utf8_clean(struct buf *out, struct str s);

#endif
