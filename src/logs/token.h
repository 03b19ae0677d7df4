/* token.h - what a word of a message looks like: an address, an id, a code. */
#ifndef LOGS_TOKEN_H
#define LOGS_TOKEN_H

#include "base/str.h"

/* What a byte may be part of; a token is looked at closely only when it has
 * one of those that are not words. */
enum {
	IS_DIGIT = 1, IS_HEX = 2, IS_LETTER = 4, IS_SLASH = 8, IS_AT = 16,
	IS_EQUAL = 32, IS_COLON = 64, IS_DOT = 128
};

extern const unsigned char token_classes[256];

/* Of the byte at i; 0 behind the end. */
static inline unsigned
class_of(struct str s, size_t i)
{
	return i < s.len ? token_classes[(unsigned char)s.p[i]] : 0;
}

static inline bool
is_word_byte(struct str s, size_t i)
{
	return class_of(s, i) & (IS_DIGIT | IS_LETTER);
}

enum { OPAQUE_BYTES = 32 };		/* of letters and digits mixed */

/* All that its bytes are, or'ed. */
unsigned token_classes_of(struct str s);
/* Is it not empty, and each byte of one of these classes? */
bool token_only(struct str s, unsigned classes);

bool token_is_uuid(struct str s);
/* Bytes of an IPv4 address at the front, its port too; 0: there is none. */
size_t token_ipv4(struct str s);
/* IPv6, MAC addresses: hexadecimal groups with colons between. */
bool token_is_colon_address(struct str s);
bool token_is_email(struct str s);
/* "TS2322", "E11000", "AH00124" name what happened. */
bool token_is_code(struct str s);
/* Letters and digits without an end: a key, a digest in base64. */
bool token_is_opaque(struct str s);

#endif
