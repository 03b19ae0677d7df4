/* frame_line.h - one line of a stack trace, in the languages we know. */
#ifndef LOGS_FRAME_LINE_H
#define LOGS_FRAME_LINE_H

#include "logs/frames.h"

enum frame_form {
	FRAME_NONE,
	FRAME_AT,		/* "at f (file:1:2)": JavaScript, Java, .NET */
	FRAME_PYTHON,		/* File "x.py", line 1, in f */
	FRAME_HASH,		/* "#0 …": C, PHP */
	FRAME_RUBY,		/* x.rb:1:in `f' */
	FRAME_GO,		/* main.f(0x1), the file on the next line */
	FRAME_GO_FILE,
	FRAME_RUST,		/* "0: std::f", the file on the next line */
	FRAME_AT_FILE,		/* "at ./src/main.rs:1:2" below that */
	FRAME_URL		/* f@https://host/x.js:1:2 */
};

struct frame_text {
	enum frame_form form;
	const char *language;
	struct str function, file;	/* parts of the line, as they stand */
};

/* What is on the line; before is the form of the line before. */
struct frame_text frame_line_read(struct str line, enum frame_form before);

/* Not of a library, or of the language? */
bool frame_is_ours(const struct frame_text *t);
/* The same in every run. */
struct frame frame_tidy(struct arena *a, const struct frame_text *t);

#endif
