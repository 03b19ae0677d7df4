#include "logs/token.h"

const unsigned char token_classes[256] = {
#define DIGIT (IS_DIGIT | IS_HEX)
#define HEX (IS_LETTER | IS_HEX)
	['0'] = DIGIT, ['1'] = DIGIT, ['2'] = DIGIT, ['3'] = DIGIT,
	['4'] = DIGIT, ['5'] = DIGIT, ['6'] = DIGIT, ['7'] = DIGIT,
	['8'] = DIGIT, ['9'] = DIGIT,
	['a'] = HEX, ['b'] = HEX, ['c'] = HEX, ['d'] = HEX, ['e'] = HEX,
	['f'] = HEX, ['A'] = HEX, ['B'] = HEX, ['C'] = HEX, ['D'] = HEX,
	['E'] = HEX, ['F'] = HEX,
#define L(c) [c] = IS_LETTER
	L('g'), L('h'), L('i'), L('j'), L('k'), L('l'), L('m'), L('n'),
	L('o'), L('p'), L('q'), L('r'), L('s'), L('t'), L('u'), L('v'),
	L('w'), L('x'), L('y'), L('z'), L('G'), L('H'), L('I'), L('J'),
	L('K'), L('L'), L('M'), L('N'), L('O'), L('P'), L('Q'), L('R'),
	L('S'), L('T'), L('U'), L('V'), L('W'), L('X'), L('Y'), L('Z'),
#undef L
	['/'] = IS_SLASH, ['\\'] = IS_SLASH, ['@'] = IS_AT, ['='] = IS_EQUAL,
	[':'] = IS_COLON, ['.'] = IS_DOT
#undef DIGIT
#undef HEX
};

unsigned
token_classes_of(struct str s)
{
	unsigned all = 0;

	for (size_t i = 0; i < s.len; i++)
		all |= token_classes[(unsigned char)s.p[i]];
	return all;
}

bool
token_only(struct str s, unsigned allowed)
{
	for (size_t i = 0; i < s.len; i++)
		if (!(token_classes[(unsigned char)s.p[i]] & allowed))
			return false;
	return s.len;
}

bool
token_is_uuid(struct str s)
{
	if (s.len != 36)
		return false;
	for (size_t i = 0; i < 36; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? s.p[i] != '-' : !(class_of(s, i) & IS_HEX))
			return false;
	}
	return true;
}

size_t
token_ipv4(struct str s)
{
	size_t i = 0;
	int dots = 0, run = 0;

	for (; i < s.len; i++) {
		if (class_of(s, i) & IS_DIGIT) {
			if (++run > 3)
				return 0;
		} else if (s.p[i] == '.' && run && dots < 3) {
			dots++;
			run = 0;
		} else {
			break;
		}
	}
	if (dots != 3 || !run || is_word_byte(s, i))
		return 0;
	if (class_of(s, i) & IS_COLON && class_of(s, i + 1) & IS_DIGIT)
		for (i++; class_of(s, i) & IS_DIGIT; i++)
			;
	return i;
}

bool
token_is_colon_address(struct str s)
{
	int colons = 0, run = 0;

	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == ':') {
			colons++;
			run = 0;
		} else if (!(class_of(s, i) & IS_HEX) || ++run > 5) {
			return false;
		}
	}
	return colons >= 3 || (colons == 2 && str_find(s, STR("::")) < s.len);
}

bool
token_is_email(struct str s)
{
	size_t at = 0;

	while (at < s.len && s.p[at] != '@')
		at++;
	return at > 0 && at + 3 < s.len && is_word_byte(s, at - 1) &&
	    str_has(str_n(s.p + at, s.len - at), '.') && !str_has(s, '/') &&
	    !str_has(s, '(');
}

bool
token_is_code(struct str s)
{
	size_t letters = 0, n;

	while (letters < s.len && s.p[letters] >= 'A' && s.p[letters] <= 'Z')
		letters++;
	n = s.len - letters;
	return letters >= 1 && letters <= 3 && (n == 4 || n == 5) &&
	    token_only(str_n(s.p + letters, n), IS_DIGIT);
}

bool
token_is_opaque(struct str s)
{
	int turns = 0;
	unsigned was = 0;

	if (s.len < OPAQUE_BYTES)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		unsigned c = class_of(s, i);

		if (!(c & (IS_DIGIT | IS_LETTER)) && !strchr("+/_-=", s.p[i]))
			return false;
		turns += i && (c & IS_DIGIT) != was;
		was = c & IS_DIGIT;
	}
	return turns >= 6;
}
